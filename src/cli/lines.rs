//! JSON lines in, JSON lines out: one answer line for each input line, blank lines skipped. A line that cannot be
//! answered gives `{"error":"…"}` in its place and never ends the batch.

use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

/// A longer line is not read into memory; it gives an error line.
const LONGEST: usize = 1 << 20;

#[derive(Serialize)]
struct Failed<'a> {
    error: &'a str,
}

/// Answers each line of `input` with `answer`. Answers are handed over whenever the input has nothing more at hand, so
/// that a caller may also ask one question at a time.
///
/// # Errors
/// Reading or writing failed; a reader that went away (broken pipe) is a normal end.
pub fn each_line<Q: DeserializeOwned, A: Serialize>(
    input: impl Read,
    output: impl Write,
    answer: impl FnMut(Q) -> Result<A, String>,
) -> io::Result<()> {
    match pump(
        BufReader::with_capacity(1 << 16, input),
        BufWriter::new(output),
        answer,
    ) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn pump<Q: DeserializeOwned, A: Serialize>(
    mut input: BufReader<impl Read>,
    mut output: BufWriter<impl Write>,
    mut answer: impl FnMut(Q) -> Result<A, String>,
) -> io::Result<()> {
    let mut line = Vec::new();
    let mut first = true;
    while read_line(&mut input, &mut line)? {
        let mut text = line.as_slice();
        if std::mem::take(&mut first) {
            text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        }
        let text = text.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let answered = if line.len() > LONGEST {
            Err(format!("一行最长 {LONGEST} 字节"))
        } else {
            serde_json::from_slice(text)
                .map_err(|e| e.to_string())
                .and_then(&mut answer)
        };
        write_line(&mut output, &answered)?;
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()
}

/// Writes one answer or error line.
///
/// # Errors
/// Writing failed.
pub fn write_line(
    mut output: impl Write,
    answered: &Result<impl Serialize, String>,
) -> io::Result<()> {
    match answered {
        Ok(answer) => serde_json::to_writer(&mut output, answer)?,
        Err(error) => serde_json::to_writer(&mut output, &Failed { error })?,
    }
    output.write_all(b"\n")
}

/// Reads up to a line feed into `line`, keeping at most one byte more than [`LONGEST`]; false at the end.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if chunk.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = chunk.iter().position(|b| *b == b'\n');
        let used = end.unwrap_or(chunk.len());
        let room = (LONGEST + 1).saturating_sub(line.len());
        line.extend_from_slice(&chunk[..used.min(room)]);
        input.consume(used + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: &[u8]) -> String {
        let mut out = Vec::new();
        each_line(input, &mut out, |n: i64| {
            if n < 0 {
                Err("negative".to_owned())
            } else {
                Ok(n * 2)
            }
        })
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_answer_for_each_line() {
        assert_eq!(
            run(b"1\n\n  \r\n2\r\n-1\n3"),
            "2\n4\n{\"error\":\"negative\"}\n6\n"
        );
        assert_eq!(run(b"\xef\xbb\xbf1\n"), "2\n");
        assert_eq!(run(b""), "");
    }

    #[test]
    fn bad_lines_do_not_end_the_batch() {
        let mut input = b"{\n\xff\xfe\n".to_vec();
        input.extend(std::iter::repeat_n(b'7', LONGEST + 5));
        input.extend(b"\n4\n");
        let out = run(&input);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(
            lines[..3].iter().all(|l| l.starts_with("{\"error\":")),
            "{out}"
        );
        assert_eq!(lines[3], "8");
    }
}
