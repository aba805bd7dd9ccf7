//! A workbook with one sheet, written row by row through a file without a name, so that its size never lies in memory.

use super::{Cell, Row, guarded};
use crate::error::{Error, Result};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::{
    fs::File,
    io::{BufWriter, Seek, Write},
};

/// Longest text that a cell of a workbook holds.
const LONGEST: usize = 32_000;

fn fault(e: XlsxError) -> Error {
    Error::Internal(format!("xlsx: {e}"))
}

/// Writes rows under a heading; the file stands at its beginning.
///
/// # Errors
/// No room for the file.
pub fn write(
    name: &str,
    heading: &[String],
    pages: impl IntoIterator<Item = Vec<Row>>,
) -> Result<File> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let yuan = Format::new().set_num_format("#,##0.00");
    let percent = Format::new().set_num_format("0.0%");
    let sheet = book.add_worksheet_with_constant_memory().map_err(fault)?;
    sheet.set_name(name).map_err(fault)?;
    sheet.set_freeze_panes(1, 0).map_err(fault)?;
    for (column, words) in (0..).zip(heading) {
        let wide: usize = words
            .chars()
            .map(|c| if c.is_ascii() { 1 } else { 2 })
            .sum();
        let width = u16::try_from(wide.clamp(10, 30)).unwrap_or(30);
        sheet.set_column_width(column, width).map_err(fault)?;
        sheet
            .write_string_with_format(0, column, guarded(words), &bold)
            .map_err(fault)?;
    }
    for (at, row) in (1..).zip(pages.into_iter().flatten()) {
        for (column, cell) in (0..).zip(row) {
            match cell {
                Cell::Text(text) => {
                    let text: String = guarded(&text).chars().take(LONGEST).collect();
                    sheet.write_string(at, column, text)
                }
                Cell::Int(n) => sheet.write_number(at, column, n as f64),
                Cell::Fen(fen) => {
                    sheet.write_number_with_format(at, column, fen as f64 / 100.0, &yuan)
                }
                Cell::PerMille(Some(n)) => {
                    sheet.write_number_with_format(at, column, n as f64 / 1000.0, &percent)
                }
                Cell::PerMille(None) | Cell::Empty => continue,
            }
            .map_err(fault)?;
        }
    }
    let file = tempfile::tempfile().map_err(Error::internal)?;
    let mut out = BufWriter::new(file);
    book.save_to_writer(&mut out).map_err(fault)?;
    out.flush().map_err(Error::internal)?;
    let mut file = out
        .into_inner()
        .map_err(|e| Error::internal(e.into_error()))?;
    file.rewind().map_err(Error::internal)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::DeflateDecoder;
    use std::io::Read;

    /// The text of one member, found by its local header.
    fn member(bytes: &[u8], name: &str) -> String {
        let at = bytes
            .windows(name.len())
            .position(|w| w == name.as_bytes())
            .unwrap();
        let head = &bytes[at - 30..];
        let extra = usize::from(u16::from_le_bytes([head[28], head[29]]));
        let mut out = String::new();
        DeflateDecoder::new(&bytes[at + name.len() + extra..])
            .read_to_string(&mut out)
            .unwrap();
        out
    }

    #[test]
    fn words_numbers_and_no_formula() {
        let pages = vec![
            vec![vec![Cell::text("=1+1"), Cell::Int(7)]],
            vec![vec![Cell::text("华阳"), Cell::Empty, Cell::Fen(360_050)]],
        ];
        let heading = ["名称".to_owned(), "件数".to_owned(), "金额".to_owned()];
        let mut bytes = Vec::new();
        write("统计", &heading, pages)
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        assert_eq!(&bytes[..2], b"PK");
        let sheet = member(&bytes, "xl/worksheets/sheet1.xml");
        assert!(!sheet.contains("<f>"), "{sheet}");
        assert!(sheet.contains("'=1+1") && sheet.contains("华阳"), "{sheet}");
        assert!(
            sheet.contains("<v>7</v>") && sheet.contains("<v>3600.5</v>"),
            "{sheet}"
        );
    }
}
