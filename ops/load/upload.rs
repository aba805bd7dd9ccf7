//! Files of 5 MB by machine, each to a case, against a bare axum handler in another process that streams the same bytes to
//! the same disk and syncs them. Rounds take turns. Also uploads that outlive kills, for `ops/chaos`.

use super::{
    cpu::Watched,
    filing,
    http::{Answer, Conn, Jar, Request},
    stats::{Client, Outcome, Table, Times, closed_loop},
};
use axum::{Router, body::Body, extract::State, http::StatusCode, routing::post};
use futures_util::StreamExt;
use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};
use std::{
    io::Write as _,
    net::SocketAddr,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    fs::File,
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
};

/// Bytes of a file.
const BYTES: usize = 5_000_000;
/// Files to one case: fewer than a case may take.
const FILES: u32 = 16;
/// Where the bytes stand in which each file differs from all others.
const MARK: usize = 24;

/// A photo of exactly [`BYTES`] bytes: noise, and filler segments in front of it.
fn photo() -> Result<Vec<u8>, String> {
    let (wide, high) = (1800_u32, 1300_u32);
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let noise: Vec<u8> = (0..wide * high * 3)
        .map(|_| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed.to_le_bytes()[3]
        })
        .collect();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 80)
        .write_image(&noise, wide, high, ExtendedColorType::Rgb8)
        .map_err(|e| e.to_string())?;
    let mut fill = BYTES
        .checked_sub(jpeg.len() + 4)
        .ok_or("the noise is too large")?;
    let mut out = jpeg[..2].to_vec();
    loop {
        let some = fill.min(65_000);
        // a rest that is too small for a segment of its own goes with this one
        let some = if fill - some < 4 { fill } else { some };
        out.extend_from_slice(&[0xff, 0xeb]);
        out.extend_from_slice(
            &u16::try_from(some + 2)
                .map_err(|e| e.to_string())?
                .to_be_bytes(),
        );
        out.resize(out.len() + some, 0);
        fill -= some;
        if fill == 0 {
            break;
        }
        fill -= 4;
    }
    out.extend_from_slice(&jpeg[2..]);
    Ok(out)
}

/// Hands files in, a new case for each few.
struct Sender {
    conn: Conn,
    tokens: Arc<[String]>,
    photo: Vec<u8>,
    case: Option<(String, String)>,
    files: u32,
    /// What was acknowledged, where somebody asks afterwards.
    taken: Option<Arc<Mutex<Vec<String>>>>,
}

fn text(answer: &Answer, name: &str) -> Result<String, String> {
    let body: serde_json::Value =
        serde_json::from_slice(&answer.body).map_err(|e| e.to_string())?;
    let found = body.pointer(name).and_then(|v| v.as_str());
    found
        .map(str::to_owned)
        .ok_or(format!("an answer without {name}"))
}

impl Sender {
    fn new(server: SocketAddr, tokens: &Arc<[String]>, photo: &[u8]) -> Self {
        Self {
            conn: Conn::new(server),
            tokens: Arc::clone(tokens),
            photo: photo.to_vec(),
            case: None,
            files: 0,
            taken: None,
        }
    }

    async fn case(&mut self) -> Result<(String, String), String> {
        if let Some(case) = self.case.clone().filter(|_| self.files < FILES) {
            return Ok(case);
        }
        let n = filing::serial();
        let turn = usize::try_from(n).unwrap_or(0) % self.tokens.len();
        let headers = super::api::headers(n, &self.tokens[turn], &format!("files-{n:012}"));
        let body = filing::json(n);
        let request = Request {
            method: "POST",
            path: "/api/v1/cases",
            headers: &headers,
            body: body.as_bytes(),
        };
        let answer = self
            .conn
            .send(&request, &mut Jar::default())
            .await?
            .expect(201, "a case")?;
        let case = (
            text(&answer, "/cases/0/number")?,
            text(&answer, "/cases/0/query_code")?,
        );
        self.case = Some(case.clone());
        self.files = 0;
        Ok(case)
    }
}

impl Client for Sender {
    async fn once(&mut self, times: &mut Times) -> Result<(), String> {
        let (number, code) = self.case().await?;
        let n = filing::serial();
        self.photo[MARK..MARK + 8].copy_from_slice(&n.to_be_bytes());
        self.files += 1;
        let headers = format!(
            "X-Forwarded-For: {}\r\nX-Query-Code: {code}\r\nX-File-Name: photo-{n}.jpg\r\nContent-Type: application/octet-stream\r\n",
            filing::address(n)
        );
        let path = format!("/api/v1/cases/{number}/evidence");
        let request = Request {
            method: "POST",
            path: &path,
            headers: &headers,
            body: &self.photo,
        };
        let began = Instant::now();
        let answer = self
            .conn
            .send(&request, &mut Jar::default())
            .await?
            .expect(201, "a file")?;
        times.push(began.elapsed());
        if let Some(taken) = &self.taken {
            let id = text(&answer, "/id")?;
            taken
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .push(id);
        }
        Ok(())
    }
}

/// Sends the same bytes to the bare handler.
struct Bare {
    conn: Conn,
    photo: Vec<u8>,
}

impl Client for Bare {
    async fn once(&mut self, times: &mut Times) -> Result<(), String> {
        let n = filing::serial();
        self.photo[MARK..MARK + 8].copy_from_slice(&n.to_be_bytes());
        let path = format!("/{n}");
        let request = Request {
            method: "POST",
            path: &path,
            headers: "Content-Type: application/octet-stream\r\n",
            body: &self.photo,
        };
        let began = Instant::now();
        self.conn
            .send(&request, &mut Jar::default())
            .await?
            .expect(201, "a file")?;
        times.push(began.elapsed());
        Ok(())
    }
}

