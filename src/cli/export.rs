//! `minsheng export`: figures as a table. Everything that changed is counted first, so that the table is as of now.

use super::{admin::explain, export_12315::PlatformArgs};
use crate::{
    app::App,
    audit::Deed,
    figures::{
        By, Month, Period,
        flow::{self, table},
    },
    sheet::{self, Cell, Row, xlsx},
    store::figures::Scope,
};
use anyhow::Context;
use clap::{Args, Subcommand};
use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};
use uuid::Uuid;

/// What leaves.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Figures 统计指标 of all departments as a table, the last twelve months unless told otherwise
    Kpi(KpiArgs),
    /// Cases of market supervision for the national 12315 platform 报送12315, with personal data
    ///
    /// Writes a folder that only its owner can read: the cases in the limits of the platform's form, the full text of
    /// what does not fit as PDF, and a manifest with hashes. Each case goes once and leaves a line in the audit trail.
    /// A run that stopped is started anew with the same folder. Prints a JSON line for each case that cannot go.
    #[command(name = "12315")]
    Platform(PlatformArgs),
}

/// Which figures.
#[derive(Debug, Args)]
pub struct KpiArgs {
    /// First month, 2026-01
    #[arg(long)]
    from: Option<String>,
    /// Last month, 2026-12
    #[arg(long)]
    to: Option<String>,
    /// One row a: month, department, street, category
    #[arg(long, default_value = "month")]
    by: String,
    /// Only this department 部门, its code
    #[arg(long)]
    department: Option<String>,
    /// Only this street 街道, its code
    #[arg(long)]
    street: Option<String>,
    /// Only this category 类别, its code
    #[arg(long)]
    category: Option<String>,
    /// The file: XLSX when its name ends so, else CSV; standard output without it
    #[arg(long)]
    out: Option<PathBuf>,
}

impl ExportCommand {
    /// Runs the command.
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let done = match self {
            Self::Kpi(args) => args.run(app).await,
            Self::Platform(args) => args.run(app).await,
        };
        app.store.close().await;
        done
    }
}

fn month(text: Option<&String>, otherwise: Month) -> anyhow::Result<Month> {
    match text {
        None => Ok(otherwise),
        Some(text) => Month::parse(text)
            .with_context(|| format!("{text:?} is no month; write it like 2026-01")),
    }
}

impl KpiArgs {
    async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let known = app.reference();
        let by = By::from_code(&self.by).with_context(|| {
            format!(
                "--by {}; write month, department, street or category",
                self.by
            )
        })?;
        let to = month(self.to.as_ref(), Month::of(app.today()))?;
        let period = Period::new(month(self.from.as_ref(), to.plus(-11))?, to);
        let department = match &self.department {
            None => None,
            Some(code) if code == "intake" => Some(Uuid::nil()),
            Some(code) => Some(
                known
                    .inside(code)
                    .with_context(|| format!("no department {code}"))?
                    .id,
            ),
        };
        let scope = Scope {
            period,
            department,
            street: self.street,
            category: self.category,
        };
        flow::count_all(app).await.map_err(explain)?;
        let detail = format!(
            "command line, from {} to {}, by {}",
            period.from,
            period.to,
            by.code()
        );
        flow::export_note(app, None, Deed::FiguresExport, &detail)
            .await
            .map_err(explain)?;
        let sums = flow::table(app, &scope, by).await.map_err(explain)?;
        let heading = table::heading(by);
        let rows = table::file(&sums, by, period, &known);
        let wants_book = |p: &PathBuf| {
            p.extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("xlsx"))
        };
        match &self.out {
            Some(path) => {
                let mut file = File::create(path)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                if wants_book(path) {
                    let mut book = xlsx::write("统计", &heading, [rows]).map_err(explain)?;
                    io::copy(&mut book, &mut file)?;
                } else {
                    file.write_all(&csv(heading, &rows)?)?;
                }
                file.sync_all()?;
            }
            None => io::stdout().write_all(&csv(heading, &rows)?)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn csv(heading: Vec<String>, rows: &[Row]) -> anyhow::Result<Vec<u8>> {
    let heading: Row = heading.into_iter().map(Cell::Text).collect();
    let mut out = sheet::BOM.as_bytes().to_vec();
    out.extend(sheet::csv([&heading].into_iter().chain(rows)).map_err(explain)?);
    Ok(out)
}
