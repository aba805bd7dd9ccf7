//! Evidence 凭证: the files that people hand in as proof. Each lives as a sealed original, a clean copy and, only if ever
//! published, a public copy. This file owns the kinds that are taken, the limits, why a file is refused and where it
//! stands; [`inspect`] says what a file is, [`clean`] makes its copies. Pure.

pub mod clean;
pub mod flow;
pub mod inspect;

use crate::kernel::words::words;

words! {
    /// A kind of file that is taken 文件种类 (rules 3.4), told by its content alone.
    FileKind {
        Jpeg = "jpeg", "JPEG 图片";
        Png = "png", "PNG 图片";
        Webp = "webp", "WebP 图片";
        Pdf = "pdf", "PDF 文件";
        Mp3 = "mp3", "MP3 录音";
        M4a = "m4a", "M4A 录音";
        Mp4 = "mp4", "MP4 视频";
    }
}

impl FileKind {
    /// The media type it is shown under.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Mp4 => "video/mp4",
        }
    }

    /// The ending of a name that fits it.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Mp4 => "mp4",
        }
    }

    /// A picture, which is encoded anew for its clean copy.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// Sound or film, whose container is written anew for its clean copy.
    #[must_use]
    pub const fn is_media(self) -> bool {
        matches!(self, Self::Mp3 | Self::M4a | Self::Mp4)
    }
}

words! {
    /// Why a file is not taken 不收的原因. The label is what the sender reads.
    Refusal {
        Empty = "empty", "这个文件是空的，请重新选择";
        TooLarge = "too_large", "这个文件太大";
        TooMany = "too_many", "文件已经够多了";
        Heic = "heic", "这是苹果手机的 HEIC 照片，我们打不开。请在「设置 - 相机 - 格式」选「兼容性最佳」后重拍，或者把照片截屏再上传";
        Mov = "mov", "这是苹果手机的 MOV 视频，我们打不开。请用微信发给「文件传输助手」，在聊天里存到相册，再上传存下来的那一份";
        Kind = "kind", "只收照片（jpg、png、webp）、PDF、录音（mp3、m4a）和视频（mp4）；这个文件的内容不是其中一种";
        Truncated = "truncated", "这个文件不完整，像是没有传完，请重新选择再传一次";
        Dimensions = "dimensions", "这张图片的尺寸太大，请缩小以后再传";
        Broken = "broken", "这个文件已经损坏，打不开，请换一份";
        Hidden = "hidden", "这个文件里夹带了别的内容，为了安全不能收，请换一份原图或原件";
    }
}

/// What may be handed in, each a setting of `[evidence]` (rules 3.4 gives the defaults).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Files with one filing, one answer.
    pub files: u8,
    /// Bytes of a file.
    pub bytes: u64,
    /// Files that may be added to one case later on.
    pub case_files: u8,
    /// Pixels of a side of a picture.
    pub side: u32,
    /// Pixels of a picture.
    pub pixels: u64,
    /// Pages of a PDF that are shown as pictures.
    pub pages: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            files: 4,
            bytes: 5 * 1024 * 1024,
            case_files: 20,
            side: 20_000,
            pixels: 80_000_000,
            pages: 20,
        }
    }
}

words! {
    /// What a file waits with until it is proof of a case 暂存处.
    HolderKind {
        Draft = "draft", "草稿";
        Case = "case", "案件";
        Answer = "answer", "经营者的答复";
    }
}

words! {
    /// Where a file stands 状态.
    Stage {
        /// Not all of it is here.
        Receiving = "receiving", "正在上传";
        /// Here, and not handed in yet.
        Stored = "stored", "已上传，还没有提交";
        /// Proof of a case.
        Kept = "kept", "已入卷";
        /// Its bytes go or are gone; the hash stays.
        Removed = "removed", "已删除";
    }
}

words! {
    /// Who handed it in 提交人.
    Uploader {
        Resident = "resident", "反映人";
        Trader = "trader", "经营者";
        Staff = "staff", "工作人员";
    }
}

words! {
    /// What the look for malware said 查毒.
    Scan {
        Waiting = "waiting", "等待查毒";
        Clean = "clean", "没有发现病毒";
        Found = "found", "发现病毒";
        /// No scanner is set up.
        Off = "off", "没有查过毒";
        /// Let out by two persons.
        Released = "released", "经两人同意放行";
    }
}

words! {
    /// Whether copies were made 副本.
    Copies {
        Waiting = "waiting", "正在制作可看的副本";
        Done = "done", "有可看的副本";
        None = "none", "只有原件";
    }
}

words! {
    /// What happened to a file 保管记录.
    Custody {
        Received = "received", "收到";
        Kept = "kept", "入卷";
        Scanned = "scanned", "查毒";
        Copied = "copied", "制作副本";
        Opened = "opened", "打开原件";
        Exported = "exported", "随报送带出";
        ReleaseAsked = "release_asked", "申请放行";
        Released = "released", "同意放行";
        ReleaseDenied = "release_denied", "不同意放行";
        Removed = "removed", "删除";
    }
}

