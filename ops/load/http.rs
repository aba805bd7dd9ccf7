//! A small HTTP/1.1 client: one connection kept open, answers read whole (content-length or chunked), a cookie jar.

use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// An answer.
#[derive(Default, Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// `Location`, empty without one.
    pub location: String,
    /// `Content-Type`, empty without one.
    pub kind: String,
    /// `Content-Encoding`, empty without one.
    pub encoding: String,
    /// `Set-Cookie` values.
    pub cookies: Vec<String>,
    /// The body as sent (not unpacked).
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The answer itself when it has this status.
    pub fn expect(self, status: u16, what: &str) -> Result<Self, String> {
        if self.status == status {
            return Ok(self);
        }
        let text: String = self.text().chars().take(400).collect();
        Err(format!(
            "{what}: {} instead of {status}; {} {text}",
            self.status, self.location
        ))
    }
}

/// A cookie jar of one visitor.
#[derive(Default, Clone)]
pub struct Jar(Vec<(String, String)>);

impl Jar {
    fn take(&mut self, set: &str) {
        let Some((name, rest)) = set.split_once('=') else {
            return;
        };
        let value = rest.split(';').next().unwrap_or("");
        self.0.retain(|(n, _)| n != name);
        if !value.is_empty() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// A request to be sent.
pub struct Request<'a> {
    /// GET or POST.
    pub method: &'a str,
    /// Path with query.
    pub path: &'a str,
    /// More headers, whole lines ending in CRLF.
    pub headers: &'a str,
    /// Body.
    pub body: &'a [u8],
}

/// A connection, opened when first used and again after an error.
pub struct Conn {
    address: SocketAddr,
    stream: Option<TcpStream>,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Conn {
    /// To this address.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            input: Vec::with_capacity(64 << 10),
            output: Vec::with_capacity(8 << 10),
        }
    }

    /// Sends a request and reads its answer; on an error the connection is given up.
    pub async fn send(&mut self, request: &Request<'_>, jar: &mut Jar) -> Result<Answer, String> {
        let answer = self.exchange(request, jar).await;
        match &answer {
            Ok(answer) => answer.cookies.iter().for_each(|c| jar.take(c)),
            Err(_) => self.hang_up(),
        }
        answer.map_err(|e| format!("{} {}: {e}", request.method, request.path))
    }

    /// Sends a request and hangs up without reading the answer.
    pub async fn send_and_leave(&mut self, request: &Request<'_>) {
        self.write(request, &Jar::default());
        if self.push().await.is_ok() {
            tokio::task::yield_now().await;
        }
        self.hang_up();
    }

    /// Closes the connection; the next request opens a new one.
    pub fn hang_up(&mut self) {
        self.stream = None;
        self.input.clear();
    }

    fn write(&mut self, request: &Request<'_>, jar: &Jar) {
        let out = &mut self.output;
        out.clear();
        let mut text = |t: &str| out.extend_from_slice(t.as_bytes());
        text(request.method);
        text(" ");
        text(request.path);
        text(" HTTP/1.1\r\nHost: ");
        text(&self.address.to_string());
        text("\r\n");
        text(request.headers);
        for (i, (name, value)) in jar.0.iter().enumerate() {
            text(if i == 0 { "Cookie: " } else { "; " });
            text(name);
            text("=");
            text(value);
        }
        text(if jar.0.is_empty() { "" } else { "\r\n" });
        if request.method == "POST" {
            text(&format!("Content-Length: {}\r\n", request.body.len()));
        }
        text("\r\n");
        out.extend_from_slice(request.body);
    }

    async fn push(&mut self) -> std::io::Result<()> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        match &mut self.stream {
            Some(stream) => stream.write_all(&self.output).await,
            None => Ok(()),
        }
    }

    async fn exchange(&mut self, request: &Request<'_>, jar: &Jar) -> Result<Answer, String> {
        self.write(request, jar);
        self.push().await.map_err(|e| e.to_string())?;
        let head_end = loop {
            if let Some(i) = find(&self.input, b"\r\n\r\n") {
                break i + 4;
            }
            self.more().await?;
        };
        let mut answer = Answer::default();
        let mut length = None;
        let mut chunked = false;
        let mut close = false;
        let head = std::str::from_utf8(&self.input[..head_end]).map_err(|e| e.to_string())?;
        let mut lines = head.split("\r\n");
        answer.status = lines
            .next()
            .and_then(|l| l.split(' ').nth(1))
            .and_then(|s| s.parse().ok())
            .ok_or("no status line")?;
        for line in lines {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            let value = value.trim();
            match name {
                n if n.eq_ignore_ascii_case("content-length") => {
                    length = value.parse::<usize>().ok()
                }
                n if n.eq_ignore_ascii_case("transfer-encoding") => {
                    chunked = value.contains("chunked")
                }
                n if n.eq_ignore_ascii_case("connection") => {
                    close = value.eq_ignore_ascii_case("close")
                }
                n if n.eq_ignore_ascii_case("location") => value.clone_into(&mut answer.location),
                n if n.eq_ignore_ascii_case("content-type") => value.clone_into(&mut answer.kind),
                n if n.eq_ignore_ascii_case("content-encoding") => {
                    value.clone_into(&mut answer.encoding)
                }
                n if n.eq_ignore_ascii_case("set-cookie") => answer.cookies.push(value.to_owned()),
                _ => {}
            }
        }
        self.input.drain(..head_end);
        if chunked {
            self.read_chunks(&mut answer.body).await?;
        } else if let Some(length) = length {
            self.read_exactly(length, &mut answer.body).await?;
        } else if !matches!(answer.status, 204 | 304) {
            return Err("an answer without a length".into());
        }
        if close {
            self.hang_up();
        }
        Ok(answer)
    }

    async fn more(&mut self) -> Result<(), String> {
        let stream = self.stream.as_mut().ok_or("not connected")?;
        match stream.read_buf(&mut self.input).await {
            Ok(0) => Err("the server hung up".into()),
            Ok(_) => Ok(()),
            Err(e) => Err(e.to_string()),
        }
    }

    async fn read_exactly(&mut self, length: usize, body: &mut Vec<u8>) -> Result<(), String> {
        while self.input.len() < length {
            self.more().await?;
        }
        body.extend(self.input.drain(..length));
        Ok(())
    }

    async fn read_chunks(&mut self, body: &mut Vec<u8>) -> Result<(), String> {
        loop {
            let line_end = loop {
                if let Some(i) = find(&self.input, b"\r\n") {
                    break i;
                }
                self.more().await?;
            };
            let size = std::str::from_utf8(&self.input[..line_end])
                .ok()
                .and_then(|l| {
                    usize::from_str_radix(l.split(';').next().unwrap_or("").trim(), 16).ok()
                })
                .ok_or("a broken chunk")?;
            self.input.drain(..line_end + 2);
            self.read_exactly(size, body).await?;
            let mut end = Vec::new();
            self.read_exactly(2, &mut end).await?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|w| w == what)
}
