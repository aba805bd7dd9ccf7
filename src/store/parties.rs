//! Joint complainants, agents (C-04, C-05) and the consents that the desk recorded.

use super::{Conn, from_sqlx, inconsistent};
use crate::{
    error::Result,
    intake::joint::{Matter, PartyRole},
    kernel::CaseId,
};
use sqlx::{FromRow, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

/// Somebody who stands in a complaint, sealed.
#[derive(Debug, Clone)]
pub struct PartyRow {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// Place in the list; 0 is the sender.
    pub ord: i32,
    /// Sender, joint complainant, agent.
    pub role: PartyRole,
    /// Chosen to represent the others.
    pub represents: bool,
    /// The paper that the law asks for was shown.
    pub paper: bool,
    /// The sealed person; empty for the sender, whose contact lies with the case.
    pub body: Vec<u8>,
}

/// Writes the parties of a new case.
///
/// # Errors
/// The database is away.
pub async fn parties_insert(conn: &mut Conn, case: Uuid, all: &[PartyRow]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let mut q = QueryBuilder::new(
        "INSERT INTO case_party (id, case_id, ord, role, represents, paper, body) ",
    );
    q.push_values(all, |mut b, p| {
        b.push_bind(p.id)
            .push_bind(case)
            .push_bind(p.ord)
            .push_bind(p.role.code())
            .push_bind(p.represents)
            .push_bind(p.paper)
            .push_bind(&p.body);
    });
    q.build().execute(conn).await.map_err(from_sqlx)?;
    Ok(())
}

#[derive(FromRow)]
struct Raw {
    id: Uuid,
    ord: i32,
    role: String,
    represents: bool,
    paper: bool,
    body: Vec<u8>,
}

/// The parties of a case; none for a complaint of one person who speaks for itself.
///
/// # Errors
/// The database is away.
pub async fn parties(conn: &mut Conn, case: CaseId) -> Result<Vec<PartyRow>> {
    let rows: Vec<Raw> = sqlx::query_as(
        "SELECT id, ord, role, represents, paper, body FROM case_party WHERE case_id = ? ORDER BY ord LIMIT 100",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter()
        .map(|r| {
            Ok(PartyRow {
                role: PartyRole::from_code(&r.role)
                    .ok_or_else(|| inconsistent("case_party.role", &r.role))?,
                id: r.id,
                ord: r.ord,
                represents: r.represents,
                paper: r.paper,
                body: r.body,
            })
        })
        .collect()
}

/// Sets who represents.
///
/// # Errors
/// The database is away.
pub async fn party_represents(conn: &mut Conn, party: Uuid, represents: bool) -> Result<()> {
    sqlx::query("UPDATE case_party SET represents = ? WHERE id = ?")
        .bind(represents)
        .bind(party)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// The papers of a case were shown.
///
/// # Errors
/// The database is away.
pub async fn parties_paper(conn: &mut Conn, case: CaseId) -> Result<()> {
    sqlx::query("UPDATE case_party SET paper = 1 WHERE case_id = ?")
        .bind(case.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// A consent, sealed.
pub struct ConsentRow {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// To what.
    pub matter: Matter,
    /// Places of those who gave it.
    pub given_by: Vec<i32>,
    /// When it was recorded, UTC.
    pub at: OffsetDateTime,
    /// Who recorded it.
    pub author: String,
    /// How it was given, sealed.
    pub body: Vec<u8>,
}

/// Adds a consent.
///
/// # Errors
/// The database is away.
pub async fn consent_insert(
    conn: &mut Conn,
    case: CaseId,
    c: &ConsentRow,
    staff: Uuid,
) -> Result<()> {
    let places: Vec<String> = c.given_by.iter().map(ToString::to_string).collect();
    sqlx::query(
        "INSERT INTO case_consent (id, case_id, matter, given_by, at, staff_id, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(c.id)
    .bind(case.0)
    .bind(c.matter.code())
    .bind(places.join(","))
    .bind(c.at)
    .bind(staff)
    .bind(&c.body)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

#[derive(FromRow)]
struct RawConsent {
    id: Uuid,
    matter: String,
    given_by: String,
    at: OffsetDateTime,
    author: String,
    body: Vec<u8>,
}

/// The consents of a case, oldest first.
///
/// # Errors
/// The database is away.
pub async fn consents(conn: &mut Conn, case: CaseId) -> Result<Vec<ConsentRow>> {
    let rows: Vec<RawConsent> = sqlx::query_as(
        "SELECT c.id, c.matter, c.given_by, c.at, s.name AS author, c.body FROM case_consent c \
         JOIN staff s ON s.id = c.staff_id WHERE c.case_id = ? ORDER BY c.id LIMIT 100",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter()
        .map(|r| {
            Ok(ConsentRow {
                matter: Matter::from_code(&r.matter)
                    .ok_or_else(|| inconsistent("case_consent.matter", &r.matter))?,
                given_by: r
                    .given_by
                    .split(',')
                    .filter_map(|p| p.parse().ok())
                    .collect(),
                id: r.id,
                at: r.at,
                author: r.author,
                body: r.body,
            })
        })
        .collect()
}
