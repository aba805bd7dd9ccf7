//! Evidence 凭证: the files that people hand in as proof. Each lives as a sealed original, a clean copy and, only if ever
//! published, a public copy. This file owns the kinds that are taken, the limits, why a file is refused and where it
//! stands; [`inspect`] says what a file is. Pure.

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
            _ => Self::Page(code.strip_prefix("page-")?.parse().ok().filter(|n| *n > 0)?),
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
