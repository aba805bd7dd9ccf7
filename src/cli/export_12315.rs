//! `minsheng export 12315`: writes what the flow takes into a folder of mode 0700. While a run goes on the folder holds a
//! file `BATCH` with its name; a run that stopped is taken up where the store says, with the same files written again.
//! The manifest comes last: a folder without it is not whole.

use super::admin::explain;
use crate::{
    app::App,
    exchange::{
        self, COLUMNS, Mistake, Record,
        flow::{self, Taken},
    },
    figures::Month,
    kernel::clock::CHINA,
    print::{self, Paper},
    receipts::hex,
    sheet::{self, BOM, Cell, Row},
};
use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::ExitCode,
};
use time::{
    Date, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description,
};
use uuid::Uuid;

/// The mark of a run that goes on.
const MARK: &str = "BATCH";
/// What says that a folder is whole.
const MANIFEST: &str = "manifest.json";

/// How the cases are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// A table for a spreadsheet
    Csv,
    /// One JSON object a line
    Jsonl,
}

/// Where and which.
#[derive(Debug, Args)]
pub struct PlatformArgs {
    /// The folder: a new one, or that of a run that stopped
    #[arg(long)]
    pub out: PathBuf,
    /// Only cases received from this day on, 2026-11-01, or month, 2026-11
    #[arg(long)]
    pub since: Option<String>,
    /// Also cases that went before
    #[arg(long)]
    pub again: bool,
    /// How the cases are written
    #[arg(long, value_enum, default_value_t = Shape::Csv)]
    pub format: Shape,
}

/// A file of the folder.
#[derive(Debug, Serialize)]
struct Listed {
    name: String,
    bytes: u64,
    sha256: String,
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    batch: &'a str,
    made_at: String,
    cases: u64,
    refused: u64,
    files: Vec<Listed>,
}

/// The last line that is printed.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// Cases in the folder.
    pub cases: u64,
    /// Texts that did not fit.
    pub attachments: u64,
    /// Cases that could not go.
    pub refused: u64,
}

#[derive(Serialize)]
struct Refused<'a> {
    number: &'a str,
    errors: &'a [Mistake],
}

fn since(text: Option<&String>) -> anyhow::Result<Option<OffsetDateTime>> {
    let Some(text) = text else { return Ok(None) };
    let day = format_description!("[year]-[month]-[day]");
    let day = Date::parse(text, day)
        .ok()
        .or_else(|| Month::parse(text).map(Month::first))
        .with_context(|| format!("{text:?} is no day; write it like 2026-11-01"))?;
    Ok(Some(day.midnight().assume_offset(CHINA)))
}

