//! People at the desk: made in the store, signed in with a full session, or by hand with password and code.

use super::{TestApp, client::Client};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use minsheng::{
    identity::{password, totp},
    kernel::{DepartmentId, StaffId, access::Role, clock::Dice},
    privacy::{Purpose, keys},
    store::staff::{self, SessionRow, Staff},
};
use time::Duration;

/// The password of every test person.
pub const PASSWORD: &str = "correct-horse-battery";

/// A person whose second factor is enrolled; the secret comes back for making codes.
pub async fn person(
    t: &TestApp,
    login: &str,
    role: Role,
    department: Option<&str>,
) -> (Staff, [u8; 20]) {
    let reference = t.app.reference();
    let secret: [u8; 20] = Dice.bytes();
    let id = StaffId(t.app.ids.next());
    let person = Staff {
        id,
        login: login.to_owned(),
        name: format!("测试{}", role.label()),
        role,
        department: department.map(|c| DepartmentId(reference.inside(c).expect("department").id)),
        password_hash: password::hash(PASSWORD.to_owned()).await.unwrap(),
        totp_secret: Some(
            t.app
                .sealer
                .seal(Purpose::Totp, id.0, &secret, Dice.bytes()),
        ),
        totp_step: 0,
        failed: 0,
        locked_until: None,
        disabled: false,
    };
    let mut conn = t.app.store.conn().await.unwrap();
    staff::staff_insert(&mut conn, &person, t.app.now())
        .await
        .unwrap();
    (person, secret)
}

/// The code of a secret now.
pub fn code(t: &TestApp, secret: &[u8], login: &str) -> String {
    let now = u64::try_from(t.app.now().unix_timestamp()).unwrap();
    totp(secret, login, "民声")
        .unwrap()
        .generate(now)
        .to_string()
}

/// A browser that is signed in with both factors.
pub async fn signed_in(t: &TestApp, login: &str, role: Role, department: Option<&str>) -> Client {
    let (person, _) = person(t, login, role, department).await;
    signed_in_as(t, &person).await
}

/// Another browser of a person, signed in with both factors.
pub async fn signed_in_as(t: &TestApp, person: &Staff) -> Client {
    let token: [u8; 32] = Dice.bytes();
    let now = t.app.now();
    let row = SessionRow {
        token_hash: keys::token_hash(&token).to_vec(),
        staff_id: person.id.0,
        stage: "full".into(),
        csrf: vec![7; 16],
        agent: "test".into(),
        created_at: now,
        seen_at: now,
        expires_at: now + Duration::hours(10),
    };
    let mut conn = t.app.store.conn().await.unwrap();
    staff::session_insert(&mut conn, &row).await.unwrap();
    let mut client = t.client();
    client
        .cookies
        .insert("desk".into(), URL_SAFE_NO_PAD.encode(token));
    client
}

/// The form token of [`signed_in`] sessions.
pub fn csrf() -> String {
    URL_SAFE_NO_PAD.encode([7_u8; 16])
}
