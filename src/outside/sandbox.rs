//! The workshop where copies of evidence are made: a process of its own for each file, this program again under a hidden
//! command, with nothing but the file on its input, no environment, bounded time, memory and output, and no file system and
//! no network as far as the kernel lets us (`cage`). The plain bytes never touch a disk. Whatever the process does, the
//! portal gets copies that hold up to a second look, or an error. Best effort where the kernel is old: `minsheng doctor`
//! says what is in force.

mod cage;
mod frame;
pub mod worker;

use crate::evidence::{
    FileKind, Limits, Made,
    clean::{media, noted},
};
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::Semaphore,
    time::timeout,
};

/// The command of this program under which a file is worked on.
pub const COMMAND: &str = "clean-copy";
/// Bytes of all copies of a file together.
const MOST: u64 = 64 * 1024 * 1024;
/// Bytes handed over at a time.
const PIECE: usize = 64 * 1024;

/// How copies are made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The program with the hidden command; empty: this one.
    pub program: PathBuf,
    /// Full path of `ffmpeg`; empty: sound and film have no clean copy.
    pub ffmpeg: PathBuf,
    /// Seconds of the processor for a file.
    pub cpu_seconds: u64,
    /// Seconds of the clock for a file: more, as a busy machine lets it wait.
    pub seconds: u64,
    /// Files worked on at the same time.
    pub at_once: usize,
    /// Mebibytes of address space for the work on a file.
    pub memory_mib: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            program: PathBuf::new(),
            ffmpeg: PathBuf::new(),
            cpu_seconds: 40,
            seconds: 100,
            at_once: 1,
            memory_mib: 1536,
        }
    }
}

/// Why there are no copies, for the log: it holds nothing of the file.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The process could not be started: worth another try.
    #[error("the process did not start: {0}")]
    Start(io::Error),
    /// The original could not be read to its end: worth another try.
    #[error("the original could not be read: {0}")]
    Input(io::Error),
    /// It took too long and was ended.
    #[error("the time was over")]
    Late,
    /// It gave more than any file has copies.
    #[error("too much output")]
    Flood,
    /// It ended badly: a limit was reached, or a fault in a library.
    #[error("the process ended with {0}")]
    Died(ExitStatus),
    /// What it gave does not hold up to a second look.
    #[error("the output makes no sense: {0}")]
    Nonsense(&'static str),
}

impl Failure {
    /// Whether another try may go better; else the file itself is the cause.
    #[must_use]
    pub const fn worth_another_try(&self) -> bool {
        matches!(self, Self::Start(_) | Self::Input(_))
    }
}

/// See the file's paragraph.
#[derive(Debug)]
pub struct Workshop {
    settings: Settings,
    places: Semaphore,
}

impl Workshop {
    /// A workshop with these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let places = Semaphore::new(settings.at_once.max(1));
        Self { settings, places }
    }

    /// How copies are made.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Makes the copies of a file from its plain bytes. Waits for a place first.
    ///
    /// # Errors
    /// See [`Failure`]. A file that merely does not open is no error: there are no copies then, and a note.
    pub async fn make(
        &self,
        kind: FileKind,
        limits: &Limits,
        input: impl AsyncRead + Unpin,
    ) -> Result<Made, Failure> {
        if kind.is_media() && self.settings.ffmpeg.as_os_str().is_empty() {
            return Ok(noted(media::NO_PROGRAM));
        }
        self.run(kind, limits, input).await.map(|(made, _)| made)
    }

    /// Has the smallest picture worked on; gives whether the file system was shut off.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn try_out(&self) -> Result<bool, Failure> {
        let (made, caged) = self
            .run(FileKind::Png, &Limits::default(), SMALLEST)
            .await?;
        if made.copies.is_empty() {
            return Err(Failure::Nonsense("a picture that opens has no copy"));
        }
        Ok(caged)
    }

    async fn run(
        &self,
        kind: FileKind,
        limits: &Limits,
        input: impl AsyncRead + Unpin,
    ) -> Result<(Made, bool), Failure> {
        let closed = |_| Failure::Start(io::Error::other("the workshop is closed"));
        let _place = self.places.acquire().await.map_err(closed)?;
        let mut child = self
            .command(kind, limits)?
            .spawn()
            .map_err(Failure::Start)?;
        // Ends the whole group, also what the process started itself, and also when the caller gives up waiting.
        let _group = Group::of(&child);
        let time = Duration::from_secs(self.settings.seconds);
        let work = talk(&mut child, limits.bytes, input);
        let output = timeout(time, work).await.map_err(|_| Failure::Late)??;
        frame::read(output, kind, limits).map_err(Failure::Nonsense)
    }

    fn command(&self, kind: FileKind, limits: &Limits) -> Result<Command, Failure> {
        let own = std::env::current_exe();
        let program = match self.settings.program.as_os_str() {
            path if path.is_empty() => own.map_err(Failure::Start)?,
            path => path.into(),
        };
        let mut command = Command::new(program);
        command.args([COMMAND, "--kind", kind.code()]);
        for (flag, number) in [
            ("--bytes", limits.bytes),
            ("--side", limits.side.into()),
            ("--pixels", limits.pixels),
            ("--pages", limits.pages.into()),
            ("--cpu-seconds", self.settings.cpu_seconds),
            ("--memory-mib", self.settings.memory_mib),
        ] {
            command.arg(flag).arg(number.to_string());
        }
        if kind.is_media() {
            command.arg("--ffmpeg").arg(&self.settings.ffmpeg);
        }
        command
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        Ok(command)
    }
}

/// A process group that ends with this value.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            // Usually nobody is left.
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

/// Hands the file over, takes the output, waits for the end.
async fn talk(
    child: &mut Child,
    most: u64,
    input: impl AsyncRead + Unpin,
) -> Result<Vec<u8>, Failure> {
    let pipe = || Failure::Start(io::Error::other("no pipe"));
    let stdin = child.stdin.take().ok_or_else(pipe)?;
    let stdout = child.stdout.take().ok_or_else(pipe)?;
    let ((), output) = tokio::try_join!(feed(input.take(most), stdin), collect(stdout))?;
    let status = child.wait().await.map_err(Failure::Start)?;
    if !status.success() {
        return Err(Failure::Died(status));
    }
    Ok(output)
}

async fn feed(mut input: impl AsyncRead + Unpin, mut stdin: ChildStdin) -> Result<(), Failure> {
    let mut piece = vec![0; PIECE];
    loop {
        let n = input.read(&mut piece).await.map_err(Failure::Input)?;
        // A process that no longer listens tells why by its end.
        if n == 0 || stdin.write_all(&piece[..n]).await.is_err() {
            return Ok(());
        }
    }
}

async fn collect(stdout: ChildStdout) -> Result<Vec<u8>, Failure> {
    let mut output = Vec::new();
    let read = stdout.take(MOST + 1).read_to_end(&mut output).await;
    read.map_err(Failure::Start)?;
    if output.len() as u64 > MOST {
        return Err(Failure::Flood);
    }
    Ok(output)
}

/// A PNG of one white pixel.
const SMALLEST: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\
    \0\0\0\nIDATx\xdac\xf8\x0f\0\x01\x01\x01\0\x1c\xb0\x8c\x99\
    \0\0\0\0IEND\xaeB`\x82";