/// A file that only its owner reads.
fn private(path: &Path) -> anyhow::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Writes, counts and hashes at once.
struct Hashed<W> {
    to: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Hashed<W> {
    fn new(to: W) -> Self {
        Self {
            to,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.to.write_all(bytes)
    }

    fn listed(self, name: &str) -> (W, Listed) {
        let listed = Listed {
            name: name.to_owned(),
            bytes: self.bytes,
            sha256: hex(&self.hash.finalize()),
        };
        (self.to, listed)
    }
}

/// A folder that is being filled.
struct Folder {
    path: PathBuf,
    batch: String,
    shape: Shape,
    table: Hashed<BufWriter<File>>,
    files: Vec<Listed>,
    summary: Summary,
}

impl Folder {
    /// Opens the folder; `true` when a run that stopped is taken up.
    fn open(args: &PlatformArgs, app: &App) -> anyhow::Result<(Self, bool)> {
        let path = args.out.clone();
        ensure!(
            !path.join(MANIFEST).exists(),
            "{} holds a finished export; choose another folder",
            path.display()
        );
        let mark = path.join(MARK);
        let resumed = mark.exists();
        let batch = if resumed {
            fs::read_to_string(&mark)?.trim().to_owned()
        } else {
            let empty = !path.exists() || fs::read_dir(&path)?.next().is_none();
            ensure!(empty, "{} is not empty", path.display());
            app.ids.next().to_string()
        };
        let mut maker = DirBuilder::new();
        maker.mode(0o700).recursive(true);
        let files = path.join("files");
        maker
            .create(&files)
            .with_context(|| format!("cannot make {}", files.display()))?;
        if !resumed {
            let mut file = private(&mark)?;
            writeln!(file, "{batch}")?;
            file.sync_all()?;
        }
        let name = args.format.file();
        let mut table = Hashed::new(BufWriter::new(private(&path.join(name))?));
        if args.format == Shape::Csv {
            table.put(BOM.as_bytes())?;
            let heading: Row = COLUMNS.iter().map(|c| Cell::text(c.1)).collect();
            table.put(&sheet::csv([&heading]).map_err(explain)?)?;
        }
        let folder = Self {
            path,
            batch,
            shape: args.format,
            table,
            files: Vec::new(),
            summary: Summary::default(),
        };
        Ok((folder, resumed))
    }

    fn case(&mut self, number: &str, record: &Record, now: OffsetDateTime) -> anyhow::Result<()> {
        if let Some(text) = &record.attachment {
            let paper = Paper {
                text,
                number,
                at: now,
                code: None,
            };
            let name = exchange::attachment_name(number);
            let mut file = Hashed::new(private(&self.path.join(&name))?);
            file.put(&print::pdf(&paper).map_err(explain)?.pdf)?;
            self.files.push(file.listed(&name).1);
            self.summary.attachments += 1;
        }
        match self.shape {
            Shape::Csv => {
                let row: Row = record
                    .values
                    .iter()
                    .map(|v| Cell::text(v.as_str()))
                    .collect();
                self.table.put(&sheet::csv([&row]).map_err(explain)?)?;
            }
            Shape::Jsonl => {
                let object: serde_json::Map<String, serde_json::Value> = COLUMNS
                    .iter()
                    .zip(&record.values)
                    .map(|(c, v)| (c.0.to_owned(), v.as_str().into()))
                    .collect();
                self.table.put(&serde_json::to_vec(&object)?)?;
                self.table.put(b"\n")?;
            }
        }
        self.summary.cases += 1;
        Ok(())
    }

    fn cases(
        &mut self,
        all: &[Taken],
        now: OffsetDateTime,
        said: &mut impl Write,
    ) -> anyhow::Result<()> {
        for case in all {
            match &case.record {
                Ok(record) => self.case(&case.number, record, now)?,
                Err(errors) => {
                    self.summary.refused += 1;
                    let number = &case.number;
                    writeln!(
                        said,
                        "{}",
                        serde_json::to_string(&Refused { number, errors })?
                    )?;
                }
            }
        }
        Ok(())
    }

    /// Everything is written: the manifest says so.
    fn close(mut self, now: OffsetDateTime) -> anyhow::Result<Summary> {
        let (table, listed) = self.table.listed(self.shape.file());
        table
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        self.files.insert(0, listed);
        let manifest = Manifest {
            format: "minsheng-12315-v1",
            batch: &self.batch,
            made_at: now.to_offset(CHINA).format(&Rfc3339)?,
            cases: self.summary.cases,
            refused: self.summary.refused,
            files: self.files,
        };
        let mut file = private(&self.path.join(MANIFEST))?;
        file.write_all(&serde_json::to_vec_pretty(&manifest)?)?;
        file.sync_all()?;
        fs::remove_file(self.path.join(MARK))?;
        Ok(self.summary)
    }
}

impl Shape {
    const fn file(self) -> &'static str {
        match self {
            Self::Csv => "cases.csv",
            Self::Jsonl => "cases.jsonl",
        }
    }
}

impl PlatformArgs {
    /// Runs the command: exit code 1 when a case could not go.
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let summary = self.write(app, &mut io::stdout()).await?;
        Ok(if summary.refused == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// Fills the folder; see the head of this file.
    ///
    /// # Errors
    /// A folder that is not fit, a setting, the database is away (start again with the same folder).
    pub async fn write(&self, app: &App, said: &mut impl Write) -> anyhow::Result<Summary> {
        let wanted = flow::wanted(app, since(self.since.as_ref())?, self.again).map_err(explain)?;
        ensure!(
            !wanted.departments.is_empty(),
            "departments_12315 is empty; write the codes of the market-supervision departments"
        );
        let (mut folder, resumed) = Folder::open(self, app)?;
        let batch = folder.batch.clone();
        if resumed {
            flow::resumed(app, &batch).await.map_err(explain)?;
            let mut after = Uuid::nil();
            loop {
                let all = flow::retake(app, &batch, after).await.map_err(explain)?;
                let Some(last) = all.last() else { break };
                after = last.id;
                folder.cases(&all, app.now(), said)?;
            }
        }
        let mut after = Uuid::nil();
        loop {
            let all = flow::take(app, &wanted, &batch, after)
                .await
                .map_err(explain)?;
            let Some(last) = all.last() else { break };
            after = last.id;
            folder.cases(&all, app.now(), said)?;
        }
        let summary = folder.close(app.now())?;
        writeln!(said, "{}", serde_json::to_string(&summary)?)?;
        Ok(summary)
    }
}
