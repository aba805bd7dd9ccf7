//! The QR code that opens the progress page with the case number filled in. One compact SVG path of dark modules, used
//! inline in pages and in the receipt picture. The query code never goes into it: a URL ends up in histories and logs.

use super::picture::escape;
use crate::kernel::number::CaseNumber;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Light modules on every side (ISO/IEC 18004).
pub(super) const QUIET: usize = 4;

/// A QR code as geometry: one unit is one module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// The dark modules as the `d` of one `<path>`, quiet zone included in the coordinates.
    pub path: String,
    /// The same as rows of dark modules, for what draws without a path of SVG: x, y and length.
    pub runs: Vec<(usize, usize, usize)>,
    /// Width and height in modules, quiet zone included.
    pub side: usize,
}

/// The text is too long for a QR code (about 2,300 bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("text too long for a QR code")]
pub struct TooLong;

/// The address of a case's progress page under the portal's address.
#[must_use]
pub fn track_url(base: &str, number: CaseNumber) -> String {
    format!("{}/track?n={number}", base.trim_end_matches('/'))
}

/// The address that a trader's QR code opens; the answer code is never in it.
#[must_use]
pub fn respond_url(base: &str, number: CaseNumber) -> String {
    format!("{}/respond?n={number}", base.trim_end_matches('/'))
}

impl Qr {
    /// The code of a text, error correction M (15 % may be damaged).
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn of(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
        let width = code.width();
        let colors = code.into_colors();
        let (mut path, mut runs) = (String::new(), Vec::new());
        for (y, row) in colors.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                let n = run.len();
                if run.first() == Some(&Color::Dark) {
                    let (x, y) = (x + QUIET, y + QUIET);
                    let _ = write!(path, "M{x} {y}h{n}v1h-{n}z");
                    runs.push((x, y, n));
                }
                x += n;
            }
        }
        Ok(Self {
            path,
            runs,
            side: width + 2 * QUIET,
        })
    }

    /// The code as inline SVG for a page, `label` read out in its place. Presentation attributes only, which a strict
    /// content security policy allows; the size comes from the stylesheet (`svg.qr`). Always dark on white: in a dark page
    /// scanners would fail on the reverse.
    #[must_use]
    pub fn svg(&self, label: &str) -> String {
        let (side, path, label) = (self.side, &self.path, escape(label));
        format!(
            "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
             aria-label=\"{label}\" shape-rendering=\"crispEdges\"><title>{label}</title>\
             <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#16232e\"/></svg>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::words::CaseKind;

    #[test]
    fn the_path_draws_exactly_the_dark_modules() {
        let number = CaseNumber::new(CaseKind::Complaint, 2611, 517);
        let url = track_url("https://minsheng.example.cn/", number);
        assert_eq!(url, format!("https://minsheng.example.cn/track?n={number}"));
        let qr = Qr::of(&url).unwrap();
        let code = QrCode::with_error_correction_level(&url, EcLevel::M).unwrap();
        assert_eq!(qr.side, code.width() + 8);
        let mut drawn = vec![false; qr.side * qr.side];
        for run in qr.path.split('z').filter(|run| !run.is_empty()) {
            let (at, n) = run.trim_start_matches('M').split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let n = n.split_once('v').unwrap().0;
            let [x, y, n] = [x, y, n].map(|v| v.parse::<usize>().unwrap());
            drawn[y * qr.side + x..][..n].fill(true);
        }
        let mut again = vec![false; drawn.len()];
        for (x, y, n) in qr.runs.iter().copied() {
            again[y * qr.side + x..][..n].fill(true);
        }
        assert_eq!(again, drawn);
        for (i, dark) in drawn.into_iter().enumerate() {
            let (x, y) = (i % qr.side, i / qr.side);
            let inside = [x, y].iter().all(|v| (4..4 + code.width()).contains(v));
            assert_eq!(
                dark,
                inside && code[(x - 4, y - 4)] == Color::Dark,
                "{x} {y}"
            );
        }
    }

    #[test]
    fn inline_svg_is_labelled_and_has_no_style() {
        let svg = Qr::of("https://x.example/").unwrap().svg("扫码<查>进度");
        assert!(svg.contains("role=\"img\" aria-label=\"扫码&lt;查&gt;进度\""));
        assert!(!svg.contains("style"));
        assert_eq!(Qr::of(&"x".repeat(5000)), Err(TooLong));
    }
}
