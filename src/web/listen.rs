//! The accept loop: a connection gets a place or is sent away with a sentence; it must send its requests and take its
//! answers in good time; told to stop, the loop lets what is under way end, for so long and no longer. HTTP/1 only:
//! a proxy in front speaks newer versions with browsers.

mod slow;

use crate::limits::{Cidr, ClientNet, Connections, Full, Place, Places};
use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use slow::Taking;
pub use slow::{GivenUp, Timely};
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

/// Most bytes of a request's head, and of what is read ahead of a body.
const HEAD_LIMIT: usize = 64 * 1024;
/// Clients that are told why at the same time; further ones are only hung up on.
const SENT_AWAY: usize = 64;
/// Pause after a failed accept, for lack of descriptors it would fail again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who may come in, and for how long.
#[derive(Debug, Clone)]
pub struct Door {
    limits: Connections,
    places: Places,
    trusted: Arc<[Cidr]>,
    /// Name of the listener in logs and metrics.
    name: &'static str,
}

impl Door {
    /// A door with these limits; `trusted` are the proxies, whose connections have no share.
    #[must_use]
    pub fn new(name: &'static str, limits: Connections, trusted: Arc<[Cidr]>) -> Self {
        Self {
            places: Places::new(&limits),
            limits,
            trusted,
            name,
        }
    }

    /// Connections that are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.places.taken()
    }

    fn place(&self, peer: SocketAddr) -> Result<Place, Full> {
        let proxy = self.trusted.iter().any(|block| block.contains(peer.ip()));
        self.places
            .take((!proxy).then(|| ClientNet::from(peer.ip())))
    }
}

/// Serves until told to stop and every connection has ended; gives how many had to be hung up on. Work that a dropped
/// connection had begun goes on by itself.
pub async fn serve<S>(listener: TcpListener, site: S, door: Door, stop: CancellationToken) -> usize
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let (open, cut) = (TaskTracker::new(), CancellationToken::new());
    let away = Arc::new(Semaphore::new(SENT_AWAY));
    while let Some((stream, peer)) = stop.run_until_cancelled(accept(&listener)).await {
        match door.place(peer) {
            Ok(place) => {
                let talk = talk(
                    stream,
                    peer,
                    site.clone(),
                    door.limits.clone(),
                    stop.clone(),
                );
                let cut = cut.clone();
                open.spawn(async move {
                    cut.run_until_cancelled(talk).await;
                    drop(place);
                });
            }
            Err(full) => {
                metrics::counter!("minsheng_connections_refused_total", "at" => door.name, "full" => full.code())
                    .increment(1);
                if let Ok(permit) = Arc::clone(&away).try_acquire_owned() {
                    tokio::spawn(async move {
                        send_away(stream, full).await;
                        drop(permit);
                    });
                }
            }
        }
    }
    drop(listener);
    open.close();
    if timeout(door.limits.stop, open.wait()).await.is_ok() {
        return 0;
    }
    let left = open.len();
    cut.cancel();
    open.wait().await;
    left
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(came) => return came,
            // the client went away before it was its turn
            Err(e)
                if matches!(
                    e.kind(),
                    std::io::ErrorKind::ConnectionAborted | std::io::ErrorKind::ConnectionReset
                ) => {}
            Err(e) => {
                tracing::error!(error = %e, "cannot take connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// One connection from its first request to its last.
async fn talk<S>(
    stream: TcpStream,
    peer: SocketAddr,
    site: S,
    limits: Connections,
    stop: CancellationToken,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    // an answer is written whole: nothing is gained by waiting for more of it
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(ConnectInfo(peer));
        let body = if hyper::body::Body::is_end_stream(&body) {
            Body::empty()
        } else {
            Body::new(body)
        };
        site.clone().call(hyper::Request::from_parts(parts, body))
    });
    let talk = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(
            TokioIo::new(Taking::new(stream, limits.answer_pause)),
            service,
        );
    let mut talk = std::pin::pin!(talk);
    // an error is a client that hung up, was too slow, or spoke no HTTP: nothing of ours
    if stop.run_until_cancelled(talk.as_mut()).await.is_none() {
        talk.as_mut().graceful_shutdown();
        let _ = talk.await;
    }
}

/// Says why there is no place, then hangs up.
async fn send_away(mut stream: TcpStream, full: Full) {
    const WORDS: &str = "现在访问的人太多，请稍等几秒再试。着急的话可以直接拨打 12315 或 12345，您的权利不受影响。\n";
    let status = match full {
        Full::All => "503 Service Unavailable",
        Full::Network => "429 Too Many Requests",
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\nretry-after: 5\r\n\
         cache-control: no-store\r\nconnection: close\r\n\r\n{WORDS}",
        WORDS.len()
    );
    let goodbye = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // what the client has sent must be read, or closing would take the answer back
        let mut sink = [0; 1024];
        while stream.read(&mut sink).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = timeout(Duration::from_secs(1), goodbye).await;
}
