//! The command line: mounts the commands of `cli`, nothing more.

use clap::{Args, Parser, Subcommand};
use minsheng::{
    app::App,
    cli::{
        admin::AdminCommand,
        import, numbers, redact,
        rules::{DeadlineArgs, ValidateArgs},
        serve,
        worker::WorkerArgs,
    },
    config::Config,
    kernel::clock::Clock,
    telemetry,
};
use std::{io, path::PathBuf, process::ExitCode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 民声 Minsheng: the public portal of a district for consumer complaints 投诉 and quality reports 举报.
///
/// Settings come from the environment (MINSHENG_DATABASE_URL, MINSHENG_LISTEN, …), then from one TOML file.
#[derive(Debug, Parser)]
#[command(name = "minsheng", version)]
struct Cli {
    /// Settings file (TOML)
    #[arg(long, global = true, env = "MINSHENG_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal until SIGINT or SIGTERM
    Serve,
    #[command(flatten)]
    Admin(AdminCommand),
    /// File a hotline's export 热线导入 (CSV or JSON lines), resumable; prints a line for each bad row
    ///
    /// With --numbers-12315: keep the numbers that exported cases got on the 12315 platform (CSV: 登记编号, 12315编号).
    Import(ImportArgs),
    Deadline(DeadlineArgs),
    Validate(ValidateArgs),
    /// Find and mask personal data 脱敏: JSON lines {"id","text"} in, {"id","text","spans"} out
    ///
    /// Names of persons are looked for too; that is a guess which somebody should look over.
    Redact(redact::RedactArgs),
    #[command(name = minsheng::outside::sandbox::COMMAND, hide = true)]
    Worker(WorkerArgs),
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// The file
    file: PathBuf,
    /// The file holds numbers of the 12315 platform for cases that are here
    #[arg(long)]
    numbers_12315: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            // One line for the operator; a backtrace would bury it.
            eprintln!("minsheng: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = cli.config.as_deref();
    match cli.command {
        Command::Serve => {
            let config = Config::load(config)?;
            telemetry::start(&config.log)?;
            runtime()?.block_on(serve::run(config))?;
        }
        Command::Admin(command) => return command.run(config),
        Command::Import(args) => {
            let config = Config::load(config)?;
            return runtime()?.block_on(async {
                let app = App::new(config, Clock::System)?;
                app.refresh()
                    .await
                    .map_err(|e| anyhow::anyhow!("database: {e}"))?;
                let out = io::stdout().lock();
                let errors = if args.numbers_12315 {
                    numbers::run(&app, &args.file, out).await?.errors
                } else {
                    import::run(&app, &args.file, out).await?.errors
                };
                Ok(if errors == 0 {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                })
            });
        }
        Command::Deadline(args) => args.run()?,
        Command::Validate(args) => args.run()?,
        Command::Worker(args) => args.run()?,
        Command::Redact(args) => {
            redact::redact_batch(
                args,
                io::stdin().lock(),
                io::BufWriter::new(io::stdout().lock()),
            )?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}
