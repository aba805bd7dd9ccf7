//! Public pages: how many bytes they cost, and how fast they come compared with a bare axum handler that returns the
//! same bytes from another process. Rounds take turns, so that what else the machine does hits both.

use super::{
    cpu::{Used, Watched},
    filing,
    http::{Answer, Conn, Jar, Request},
    stats::{Client, Outcome, Table, Times, closed_loop},
};
use axum::{
    Router, body::Bytes, http::HeaderValue, http::header, response::IntoResponse, routing::get,
};
use std::{
    net::SocketAddr,
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

const PAGES: &[&str] = &[
    "/",
    "/guide",
    "/privacy",
    "/accessibility",
    "/file",
    "/file/resume",
    "/track",
    "/receipt/verify",
    "/api",
];

/// Serves one file on a free port, which is printed; ends with its standard input.
pub async fn serve_bytes(file: &str, encoding: &str) -> Result<(), String> {
    let body = Bytes::from(std::fs::read(file).map_err(|e| e.to_string())?);
    let encoding = HeaderValue::from_str(encoding).map_err(|e| e.to_string())?;
    let handler = move || {
        let (body, encoding) = (body.clone(), encoding.clone());
        async move {
            let mut response = body.into_response();
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            );
            if !encoding.is_empty() {
                headers.insert(header::CONTENT_ENCODING, encoding);
            }
            response
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .map_err(|e| e.to_string())?;
    println!("{}", listener.local_addr().map_err(|e| e.to_string())?);
    let router = Router::new()
        .route("/", get(handler.clone()))
        .route("/{*rest}", get(handler));
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    axum::serve(listener, router)
        .await
        .map_err(|e| e.to_string())
}

/// A process that serves those bytes until this is dropped.
struct Bare {
    child: Child,
    address: SocketAddr,
}

impl Bare {
    async fn start(answer: &Answer) -> Result<Self, String> {
        let fail = |e: std::io::Error| format!("the bare handler: {e}");
        let name = format!("minsheng-load-{}-{}", std::process::id(), filing::serial());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, &answer.body).map_err(fail)?;
        let mut child = Command::new(std::env::current_exe().map_err(fail)?)
            .args(["serve-bytes", &file.display().to_string(), &answer.encoding])
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
            .map_err(fail)?
            .unwrap_or_default();
        let _ = std::fs::remove_file(&file);
        Ok(Self {
            address: line.parse().map_err(|_| "the bare handler did not start")?,
            child,
        })
    }
}

/// Asks for one page over and over, from addresses of its own.
struct Reader {
    conn: Conn,
    path: &'static str,
    gzip: bool,
    asked: u64,
    from: String,
}

impl Reader {
    fn new(server: SocketAddr, path: &'static str, gzip: bool) -> Self {
        Self {
            conn: Conn::new(server),
            path,
            gzip,
            asked: 0,
            from: String::new(),
        }
    }

    async fn get(&mut self) -> Result<Answer, String> {
        // an address may read 400 pages at once and 1200 a minute
        if self.asked.is_multiple_of(300) {
            self.from = filing::address(filing::serial());
        }
        self.asked += 1;
        let accept = if self.gzip {
            "Accept-Encoding: gzip\r\n"
        } else {
            ""
        };
        let headers = format!(
            "X-Forwarded-For: {}\r\nAccept: text/html\r\n{accept}",
            self.from
        );
        let request = Request {
            method: "GET",
            path: self.path,
            headers: &headers,
            body: &[],
        };
        self.conn
            .send(&request, &mut Jar::default())
            .await?
            .expect(200, self.path)
    }
}

impl Client for Reader {
    async fn once(&mut self, times: &mut Times) -> Result<(), String> {
        let began = Instant::now();
        self.get().await?;
        times.push(began.elapsed());
        Ok(())
    }
}

/// Readers of one page.
pub fn readers(server: SocketAddr, clients: usize, path: &'static str) -> Vec<impl Client> {
    (0..clients)
        .map(|_| Reader::new(server, path, true))
        .collect()
}

/// Bytes of every public page with its stylesheet and script.
async fn sizes(server: SocketAddr, table: &mut Table) -> Result<(), String> {
    let size = async |path: &str, zip: bool| -> Result<usize, String> {
        let headers = if zip { "Accept-Encoding: gzip\r\n" } else { "" };
        let request = Request {
            method: "GET",
            path,
            headers,
            body: &[],
        };
        let answer = Conn::new(server)
            .send(&request, &mut Jar::default())
            .await?
            .expect(200, path)?;
        Ok(answer.body.len())
    };
    let plan = super::journey::Plan::look(server).await?;
    let mut shared = 0;
    for asset in plan
        .assets
        .iter()
        .filter(|a| a.contains(".css") || a.contains(".js"))
    {
        let bytes = size(asset, true).await?;
        table.note(&format!("{asset:<44}{bytes:>8} bytes compressed"));
        shared += bytes;
    }
    let (mut first, mut most) = (0, 0);
    for path in PAGES {
        let (plain, zipped) = (size(path, false).await?, size(path, true).await?);
        let whole = zipped + shared;
        table.note(&format!(
            "{path:<44}{zipped:>8} bytes compressed ({plain} plain), {whole} with CSS and JS"
        ));
        most = most.max(whole);
        if *path == "/" {
            first = whole;
        }
    }
    table.goal(
        first < 30_000,
        &format!("the first page with CSS and JS under 30 KB: {first} bytes"),
    );
    table.goal(
        most < 60_000,
        &format!("every public page with CSS and JS under 60 KB: at most {most} bytes"),
    );
    Ok(())
}

/// One side of a comparison.
struct Side {
    address: SocketAddr,
    watched: Watched,
    out: Outcome,
    used: Used,
}

impl Side {
    fn new(address: SocketAddr, pid: Option<u32>) -> Self {
        Self {
            address,
            watched: Watched {
                portal: pid,
                database: None,
            },
            out: Outcome::default(),
            used: Used::default(),
        }
    }

    async fn round(&mut self, path: &'static str, gzip: bool, seconds: f64, counts: bool) {
        let clients = (0..8)
            .map(|_| Reader::new(self.address, path, gzip))
            .collect();
        let before = self.watched.read();
        let out = closed_loop(clients, Duration::from_secs_f64(seconds)).await;
        if counts {
            self.used = self.used + (self.watched.read() - before);
            self.out.and_then(out);
        }
    }
}

/// What both sides cost: on a busy machine this says more than requests a second.
fn costs(ours: &Side, theirs: &Side) -> String {
    let (portal, clients) = ours.used.each(ours.out.done);
    let (bare, others) = theirs.used.each(theirs.out.done);
    format!(
        "  processor time a page: portal {portal:.1} µs, bare handler {bare:.1} µs, clients {clients:.1} and {others:.1} \
         µs; by that alone {:.2}",
        (bare + others) / (portal + clients)
    )
}

/// Measures and prints; false when something failed.
pub async fn run(server: SocketAddr, seconds: f64, pid: Option<u32>) -> Result<bool, String> {
    let mut table = Table::default();
    table.note("Bytes on the wire, headers not counted");
    sizes(server, &mut table).await?;
    let mut good = true;
    for gzip in [true, false] {
        table.heading(if gzip {
            "Pages, compressed as browsers ask"
        } else {
            "Pages, not compressed"
        });
        for path in ["/", "/file"] {
            let answer = Reader::new(server, path, gzip).get().await?;
            let bytes = answer.body.len();
            let mut bare = Bare::start(&answer).await?;
            let mut ours = Side::new(server, pid);
            let mut theirs = Side::new(bare.address, bare.child.id());
            for round in 0..7 {
                for side in [&mut ours, &mut theirs] {
                    // the first round warms up
                    side.round(path, gzip, seconds / 6.0, round > 0).await;
                }
            }
            drop(bare.child.stdin.take());
            let _ = bare.child.wait().await;
            good &= ours.out.errors == 0;
            let name = format!("{path} ({bytes} bytes)");
            table.line(&name, 8, &mut ours.out, false);
            let name = "  a bare axum handler, the same bytes";
            table.line(name, 8, &mut theirs.out, false);
            if pid.is_some() {
                table.note(&costs(&ours, &theirs));
            }
            let ratio = ours.out.rate() / theirs.out.rate();
            table.goal(
                ratio >= 0.5,
                &format!("at least 0.5 of the bare handler: {ratio:.2}"),
            );
        }
    }
    table.print();
    Ok(good)
}
