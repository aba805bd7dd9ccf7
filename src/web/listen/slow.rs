//! Slow clients: one that does not take its answer, one whose body stands still or trickles. Owns the two clocks; both
//! run only while something is waited for, so that a quick client costs nothing.

use crate::limits::Connections;
use axum::body::{Body, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// A stream whose other end must take what is written: so long without a byte, and writing fails.
pub(super) struct Taking<S> {
    stream: S,
    pause: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Taking<S> {
    pub(super) const fn new(stream: S, pause: Duration) -> Self {
        Self {
            stream,
            pause,
            waiting: None,
        }
    }

    /// The result of a write, or an error when it has waited too long.
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.waiting = None;
            return polled;
        }
        let pause = self.pause;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + pause)));
        ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Taking<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Taking<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.watch(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.watch(cx, polled)
    }
}

/// Whether a body was given up on.
#[derive(Debug, Clone, Default)]
pub struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    /// It was.
    #[must_use]
    pub fn yes(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A body that must come in good time: a limit for each pause and one for the whole, from the first moment that
/// somebody waits for it. Past them it ends in an error.
pub struct Timely {
    body: Body,
    pause: Duration,
    whole: Duration,
    waiting: Option<(Pin<Box<Sleep>>, Instant)>,
    /// Bytes came since the wait was set.
    moved: bool,
    given_up: GivenUp,
}

impl Timely {
    /// Puts the body under the clocks.
    pub fn watch(body: Body, limits: &Connections) -> (Body, GivenUp) {
        let given_up = GivenUp::default();
        let announced = body.size_hint().exact().unwrap_or(0);
        let timely = Self {
            pause: limits.body_pause,
            whole: limits.body_of(announced),
            body,
            waiting: None,
            moved: false,
            given_up: given_up.clone(),
        };
        (Body::new(timely), given_up)
    }
}

impl HttpBody for Timely {
    type Data = axum::body::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.moved = true;
            return Poll::Ready(frame);
        }
        let now = Instant::now();
        let (pause, whole) = (this.pause, this.whole);
        let (sleep, end) = this.waiting.get_or_insert_with(|| {
            let end = now + whole;
            (Box::pin(sleep_until(end.min(now + pause))), end)
        });
        if std::mem::take(&mut this.moved) {
            sleep.as_mut().reset((*end).min(now + pause));
        }
        ready!(sleep.as_mut().poll(cx));
        this.given_up.0.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(axum::Error::new(io::Error::from(
            io::ErrorKind::TimedOut,
        )))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
