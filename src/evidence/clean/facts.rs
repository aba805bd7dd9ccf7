//! What a photo says of itself (EXIF): when and where it was taken and with what, read once for the handler. The camera's
//! words are not to be trusted: what makes no sense is left out.

use crate::evidence::Facts;
use exif::{Exif, In, Rational, Reader, Tag, Value};

/// Reads the facts out of a block of EXIF.
pub(super) fn read(block: Option<Vec<u8>>) -> Facts {
    let Some(exif) = block.and_then(parse) else {
        return Facts::default();
    };
    Facts {
        taken: [Tag::DateTimeOriginal, Tag::DateTimeDigitized, Tag::DateTime]
            .iter()
            .find_map(|tag| time(&exif, *tag)),
        place: place(&exif),
        camera: camera(&exif),
        ..Facts::default()
    }
}

fn parse(block: Vec<u8>) -> Option<Exif> {
    let found = Reader::new().continue_on_error(true).read_raw(block);
    // One bad entry does not cost the others.
    found.or_else(|e| e.distill_partial_result(|_| ())).ok()
}

fn value(exif: &Exif, tag: Tag) -> Option<&Value> {
    exif.get_field(tag, In::PRIMARY).map(|f| &f.value)
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match value(exif, tag)? {
        Value::Ascii(lines) => lines.first().map(Vec::as_slice),
        _ => None,
    }
}

/// `2026:11:08 14:03:22` as `2026-11-08 14:03:22`.
fn time(exif: &Exif, tag: Tag) -> Option<String> {
    let t = exif::DateTime::from_ascii(ascii(exif, tag)?).ok()?;
    let month = time::Month::try_from(t.month).ok()?;
    // A clock that was never set says 1970 or the year the camera was built.
    if !(1990..=2199).contains(&t.year) {
        return None;
    }
    time::Date::from_calendar_date(i32::from(t.year), month, t.day).ok()?;
    time::Time::from_hms(t.hour, t.minute, t.second).ok()?;
    Some(format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        t.year, t.month, t.day, t.hour, t.minute, t.second
    ))
}

fn place(exif: &Exif) -> Option<(f64, f64)> {
    let north = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, 90.0)?;
    let east = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, 180.0)?;
    // A phone without a fix writes zeros.
    (north != 0.0 || east != 0.0).then_some((north, east))
}

/// Degrees, minutes, seconds to degrees with six places: a tenth of a metre.
fn degrees(exif: &Exif, tag: Tag, side: Tag, most: f64) -> Option<f64> {
    let Value::Rational(parts) = value(exif, tag)? else {
        return None;
    };
    let part = |r: &Rational| (r.denom != 0).then(|| r.to_f64());
    let mut sum = part(parts.first()?)?;
    for (n, unit) in [(1, 60.0), (2, 3600.0)] {
        if let Some(r) = parts.get(n) {
            sum += part(r).unwrap_or(0.0) / unit;
        }
    }
    let signed = match ascii(exif, side)?.first()? {
        b'N' | b'E' => sum,
        b'S' | b'W' => -sum,
        _ => return None,
    };
    (signed.abs() <= most).then(|| (signed * 1e6).round() / 1e6)
}

/// Maker and model, without saying the maker twice.
fn camera(exif: &Exif) -> Option<String> {
    let words = |tag| -> Option<String> {
        let text = String::from_utf8_lossy(ascii(exif, tag)?).into_owned();
        let text: String = text
            .chars()
            .filter(|c| !c.is_control() && *c != char::REPLACEMENT_CHARACTER)
            .take(60)
            .collect();
        Some(text.trim().to_owned()).filter(|t| !t.is_empty())
    };
    match (words(Tag::Make), words(Tag::Model)) {
        (Some(make), Some(model)) if !model.starts_with(&make) => Some(format!("{make} {model}")),
        (make, model) => model.or(make),
    }
}
