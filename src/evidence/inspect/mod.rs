//! What a file is, told by its bytes 按内容识别: its kind and whether its structure is whole, without decoding it. The
//! name and what the sender claims are never asked. A file is walked from its first byte to its last with a window of a
//! few kilobytes; every loop moves forward, so that no input costs more than its own length.

mod boxes;
mod hidden;
mod jpeg;
mod mp3;
mod pdf;
mod png;
mod webp;
mod window;

use super::{FileKind, Limits, Refusal};
use std::io::{Read, Seek};
use window::Window;

/// What was found in a file that can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Its kind.
    pub kind: FileKind,
    /// Width and height of a picture in pixels.
    pub size: Option<(u32, u32)>,
}

/// Looks at a file of `bytes` bytes; reads it in small pieces and never whole.
///
/// # Errors
/// Why it is not taken. A reader that fails counts as a broken file.
pub fn probe<R: Read + Seek>(file: &mut R, bytes: u64, limits: &Limits) -> Result<Probe, Refusal> {
    if bytes == 0 {
        return Err(Refusal::Empty);
    }
    if bytes > limits.bytes {
        return Err(Refusal::TooLarge);
    }
    let mut file = Window::new(file, bytes);
    let kind = first_look(file.head()?).ok_or(Refusal::Kind)?;
    let found = match kind {
        Look::Jpeg => picture(FileKind::Jpeg, jpeg::walk(&mut file)?, limits)?,
        Look::Png => picture(FileKind::Png, png::walk(&mut file)?, limits)?,
        Look::Webp => picture(FileKind::Webp, webp::walk(&mut file)?, limits)?,
        Look::Pdf => return pdf::walk(&mut file).map(|()| plain(FileKind::Pdf)),
        Look::Boxes => plain(boxes::walk(&mut file)?),
        Look::Sound => {
            mp3::walk(&mut file)?;
            plain(FileKind::Mp3)
        }
    };
    // A second file inside the first: whoever opens it with another program sees another thing than we did.
    hidden::scan(&mut file, 0)?;
    Ok(found)
}

const fn plain(kind: FileKind) -> Probe {
    Probe { kind, size: None }
}

/// A picture within the limits; its size is known before a pixel is decoded.
fn picture(kind: FileKind, size: (u32, u32), limits: &Limits) -> Result<Probe, Refusal> {
    let (width, height) = size;
    if width == 0 || height == 0 {
        return Err(Refusal::Broken);
    }
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > limits.side || pixels > limits.pixels {
        return Err(Refusal::Dimensions);
    }
    Ok(Probe {
        kind,
        size: Some(size),
    })
}

/// Which walk a file asks for.
enum Look {
    Jpeg,
    Png,
    Webp,
    Pdf,
    Boxes,
    Sound,
}

/// The first look: the opening bytes. Only what stands at the very first byte counts, so that nothing can be put in front.
fn first_look(head: &[u8]) -> Option<Look> {
    let brand = head.get(4..8) == Some(b"ftyp");
    let found = infer::get(head).map(|t| t.mime_type());
    Some(match found {
        Some("image/jpeg") => Look::Jpeg,
        Some("image/png") => Look::Png,
        Some("image/webp") => Look::Webp,
        Some("application/pdf") if head.starts_with(b"%PDF-") => Look::Pdf,
        _ if brand => Look::Boxes,
        _ if mp3::begins(head) => Look::Sound,
        _ => return None,
    })
}
