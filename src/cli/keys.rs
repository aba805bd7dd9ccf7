//! `minsheng keys init` and `minsheng receipt verify`: the two key files, made once and never overwritten, and what
//! their public half is good for. Needs no database.

use super::{admin::read_text, receipt};
use crate::{
    config::Config,
    kernel::clock::Dice,
    privacy::KeyRing,
    receipts::keys::{SigningKeys, public_lines},
};
use anyhow::Context;
use clap::Subcommand;
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The key ring that seals personal data.
pub(super) const SEAL: &str = "seal.keys";
/// The keys that sign receipts.
pub(super) const RECEIPT: &str = "receipt.key";

/// Key files.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make the key files that are missing (mode 0600); never touches one that is there
    ///
    /// Keep a copy of both files apart from the database's backups: without seal.keys no personal data can be read any
    /// more, and with it and a backup everything can.
    Init {
        /// Folder of the key files; keys_dir of the settings unless given
        #[arg(long)]
        dir: Option<PathBuf>,
    },
}

/// Receipts.
#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// Say in one JSON line whether a receipt 回执 was signed by this portal; code 1 when it was not
    Verify {
        /// File with the receipt or its MSR1. line; standard input for - or nothing
        file: Option<PathBuf>,
        /// File with the published keys; the keys of this portal unless given
        #[arg(long)]
        keys: Option<PathBuf>,
    },
}

/// Runs `minsheng keys …`.
pub(super) fn run_keys(command: KeysCommand, config: Option<&Path>) -> anyhow::Result<()> {
    let KeysCommand::Init { dir } = command;
    let dir = match dir {
        Some(dir) => dir,
        None => Config::load(config)?.keys_dir,
    };
    for (path, made) in init(&dir)? {
        println!("{} {}", if made { "made" } else { "kept" }, path.display());
    }
    Ok(())
}

/// Makes what is missing; says of each file whether it was made.
fn init(dir: &Path) -> anyhow::Result<[(PathBuf, bool); 2]> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .with_context(|| format!("cannot make the folder {}", dir.display()))?;
    let seal = ensure(dir, SEAL, || KeyRing::generate(Dice.bytes()).to_string())?;
    let receipt = ensure(dir, RECEIPT, || {
        let heading =
            "# signs receipts: a new key goes on top, old ones stay so that old receipts verify";
        format!("{heading}\n{}\n", SigningKeys::line(&Dice.bytes()).as_str())
    })?;
    Ok([seal, receipt])
}

/// Makes the file unless it is there. It appears whole or not at all, and never replaces another.
fn ensure(
    dir: &Path,
    name: &str,
    text: impl FnOnce() -> String,
) -> anyhow::Result<(PathBuf, bool)> {
    let path = dir.join(name);
    if path.symlink_metadata().is_ok() {
        return Ok((path, false));
    }
    let fresh = dir.join(format!(".{name}.{}", std::process::id()));
    let written = (|| {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(text().as_bytes())?;
        file.sync_all()?;
        // A link, unlike a rename, fails when somebody else was faster.
        fs::hard_link(&fresh, &path)?;
        fs::File::open(dir)?.sync_all()
    })();
    let _ = fs::remove_file(&fresh);
    match written {
        Ok(()) => Ok((path, true)),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && path.exists() => Ok((path, false)),
        Err(e) => Err(e).with_context(|| format!("cannot write {}", path.display())),
    }
}

/// Runs `minsheng receipt …`.
pub(super) fn run_receipt(
    command: ReceiptCommand,
    config: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let ReceiptCommand::Verify { file, keys } = command;
    let published = match keys {
        Some(path) => read_text(Some(&path))?,
        None => {
            let path = Config::load(config)?.keys_dir.join(RECEIPT);
            let text = fs::read_to_string(&path).with_context(|| {
                format!(
                    "cannot read {} (give the published keys with --keys FILE)",
                    path.display()
                )
            })?;
            public_lines(
                &SigningKeys::parse(&text)
                    .with_context(|| path.display().to_string())?
                    .verifying(),
            )
        }
    };
    let valid = receipt::verify(
        &read_text(file.as_deref())?,
        &published,
        io::stdout().lock(),
    )?;
    Ok(if valid {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn keys_are_made_once_and_only_for_their_owner() {
        let [a, b]: [u8; 2] = Dice.bytes();
        let dir =
            std::env::temp_dir().join(format!("minsheng-keys-{}-{a}-{b}", std::process::id()));
        assert!(init(&dir).unwrap().iter().all(|(_, made)| *made));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        let before: Vec<String> = [SEAL, RECEIPT]
            .iter()
            .map(|n| fs::read_to_string(dir.join(n)).unwrap())
            .collect();
        assert!([SEAL, RECEIPT].iter().all(|n| mode(&dir.join(n)) == 0o600));
        KeyRing::parse(&before[0]).unwrap();
        SigningKeys::parse(&before[1]).unwrap();
        assert!(init(&dir).unwrap().iter().all(|(_, made)| !*made));
        let after: Vec<String> = [SEAL, RECEIPT]
            .iter()
            .map(|n| fs::read_to_string(dir.join(n)).unwrap())
            .collect();
        assert_eq!(before, after);
        assert_eq!(
            fs::read_dir(&dir).unwrap().count(),
            2,
            "nothing is left behind"
        );
        fs::remove_dir_all(&dir).unwrap();
    }
}
