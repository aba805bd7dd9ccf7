//! The command line.

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replaces personal data in JSON lines from standard input.
    Redact,
}

fn main() -> std::io::Result<()> {
    match Cli::parse().command {
        Command::Redact => {
            let input = std::io::stdin().lock();
            minsheng::cli::redact::redact_batch(
                input,
                std::io::BufWriter::new(std::io::stdout().lock()),
            )
        }
    }
}
