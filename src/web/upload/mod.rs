//! Files that come over HTTP: with a form, kept as they come, or in pieces that a script takes up again after a broken
//! connection. Owns what is said of them to their sender; whose they are, each place says ([`Place`]). `form` reads forms
//! with files, `pieces` answers scripts.

mod form;
mod pieces;

pub use form::{Refused, Sent, read};
pub use pieces::{append, begin, remove, status};

use super::{ctx::Ctx, statics};
use crate::{
    error::{Error, FieldError},
    evidence::{
        HolderKind, Limits, Refusal,
        flow::{Held, Sender, places},
    },
    receipts::{hex, sha256},
};

/// A place where files are handed in, told by the cookie of the request.
pub trait Place {
    /// Who hands in, and with what.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the browser has nothing there, or it takes no files any more.
    fn sender(ctx: &Ctx) -> impl Future<Output = Result<Sender, Error>> + Send;
}

/// Name of the file field in every form.
pub const FIELD: &str = "files";
/// Name of the hidden field of [`seen_word`].
pub const SEEN: &str = "files_seen";
/// Name of the button that takes a file back; its value is the file's id.
pub const DROP: &str = "drop";

/// What the file chooser offers. The kinds by name: a phone that sees HEIC is not among them sends a JPEG instead.
pub const ACCEPT: &str = "image/jpeg,image/png,image/webp,application/pdf,audio/mpeg,audio/mp4,audio/x-m4a,video/mp4,\
                          .jpg,.jpeg,.png,.webp,.pdf,.mp3,.m4a,.mp4";

/// A length in words, 3.4 MB or 12 KB.
#[must_use]
pub fn size(bytes: u64) -> String {
    const MB: u64 = 1024 * 1024;
    if bytes >= MB {
        let tenths = (bytes * 10).div_ceil(MB);
        match tenths % 10 {
            0 => format!("{} MB", tenths / 10),
            n => format!("{}.{n} MB", tenths / 10),
        }
    } else {
        format!("{} KB", bytes.div_ceil(1024).max(1))
    }
}

/// Why a file is not taken, with the limit that it breaks.
#[must_use]
pub fn words(why: Refusal, limits: &Limits, most: u8) -> String {
    match why {
        Refusal::TooLarge => format!(
            "{}，每个文件最多 {}。照片可以缩小或者截屏后再传，视频可以剪短一些",
            why.label(),
            size(limits.bytes)
        ),
        Refusal::TooMany => format!("{}，这里最多 {most} 个，这一个没有收下", why.label()),
        other => other.label().to_owned(),
    }
}

/// A file on a list.
pub struct Row {
    /// Its id in hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind, empty while it comes in.
    pub kind: &'static str,
    /// Its length in words.
    pub size: String,
    /// Its length, for scripts.
    pub bytes: u64,
    /// SHA-256 in hexadecimal digits, empty while it comes in.
    pub hash: String,
}

impl Row {
    /// A file as its sender sees it.
    #[must_use]
    pub fn of(file: &Held) -> Self {
        Self {
            id: file.id.simple().to_string(),
            name: file.name.clone(),
            kind: file.kind.map_or("", crate::evidence::FileKind::label),
            size: size(file.bytes),
            bytes: file.bytes,
            hash: hex(&file.sha256),
        }
    }
}

/// Where a file field sends to.
#[derive(Debug, Clone)]
pub struct Urls {
    /// Where the form goes with its files alone.
    pub form: String,
    /// Where scripts send pieces.
    pub pieces: String,
    /// The page itself.
    pub page: String,
}

impl Urls {
    /// The addresses under a root, `/file`.
    #[must_use]
    pub fn under(root: &str, page: &str) -> Self {
        Self {
            form: format!("{root}/files"),
            pieces: format!("{root}/upload"),
            page: page.to_owned(),
        }
    }
}

/// The file field of a form, with the list of what is there.
pub struct Field {
    /// Where it sends to.
    pub urls: Urls,
    /// What is there already.
    pub rows: Vec<Row>,
    /// What was not taken just now.
    pub refused: Vec<Refused>,
    /// How many more are welcome.
    pub free: usize,
    /// How many in all.
    pub most: u8,
    /// The longest file, in words.
    pub limit: String,
    /// The longest file in bytes.
    pub bytes: u64,
    /// Files are part of a case as soon as they are here; none is taken back.
    pub final_at_once: bool,
    /// What the chooser offers.
    pub accept: &'static str,
    /// Address of the script.
    pub js: &'static str,
}

impl Field {
    /// The field of a place. `held` are the files that wait there, or that came later to a case.
    #[must_use]
    pub fn new(
        ctx: &Ctx,
        kind: HolderKind,
        urls: Urls,
        held: &[Held],
        refused: Vec<Refused>,
    ) -> Self {
        let limits = &ctx.app.config.evidence;
        let most = places(&ctx.app, kind);
        let final_at_once = kind == HolderKind::Case;
        Self {
            urls,
            rows: held
                .iter()
                .filter(|f| !final_at_once || !f.whole())
                .map(Row::of)
                .collect(),
            refused,
            free: usize::from(most).saturating_sub(held.len()),
            most,
            limit: size(limits.bytes),
            bytes: limits.bytes,
            final_at_once,
            accept: ACCEPT,
            js: &statics::UPLOAD,
        }
    }
}

/// The whole files of a list in one word, for a page that shows them before they are sent: what is sent is what was shown.
#[must_use]
pub fn seen_word(held: &[Held]) -> String {
    let ids: Vec<u8> = held
        .iter()
        .filter(|f| f.whole())
        .flat_map(|f| f.id.into_bytes())
        .collect();
    hex(&sha256(&ids)[..8])
}

/// The refused files as lines of the error summary.
#[must_use]
pub fn errors(refused: &[Refused]) -> Vec<FieldError> {
    refused
        .iter()
        .map(|r| FieldError::new(FIELD, r.why.code(), format!("「{}」：{}", r.name, r.words)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_people_say_them() {
        for (bytes, said) in [
            (1, "1 KB"),
            (12_345, "13 KB"),
            (5 << 20, "5 MB"),
            ((5 << 20) + 1, "5.1 MB"),
            (3_565_158, "3.4 MB"),
        ] {
            assert_eq!(size(bytes), said);
        }
    }

    #[test]
    fn a_limit_is_named() {
        let limits = Limits::default();
        assert!(words(Refusal::TooLarge, &limits, 4).contains("最多 5 MB"));
        assert!(words(Refusal::TooMany, &limits, 4).contains("最多 4 个"));
        assert_eq!(words(Refusal::Heic, &limits, 4), Refusal::Heic.label());
    }
}
