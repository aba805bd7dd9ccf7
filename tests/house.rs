//! The rules of the house, read off the source: the direction of `use`, SQL only in `store/`, HTTP only in `web/`,
//! a first paragraph in every file, no file too long; applied migrations never change.

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

fn sources() -> Vec<(String, String)> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files
        .into_iter()
        .map(|p| {
            (
                p.strip_prefix(&root).unwrap().display().to_string(),
                std::fs::read_to_string(&p).unwrap(),
            )
        })
        .collect()
}

/// Pure rooms: everything but flows and what does I/O by name.
fn is_pure(file: &str) -> bool {
    let rooms = [
        "kernel/",
        "intake/",
        "triage/",
        "casework/",
        "notices/",
        "receipts/",
        "privacy/",
        "audit/",
        "print/",
        "signals/",
        "traders/",
        "figures/",
        "exchange/",
        "evidence/",
    ];
    let flows = ["flow.rs", "calendar_flow.rs"];
    let rooms_of_flows = file.contains("/flow/");
    !rooms_of_flows
        && rooms.iter().any(|r| file.starts_with(r))
        && !flows.iter().any(|f| file.ends_with(f))
        && file != "kernel/clock.rs"
}

#[test]
fn pure_files_know_no_io_and_nothing_above_them() {
    let mut wrong = Vec::new();
    for (file, text) in sources().iter().filter(|(f, _)| is_pure(f)) {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for word in [
            "sqlx",
            "axum",
            "tokio",
            "askama",
            "crate::store",
            "crate::web",
            "crate::app",
            "crate::jobs",
        ] {
            let used = code
                .lines()
                .any(|l| !l.trim_start().starts_with("//") && l.contains(&format!("{word}::")));
            if used {
                wrong.push(format!("{file} uses {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn kernel_uses_no_feature_and_store_no_flow() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let forbidden: &[&str] = if file.starts_with("kernel/") {
            &[
                "crate::intake",
                "crate::casework",
                "crate::triage",
                "crate::store",
                "crate::web",
            ]
        } else if file.starts_with("store/") {
            &["::flow", "crate::web", "crate::app", "crate::jobs"]
        } else {
            &[]
        };
        for word in forbidden {
            if text
                .lines()
                .any(|l| !l.trim_start().starts_with("//") && l.contains(word))
            {
                wrong.push(format!("{file} uses {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sql_lives_in_store_and_http_in_web() {
    for (file, text) in sources() {
        let code: String = text
            .lines()
            .filter(|l| !l.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        if !file.starts_with("store/") {
            for word in ["sqlx::query", "QueryBuilder", "SELECT ", "INSERT INTO"] {
                assert!(!code.contains(word), "SQL in {file}: {word}");
            }
        }
        if !file.starts_with("web/") && file != "cli/serve.rs" {
            assert!(!code.contains("axum::"), "HTTP in {file}");
        }
    }
}

#[test]
fn every_file_says_what_it_owns_and_stays_small() {
    for (file, text) in sources() {
        assert!(text.starts_with("//!"), "{file} has no first paragraph");
        let lines = text
            .lines()
            .take_while(|l| !l.starts_with("#[cfg(test)]"))
            .count();
        assert!(lines <= 500, "{file} has {lines} lines");
    }
}

#[test]
fn a_migration_holds_one_statement_and_never_changes() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let hashes = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migrations.sha256"),
    )
    .unwrap();
    let mut names: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut now = String::new();
    for name in &names {
        let text = std::fs::read_to_string(dir.join(name)).unwrap();
        assert!(text.starts_with("-- "), "{name} says nothing");
        assert!(
            text.matches(';').count() == 0,
            "{name}: one statement a file, without a semicolon"
        );
        let hash: String = Sha256::digest(text.as_bytes())
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        now.push_str(&format!("{hash}  {name}\n"));
    }
    for line in hashes.lines() {
        assert!(
            now.contains(line),
            "an applied migration changed: {line}\nnow:\n{now}"
        );
    }
    assert_eq!(
        hashes.lines().count(),
        names.len(),
        "add the new migration to tests/migrations.sha256:\n{now}"
    );
}
