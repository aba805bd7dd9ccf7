//! What `minsheng doctor` says of the workshop that makes the copies of evidence 凭证处理: does its process start, is it shut
//! in, is there a program for sound and film.

use super::Report;
use crate::outside::{
    sandbox::{Settings, Workshop},
    scan::{Clamd, Scanner},
};

pub(super) async fn workshop(report: &mut Report, settings: &Settings) {
    match Workshop::new(settings.clone()).try_out().await {
        Ok(true) => report.ok(
            "evidence",
            "copies are made; the process is shut in (Landlock)",
        ),
        Ok(false) => report.warn(
            "evidence",
            "copies are made; the kernel does not shut the process in",
            "use a kernel with Landlock (5.13 or later, lsm=landlock)",
        ),
        Err(e) => report.bad(
            "evidence",
            format_args!("no copies are made: {e}"),
            "files stay as sealed originals only until this is mended",
        ),
    }
    let ffmpeg = settings.ffmpeg.as_path();
    if ffmpeg.as_os_str().is_empty() {
        report.warn(
            "sound",
            "no ffmpeg is set: sound and film are kept, but cannot be played at the desk",
            "install ffmpeg and set its full path",
        );
    } else if ffmpeg.is_absolute() && ffmpeg.is_file() {
        report.ok("sound", ffmpeg.display());
    } else {
        report.bad(
            "sound",
            format_args!("{}: no such program", ffmpeg.display()),
            "set the full path of ffmpeg, or leave it empty",
        );
    }
}

/// Whether somebody looks for malware, and answers.
pub(super) async fn scanner(report: &mut Report, url: &str) {
    if url.is_empty() {
        report.warn(
            "malware",
            "nobody looks for malware: originals, sound and film open by two persons only",
            "install clamav-daemon and set scanner_url, unix:/run/clamav/clamd.ctl",
        );
        return;
    }
    let answer = match Clamd::new(url) {
        Ok(clamd) => clamd.version().await.map_err(|e| e.to_string()),
        Err(e) => Err(e.to_string()),
    };
    match answer {
        Ok(version) => report.ok("malware", version),
        Err(why) => report.bad(
            "malware",
            why,
            "files are taken and stay closed until the scanner answers",
        ),
    }
}
