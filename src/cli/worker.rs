//! The hidden command under which the portal starts itself to work on one file of evidence (`outside::sandbox`). It
//! reads no settings and no environment.

use crate::{
    evidence::{FileKind, Limits},
    outside::sandbox::worker::{Task, run},
};
use clap::Args;
use std::path::PathBuf;

/// Makes the copies of one file: plain bytes in, copies out
#[derive(Debug, Args)]
pub struct WorkerArgs {
    #[arg(long, value_parser = kind)]
    kind: FileKind,
    #[arg(long)]
    bytes: u64,
    #[arg(long)]
    side: u32,
    #[arg(long)]
    pixels: u64,
    #[arg(long)]
    pages: u16,
    #[arg(long)]
    cpu_seconds: u64,
    #[arg(long)]
    memory_mib: u64,
    #[arg(long)]
    ffmpeg: Option<PathBuf>,
}

fn kind(code: &str) -> Result<FileKind, String> {
    FileKind::from_code(code).ok_or_else(|| "unknown kind".into())
}

impl WorkerArgs {
    /// Does the work.
    ///
    /// # Errors
    /// When the process cannot be shut in, or a pipe fails.
    pub fn run(self) -> std::io::Result<()> {
        run(&Task {
            kind: self.kind,
            limits: Limits {
                bytes: self.bytes,
                side: self.side,
                pixels: self.pixels,
                pages: self.pages,
                ..Limits::default()
            },
            cpu_seconds: self.cpu_seconds,
            memory_mib: self.memory_mib,
            ffmpeg: self.ffmpeg,
        })
    }
}
