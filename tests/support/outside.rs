//! The other side of letters and short messages: an SMTP server and an HTTP gateway on real sockets, as small as the
//! protocols allow. They keep what they were given and answer as they are told.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A server on a port of its own.
pub struct Server {
    pub port: u16,
    pub got: Arc<Mutex<Vec<String>>>,
    /// Answers to come instead of the good one, first first.
    pub bad: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn got(&self) -> Vec<String> {
        self.got.lock().unwrap().clone()
    }

    pub fn answer_badly(&self, with: &str) {
        self.bad.lock().unwrap().push(with.to_owned());
    }

    fn next_bad(bad: &Mutex<Vec<String>>) -> Option<String> {
        let mut bad = bad.lock().unwrap();
        (!bad.is_empty()).then(|| bad.remove(0))
    }

    /// SMTP: the lines of the envelope and the letter as it went over the wire.
    pub async fn smtp() -> Self {
        Self::listen(|stream, got, bad| async move {
            let _ = smtp_session(stream, &got, &bad).await;
        })
        .await
    }

    /// HTTP: head and body of each request.
    pub async fn http() -> Self {
        Self::listen(|stream, got, bad| async move {
            let _ = http_session(stream, &got, &bad).await;
        })
        .await
    }

    async fn listen<F, R>(session: F) -> Self
    where
        F: Fn(TcpStream, Arc<Mutex<Vec<String>>>, Arc<Mutex<Vec<String>>>) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            got: Arc::default(),
            bad: Arc::default(),
        };
        let (got, bad) = (server.got.clone(), server.bad.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(session(stream, got.clone(), bad.clone()));
            }
        });
        server
    }
}

async fn smtp_session(
    stream: TcpStream,
    got: &Mutex<Vec<String>>,
    bad: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test ESMTP\r\n").await?;
    let mut letter = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or("").to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME\r\n".to_owned(),
            "MAIL" | "RCPT" => {
                letter.push_str(&line);
                match (verb == "RCPT").then(|| Server::next_bad(bad)).flatten() {
                    Some(bad) => format!("{bad}\r\n"),
                    None => "250 2.1.0 ok\r\n".into(),
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                loop {
                    let mut line = String::new();
                    if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
                        break;
                    }
                    letter.push_str(&line);
                }
                got.lock().unwrap().push(std::mem::take(&mut letter));
                "250 2.0.0 queued as 4F2A1\r\n".into()
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            "RSET" | "NOOP" => "250 ok\r\n".into(),
            _ => "502 what\r\n".into(),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

async fn http_session(
    stream: TcpStream,
    got: &Mutex<Vec<String>>,
    bad: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = n.trim().parse().unwrap();
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let status = match Server::next_bad(bad) {
            Some(bad) => bad,
            None => {
                let body = String::from_utf8_lossy(&body);
                got.lock().unwrap().push(format!("{head}\n{body}"));
                "202 Accepted".into()
            }
        };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 8\r\n\r\nid 12345");
        stream.write_all(answer.as_bytes()).await?;
    }
}

/// The body of a letter, opened.
pub fn letter_text(letter: &str) -> String {
    let body = letter.split("\r\n\r\n").nth(1).unwrap();
    let bytes = STANDARD.decode(body.replace("\r\n", "")).unwrap();
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

/// The subject of a letter, opened.
pub fn letter_subject(letter: &str) -> String {
    let folded = letter.split("Subject: ").nth(1).unwrap();
    let mut lines = folded.split("\r\n");
    let mut words = lines.next().unwrap().to_owned();
    for line in lines.take_while(|l| l.starts_with(' ')) {
        words.push_str(line);
    }
    words
        .split_whitespace()
        .map(|w| {
            let inner = w
                .strip_prefix("=?utf-8?b?")
                .unwrap()
                .strip_suffix("?=")
                .unwrap();
            String::from_utf8(STANDARD.decode(inner).unwrap()).unwrap()
        })
        .collect()
}
