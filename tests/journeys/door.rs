//! The door, through real sockets: slow clients are ended, a full house says so, nobody takes all places, stopping is
//! bounded. Limits are set short instead of waiting for the shipped ones.

use crate::support::TestApp;
use axum::Router;
use minsheng::{
    config::Config,
    limits::Connections,
    web::listen::{Door, serve},
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// Soon enough for a test, and long enough for a busy machine to be quicker.
const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(300);

/// The portal behind a real door.
struct House {
    address: SocketAddr,
    door: Door,
    stop: CancellationToken,
    done: JoinHandle<usize>,
}

impl House {
    async fn open(router: Router, config: &Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let door = Door::new(
            "test",
            config.connections.clone(),
            config.proxies().unwrap().into(),
        );
        let stop = CancellationToken::new();
        let done = tokio::spawn(serve(listener, router, door.clone(), stop.clone()));
        Self {
            address,
            door,
            stop,
            done,
        }
    }

    async fn come(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends a text and reads until the other side has ended.
    async fn say(&self, text: &str) -> String {
        let mut stream = self.come().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        read(&mut stream).await
    }

    /// Waits until so many connections are open.
    async fn until_open(&self, n: usize) {
        while self.door.open() != n {
            tokio::task::yield_now().await;
        }
    }
}

/// Everything until the other side ends; a reset ends it too.
async fn read(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let mut part = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut part).await {
        all.extend_from_slice(&part[..n]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// The app with limits of connections that never end by themselves but for what `change` shortens.
async fn app(change: impl FnOnce(&mut Connections)) -> TestApp {
    TestApp::with(|c| {
        c.connections = Connections {
            head: LONG,
            body: LONG,
            body_pause: LONG,
            answer_pause: LONG,
            stop: LONG,
            ..Connections::default()
        };
        change(&mut c.connections);
        c.trusted_proxies = String::new();
    })
    .await
}

async fn house(t: &TestApp) -> House {
    House::open(t.router.clone(), &t.app.config).await
}

const ASK: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let t = app(|c| c.head = SHORT).await;
    let house = house(&t).await;
    for start in ["", "GET / HTT", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        assert_eq!(house.say(start).await, "", "{start:?}");
    }
    // idle after an answer is the same as a head that does not come
    let answer = house.say(ASK).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    house.until_open(0).await;
}

#[tokio::test]
async fn a_body_that_stands_still_or_trickles_is_a_408() {
    let form =
        "content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nway=com";
    let json = "authorization: Bearer nobody-knows-this-token\r\ncontent-type: application/json\r\n\
                idempotency-key: 12345678\r\ncontent-length: 100\r\n\r\n{\"kind\"";
    for change in [(|c| c.body_pause = SHORT) as fn(&mut Connections), |c| {
        c.body = SHORT
    }] {
        let t = app(change).await;
        let house = house(&t).await;
        let answer = house
            .say(&format!("POST /file HTTP/1.1\r\nhost: x\r\n{form}"))
            .await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        for words in ["connection: close", "text/html", "没有收完整", "12315"] {
            assert!(answer.contains(words), "{words}: {answer}");
        }
        // who may not come in is told so before the body
        let answer = house
            .say(&format!("POST /api/v1/cases HTTP/1.1\r\nhost: x\r\n{json}"))
            .await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        house.until_open(0).await;
    }
}

#[tokio::test]
async fn the_api_says_408_in_its_own_words() {
    let t = app(|c| c.body_pause = SHORT).await;
    let mut conn = t.app.store.conn().await.unwrap();
    let hash = minsheng::web::api::token_hash("a-token-of-a-slow-machine");
    minsheng::store::security::token_insert(
        &mut conn,
        t.app.ids.next(),
        "slow",
        &hash,
        t.app.now(),
    )
    .await
    .unwrap();
    let house = house(&t).await;
    let answer = house
        .say(
            "POST /api/v1/cases HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a-token-of-a-slow-machine\r\n\
             content-type: application/json\r\nidempotency-key: 12345678\r\ncontent-length: 100\r\n\r\n{\"kind\"",
        )
        .await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    for words in ["application/problem+json", "/api#too_slow"] {
        assert!(answer.contains(words), "{words}: {answer}");
    }
}

#[tokio::test]
async fn bytes_that_keep_coming_do_not_win_more_time() {
    let t = app(|c| {
        c.body_pause = SHORT * 4;
        c.body = SHORT * 2;
    })
    .await;
    let house = house(&t).await;
    let (mut from, mut to) = house.come().await.into_split();
    to.write_all(b"POST /file HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100000\r\n\r\n")
        .await
        .unwrap();
    let trickle = tokio::spawn(async move {
        let mut every = tokio::time::interval(SHORT / 10);
        while to.write_all(b"a").await.is_ok() {
            every.tick().await;
        }
    });
    let mut start = [0; 12];
    from.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 408");
    drop(from);
    trickle.await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_not_taken_ends_the_connection() {
    let t = app(|c| c.answer_pause = SHORT).await;
    let house = house(&t).await;
    let mut stream = house.come().await;
    // pipelined until the answers fill every buffer between the two, and never read
    let asked = "GET /privacy HTTP/1.1\r\nhost: x\r\n\r\n".repeat(64);
    while stream.write_all(asked.as_bytes()).await.is_ok() {}
    house.until_open(0).await;
}

#[tokio::test]
async fn a_full_house_says_so_and_one_network_never_fills_it() {
    let t = app(|c| {
        c.most = 4;
        c.per_network = 2;
    })
    .await;
    let one = house(&t).await;
    let held = [one.come().await, one.come().await];
    one.until_open(2).await;
    let answer = one.say(ASK).await;
    assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
    for words in ["retry-after: 5", "12315", "12345"] {
        assert!(answer.contains(words), "{words}: {answer}");
    }
    drop(held);
    one.until_open(0).await;
    assert!(
        one.say(&ASK.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"))
            .await
            .starts_with("HTTP/1.1 200")
    );

    // from a proxy the same address may take every place
    let mut config = (*t.app.config).clone();
    config.trusted_proxies = "127.0.0.1".into();
    let behind = House::open(t.router.clone(), &config).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(behind.come().await);
    }
    behind.until_open(4).await;
    let answer = behind.say(ASK).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

/// A form whose handler waits for its body: the portal has asked for it.
async fn begin(house: &House, line: &str, length: usize) -> TcpStream {
    let mut stream = house.come().await;
    let head = format!(
        "{line} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[tokio::test]
async fn stopping_waits_for_requests_but_not_for_ever() {
    // a client that hangs in the middle of its request is hung up on, and counted
    let t = app(|c| c.stop = SHORT).await;
    let one = house(&t).await;
    let mut hanging = begin(&one, "POST /file", 9).await;
    let mut idle = one.come().await;
    idle.write_all(ASK.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    idle.read_exact(&mut start).await.unwrap();
    one.until_open(2).await;
    one.stop.cancel();
    assert_eq!(one.done.await.unwrap(), 1, "only the one that hangs");
    assert_eq!(read(&mut hanging).await, "");
    assert!(
        TcpStream::connect(one.address).await.is_err(),
        "nobody listens"
    );

    // one that ends its request in time has its answer
    let t = app(|_| {}).await;
    let two = house(&t).await;
    let mut slow = begin(&two, "POST /senior", 7).await;
    two.stop.cancel();
    slow.write_all(b"back=/a").await.unwrap();
    let answer = read(&mut slow).await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(two.done.await.unwrap(), 0);
}
