//! The other side of the workshop: what the process with the hidden command does. It shuts itself in, reads the file from
//! its input, makes the copies and writes them to its output.

use super::{cage, frame};
use crate::evidence::{
    Copy, FileKind, Limits, Made, Part,
    clean::{self, media, noted},
};
use rustix::fs::{MemfdFlags, memfd_create};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    os::fd::AsRawFd,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A file to work on.
#[derive(Debug)]
pub struct Task {
    /// Its kind.
    pub kind: FileKind,
    /// How large it, its pictures and its pages may be.
    pub limits: Limits,
    /// Seconds of the processor.
    pub cpu_seconds: u64,
    /// Mebibytes of address space.
    pub memory_mib: u64,
    /// The program for sound and film.
    pub ffmpeg: Option<PathBuf>,
}

/// Does the work.
///
/// # Errors
/// When the process cannot be shut in, or a pipe fails.
pub fn run(task: &Task) -> io::Result<()> {
    // Opened before the door is shut: the other program starts with it.
    let void = File::options().read(true).write(true).open("/dev/null")?;
    let ffmpeg = task.ffmpeg.as_deref().filter(|_| task.kind.is_media());
    let caged = cage::close(&cage::Bounds {
        cpu_seconds: task.cpu_seconds,
        memory: task.memory_mib * 1024 * 1024,
        // Its index may grow a little; a file of twice the size is none of ours.
        program: ffmpeg.map(|p| (p, 2 * task.limits.bytes + 1024 * 1024)),
    })?;
    let mut input = io::stdin().lock().take(task.limits.bytes);
    let made = match ffmpeg {
        Some(program) => rewrite(program, task.kind, &mut input, &void)?,
        None => {
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes)?;
            clean::make(task.kind, bytes, &task.limits)
        }
    };
    frame::write(&made, caged, &mut io::stdout().lock())
}

/// Has the container written anew, from a file in memory to another.
fn rewrite(program: &Path, kind: FileKind, input: &mut impl Read, void: &File) -> io::Result<Made> {
    // Not closed on exec: the other program finds both under their numbers.
    let mut from = File::from(memfd_create("original", MemfdFlags::empty())?);
    let mut to = File::from(memfd_create("clean", MemfdFlags::empty())?);
    io::copy(input, &mut from)?;
    let path = |file: &File| format!("/proc/self/fd/{}", file.as_raw_fd());
    let status = Command::new(program)
        .args(media::orders(kind, &path(&from), &path(&to)))
        .stdin(Stdio::from(void.try_clone()?))
        .stdout(Stdio::from(void.try_clone()?))
        .stderr(Stdio::from(void.try_clone()?))
        .status()?;
    let mut bytes = Vec::new();
    to.seek(SeekFrom::Start(0))?;
    to.read_to_end(&mut bytes)?;
    if !status.success() || bytes.is_empty() || media::residue(kind, &bytes) {
        return Ok(noted(media::NOT_REWRITTEN));
    }
    let copy = Copy {
        part: Part::Clean,
        kind,
        bytes,
    };
    Ok(Made {
        copies: vec![copy],
        ..Made::default()
    })
}
