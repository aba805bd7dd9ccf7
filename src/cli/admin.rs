//! The operator's commands: schema, seeding, staff, tokens, keys, calendar, a check-up, receipts. What they do lives in
//! flows and stores; here flags are read and sentences are printed that name what to do next.

use super::{
    audit::AuditCommand,
    doctor,
    export::ExportCommand,
    keys::{self, KeysCommand, ReceiptCommand},
    people::{StaffCommand, TokenCommand},
};
use crate::{
    app::App,
    casework::calendar_flow,
    config::Config,
    error::Error,
    evidence::flow as evidence,
    figures,
    kernel::clock::Clock,
    seed,
    store::{Store, migrate},
};
use anyhow::Context;
use clap::{Args, Subcommand};
use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Commands that set up and look after a portal.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Bring the database's schema up to this program (run before the first start and after each update)
    Migrate,
    /// Load the district's reference data: departments 部门, streets 街道, categories, dispatch rules 分送规则, calendar
    ///
    /// May run again at any time. What an administrator can edit (departments, streets, dispatch rules, calendar) is
    /// only added where it is missing.
    Seed(SeedArgs),
    /// People who sign in at the desk 工作人员
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Machine tokens of the API 接口令牌
    #[command(subcommand)]
    Token(TokenCommand),
    /// Key files: sealing of personal data, signing of receipts 密钥
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The work calendar 工作日历
    #[command(subcommand)]
    Calendar(CalendarCommand),
    /// Check settings, database, keys, calendar and reference data, and say what to do
    ///
    /// Prints one line a check: ok, warn or bad. Ends with code 1 when anything is bad.
    Doctor,
    /// Signed receipts 回执
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// The audit trail 审计留痕
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Tables and files that leave the portal 导出
    #[command(subcommand)]
    Export(ExportCommand),
    /// Files that were handed in 凭证
    #[command(subcommand)]
    Evidence(EvidenceCommand),
}

/// Files that were handed in.
#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// Compare storage and database both ways, let go what is not kept any longer (P-12), and print what was found
    ///
    /// The server does the same once a day. Prints one JSON object; ends with code 1 when a file has no bytes.
    Sweep {
        /// Seconds after which what no row names may go; less than an hour only while nobody hands anything in
        #[arg(long, default_value_t = 3600)]
        settled: u16,
    },
}

impl EvidenceCommand {
    async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let Self::Sweep { settled } = self;
        let disk = app.now() + evidence::SETTLED - time::Duration::seconds(i64::from(settled));
        let swept = evidence::sweep(app, disk).await.map_err(explain)?;
        println!("{}", serde_json::to_string(&swept)?);
        app.store.close().await;
        Ok(if swept.missing.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// The work calendar.
#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// Load a year's official arrangement 放假安排 (holiday-cn JSON) and move every due date 期限 that hangs on it
    Load {
        /// The file; standard input for -
        file: PathBuf,
    },
}

/// What to load.
#[derive(Debug, Args)]
pub struct SeedArgs {
    /// Also file invented cases and make demo logins; only into an empty database, never on a real portal
    #[arg(long)]
    demo: bool,
    /// Also make so many invented cases for measurements, closed and open; only where --demo may go
    #[arg(long, value_name = "N")]
    cases: Option<usize>,
}

impl AdminCommand {
    /// Runs the command on a runtime of its own.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        runtime.block_on(self.run_async(config))
    }

    /// Runs the command.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn run_async(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        match self {
            Self::Migrate => migrate(config).await?,
            Self::Seed(args) => args.run(config).await?,
            Self::Staff(command) => command.run(&ready(config).await?).await?,
            Self::Token(command) => command.run(&ready(config).await?).await?,
            Self::Keys(command) => keys::run_keys(command, config)?,
            Self::Calendar(CalendarCommand::Load { file }) => load_year(config, &file).await?,
            Self::Doctor => return doctor::run(config).await,
            Self::Audit(command) => return command.run(&ready(config).await?).await,
            Self::Evidence(command) => return command.run(&ready(config).await?).await,
            Self::Export(command) => return command.run(&ready(config).await?).await,
            Self::Receipt(command) => return keys::run_receipt(command, config),
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn migrate(config: Option<&Path>) -> anyhow::Result<()> {
    let config = Config::load(config)?;
    let store = Store::new(config.database()?, 2)?;
    let before = migrate::missing(&store).await.map_err(explain)?.len();
    let all = migrate::run(&store).await.map_err(explain)?;
    store.close().await;
    match before {
        0 => println!("the schema is up to date ({all} steps)"),
        n => println!("the schema is up to date ({all} steps, {n} of them new)"),
    }
    Ok(())
}

async fn load_year(config: Option<&Path>, file: &Path) -> anyhow::Result<()> {
    let text = read_text(Some(file))?;
    let app = ready(config).await?;
    let loaded = calendar_flow::load_year(&app, None, &text)
        .await
        .map_err(explain)?;
    app.store.close().await;
    println!(
        "{} is loaded; {} due dates moved",
        loaded.year, loaded.moved
    );
    Ok(())
}

impl SeedArgs {
    /// Seeds; standard output carries only what is shown once (demo logins).
    async fn run(self, config: Option<&Path>) -> anyhow::Result<()> {
        let app = ready(config).await?;
        let summary = seed::seed_district(&app).await.map_err(explain)?;
        eprintln!("reference data: {summary}");
        if self.demo {
            seed::seed_demo(&app, &mut io::stdout()).await?;
        }
        if let Some(n) = self.cases {
            seed::seed_cases(&app, n, &mut io::stderr()).await?;
            // or the portal would count for an hour while its pages are measured
            let counted = figures::flow::count_all(&app).await.map_err(explain)?;
            eprintln!("{counted} cases counted into the figures");
        }
        app.store.close().await;
        Ok(())
    }
}

/// The app over a database whose schema fits, with its reference data.
async fn ready(config: Option<&Path>) -> anyhow::Result<App> {
    let app = App::new(Config::load(config)?, Clock::System)?;
    let missing = migrate::missing(&app.store).await.map_err(explain)?;
    anyhow::ensure!(
        missing.is_empty(),
        "the database's schema is older than this program; run: minsheng migrate"
    );
    app.refresh().await.map_err(explain)?;
    Ok(app)
}

/// An error of a use case as an operator reads it.
pub(super) fn explain(e: Error) -> anyhow::Error {
    match e {
        Error::Unavailable(cause) => anyhow::anyhow!(
            "the database does not answer ({cause}); check that it runs and that MINSHENG_DATABASE_URL is right"
        ),
        Error::Invalid(fields) => {
            let all: Vec<String> = fields
                .into_iter()
                .map(|f| format!("{}: {}", f.field, f.message))
                .collect();
            anyhow::anyhow!("{}", all.join("; "))
        }
        Error::Conflict(text) => anyhow::anyhow!("{text}"),
        other => anyhow::Error::from(other),
    }
}

/// Reads a file, or standard input for `-` or nothing.
pub(super) fn read_text(path: Option<&Path>) -> anyhow::Result<String> {
    match path.filter(|p| p.as_os_str() != "-") {
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
        }
        None => io::read_to_string(io::stdin()).context("cannot read standard input"),
    }
}
