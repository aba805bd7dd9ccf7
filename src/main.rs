//! The command line.

use clap::{Parser, Subcommand};
use minsheng::cli::rules::{DeadlineArgs, ValidateArgs};

/// 民声 Minsheng: the public portal of a district for consumer complaints 投诉 and quality reports 举报.
#[derive(Debug, Parser)]
#[command(name = "minsheng", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Deadline(DeadlineArgs),
    Validate(ValidateArgs),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Deadline(args) => args.run(),
        Command::Validate(args) => args.run(),
    }
}