/// Whether a form may be looked at after what the scanner said: closed until somebody looked. Where no scanner is set up,
/// pictures that were drawn anew are open, for nothing of the original is in them; all else waits for two persons.
#[must_use]
pub const fn opens(scan: Scan, part: Part, clean: Option<FileKind>) -> bool {
    match scan {
        Scan::Clean | Scan::Released => true,
        Scan::Waiting | Scan::Found => false,
        Scan::Off => match part {
            Part::Original => false,
            Part::Thumb | Part::Page(_) => true,
            Part::Clean => match clean {
                Some(kind) => kind.is_picture(),
                None => false,
            },
        },
    }
}

/// Longest name of a file that is kept, in characters.
pub const NAME_MAX: usize = 80;

/// The name of a file as it is kept: without folders, control characters and marks that turn the direction of writing, and
/// of a bearable length; the ending stays.
#[must_use]
pub fn tidy_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let turns = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let clean: String = last
        .chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .collect();
    let clean = clean.trim();
    let length = clean.chars().count();
    if length == 0 {
        return "未命名文件".to_owned();
    }
    if length <= NAME_MAX {
        return clean.to_owned();
    }
    let ending = clean.rsplit_once('.').map_or("", |(_, e)| e);
    let ending: String = ending.chars().take(8).collect();
    let kept = NAME_MAX - ending.chars().count() - 2;
    format!("{}….{ending}", clean.chars().take(kept).collect::<String>())
}

/// A form in which a file lies in the storage 存放形式.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// As it came, sealed 原件.
    Original,
    /// Without what it says about its maker 可看的副本.
    Clean,
    /// Small 缩略图.
    Thumb,
    /// A page of a PDF as a picture, from 1 页面图.
    Page(u16),
}

impl Part {
    /// The word for the storage: `original`, `clean`, `thumb`, `page-3`.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Original => "original".into(),
            Self::Clean => "clean".into(),
            Self::Thumb => "thumb".into(),
            Self::Page(n) => format!("page-{n}"),
        }
    }

    /// The part with this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "original" => Self::Original,
            "clean" => Self::Clean,
            "thumb" => Self::Thumb,
            _ => Self::Page(
                code.strip_prefix("page-")?
                    .parse()
                    .ok()
                    .filter(|n| *n > 0)?,
            ),
        })
    }
}

/// What a photo says of itself, read once and shown to the handler 拍摄信息.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Facts {
    /// When it was taken as the camera wrote it, `2026-11-08 14:03:22`; the camera's own time, no zone.
    pub taken: Option<String>,
    /// Where, degrees north and east (WGS 84).
    pub place: Option<(f64, f64)>,
    /// Maker and model of the camera.
    pub camera: Option<String>,
    /// Width and height in pixels as shown.
    pub size: Option<(u32, u32)>,
    /// Pages of a PDF.
    pub pages: Option<u16>,
}

/// A copy that was made from an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Which.
    pub part: Part,
    /// Its kind.
    pub kind: FileKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Everything that was made from an original.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Made {
    /// The copies; none when only the original exists.
    pub copies: Vec<Copy>,
    /// What it says of itself.
    pub facts: Facts,
    /// Why there is no clean copy, for the handler; empty when there is one.
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_looked_at_stays_closed() {
        let picture = Some(FileKind::Jpeg);
        for part in [Part::Original, Part::Clean, Part::Thumb, Part::Page(1)] {
            assert!(opens(Scan::Clean, part, picture) && opens(Scan::Released, part, picture));
            assert!(!opens(Scan::Waiting, part, picture) && !opens(Scan::Found, part, picture));
        }
        assert!(opens(Scan::Off, Part::Clean, picture) && opens(Scan::Off, Part::Page(2), None));
        assert!(!opens(Scan::Off, Part::Clean, Some(FileKind::Mp4)));
        assert!(!opens(Scan::Off, Part::Original, picture));
    }

    #[test]
    fn a_name_keeps_its_ending_and_loses_its_tricks() {
        assert_eq!(tidy_name("C:\\fakepath\\小票 1.JPG"), "小票 1.JPG");
        assert_eq!(tidy_name("../../etc/passwd"), "passwd");
        assert_eq!(tidy_name("照片\u{202e}gpj.exe\r\n"), "照片gpj.exe");
        assert_eq!(tidy_name(" \u{200b} "), "未命名文件");
        let long = tidy_name(&format!("{}.jpeg", "长".repeat(200)));
        assert_eq!(long.chars().count(), NAME_MAX);
        assert!(long.ends_with("….jpeg"));
    }

    #[test]
    fn every_form_has_one_word() {
        for part in [Part::Original, Part::Clean, Part::Thumb, Part::Page(17)] {
            assert_eq!(Part::from_code(&part.code()), Some(part));
        }
        for code in ["", "page-0", "page-", "page-x", "Original"] {
            assert_eq!(Part::from_code(code), None, "{code}");
        }
    }
}
