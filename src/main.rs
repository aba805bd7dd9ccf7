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

fn main() -> std::process::ExitCode {
    let done = match Cli::parse().command {
        Command::Deadline(args) => args.run(),
        Command::Validate(args) => args.run(),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // One line for the operator; a backtrace would bury it.
            eprintln!("minsheng: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