/// Streams each body to a file of its own in `dir` and syncs it; on a free port, which is printed; ends with its input.
pub async fn serve_disk(dir: PathBuf) -> Result<(), String> {
    async fn keep(
        State(dir): State<Arc<PathBuf>>,
        path: axum::extract::Path<String>,
        body: Body,
    ) -> StatusCode {
        let write = async {
            let mut file = File::create(dir.join(&*path)).await.ok()?;
            let mut body = body.into_data_stream();
            while let Some(some) = body.next().await {
                file.write_all(&some.ok()?).await.ok()?;
            }
            file.flush().await.ok()?;
            file.sync_all().await.ok()
        };
        match write.await {
            Some(()) => StatusCode::CREATED,
            None => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .map_err(|e| e.to_string())?;
    println!("{}", listener.local_addr().map_err(|e| e.to_string())?);
    let router = Router::new()
        .route("/{name}", post(keep))
        .with_state(Arc::new(dir));
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    axum::serve(listener, router)
        .await
        .map_err(|e| e.to_string())
}

async fn start_bare(dir: &PathBuf) -> Result<(Child, SocketAddr), String> {
    let fail = |e: std::io::Error| format!("the bare handler: {e}");
    std::fs::create_dir_all(dir).map_err(fail)?;
    let mut child = Command::new(std::env::current_exe().map_err(fail)?)
        .arg("serve-disk")
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(fail)?;
    let out = child
        .stdout
        .take()
        .ok_or("the bare handler has no output")?;
    let line = BufReader::new(out)
        .lines()
        .next_line()
        .await
        .map_err(fail)?;
    let address = line.unwrap_or_default().parse();
    Ok((
        child,
        address.map_err(|_| "the bare handler did not start")?,
    ))
}

/// Memory of a process in MB: now, and the most it had.
fn memory(pid: u32, name: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with(name))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

#[expect(clippy::cast_precision_loss, reason = "5 MB is exact")]
fn speed(out: &Outcome) -> f64 {
    out.rate() * BYTES as f64 / 1e6
}

/// The whole measurement; `dir` is a folder on the disk of the evidence.
pub async fn run(
    server: SocketAddr,
    tokens: &Arc<[String]>,
    seconds: f64,
    watched: Watched,
    dir: PathBuf,
) -> Result<bool, String> {
    let photo = photo()?;
    let (_bare, address) = start_bare(&dir).await?;
    let half = Duration::from_secs_f64(seconds / 2.0);
    let mut table = Table::default();
    table.heading("Files of 5 MB");
    let before = watched.portal.and_then(|pid| memory(pid, "VmRSS:"));
    let mut ratios = Vec::new();
    let mut errors = 0;
    for clients in [1, 8, 64] {
        let (mut portal, mut bare) = (Outcome::default(), Outcome::default());
        for _ in 0..2 {
            let senders = (0..clients)
                .map(|_| Sender::new(server, tokens, &photo))
                .collect();
            portal.and_then(closed_loop(senders, half).await);
            let conn = || Conn::new(address);
            let floor = (0..clients)
                .map(|_| Bare {
                    conn: conn(),
                    photo: photo.clone(),
                })
                .collect();
            bare.and_then(closed_loop(floor, half).await);
            for entry in std::fs::read_dir(&dir)
                .map_err(|e| e.to_string())?
                .flatten()
            {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        let (mine, floor) = (speed(&portal), speed(&bare));
        errors += portal.errors + bare.errors;
        table.line("portal", clients, &mut portal, false);
        table.line("bare handler", clients, &mut bare, false);
        table.note(&format!(
            "  {mine:.0} MB/s of {floor:.0} MB/s: {:.2}",
            mine / floor
        ));
        ratios.push((clients, mine / floor));
    }
    table.note("\nGoals on 2 cores");
    let eight = ratios.iter().find(|r| r.0 == 8).map_or(0.0, |r| r.1);
    table.goal(
        eight >= 0.6,
        &format!("at least 0.6 of the bare handler at 8 clients: {eight:.2}"),
    );
    let most = watched.portal.and_then(|pid| memory(pid, "VmHWM:"));
    if let (Some(before), Some(most)) = (before, most) {
        let grown = most - before;
        table.goal(
            grown < 64.0,
            &format!(
                "memory grows by less than 64 MB at 64 clients: {grown:.0} MB, most {most:.0} MB"
            ),
        );
    }
    table.goal(errors == 0, &format!("no error: {errors}"));
    table.print();
    Ok(errors == 0)
}

/// Uploads while the portal is killed and started again; writes the ids of what was acknowledged to `ids`.
pub async fn storm(
    server: SocketAddr,
    tokens: &Arc<[String]>,
    clients: usize,
    seconds: f64,
    ids: PathBuf,
) -> Result<bool, String> {
    let photo = photo()?;
    let taken = Arc::new(Mutex::new(Vec::new()));
    let senders = (0..clients)
        .map(|_| Sender {
            taken: Some(Arc::clone(&taken)),
            ..Sender::new(server, tokens, &photo)
        })
        .collect();
    let out = closed_loop(senders, Duration::from_secs_f64(seconds)).await;
    let taken = taken
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut file = std::fs::File::create(ids).map_err(|e| e.to_string())?;
    for id in taken.iter() {
        writeln!(file, "{id}").map_err(|e| e.to_string())?;
    }
    println!(
        "{} files acknowledged, {} requests failed",
        taken.len(),
        out.errors
    );
    Ok(!taken.is_empty())
}
