//! A form with files: its text is collected, bounded as every form's, its files go to the storage as they come. Whatever
//! happens to a file, the text comes out whole.

use super::words;
use crate::{
    error::Error,
    evidence::{
        Refusal,
        flow::{self, Sender, places},
    },
    identity::flow::SignedIn,
    web::{
        ctx::{Ctx, Failure, Pairs},
        desk,
        front::BODY_LIMIT,
    },
};
use axum::{
    body::{Body, HttpBody},
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::header,
};
use futures_util::StreamExt;
use hyper::body::{Bytes, Frame, SizeHint};
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

/// Most fields of a form.
const FIELDS: usize = 400;
/// Most bytes of a form with its files that are read, so that the page with the message arrives; past it nobody waits.
const WHOLE: u64 = 256 * 1024 * 1024;
/// Most bytes that the reader of parts may have before it hands something out.
const AHEAD: u64 = 1024 * 1024;

/// A file that was not taken.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: Refusal,
    /// The same in words, with the limit.
    pub words: String,
}

/// What a form sent.
pub struct Sent {
    /// Its text.
    pub pairs: Pairs,
    /// How many files were taken.
    pub taken: usize,
    /// Those that were not.
    pub refused: Vec<Refused>,
}

/// Reads a form, with files or without. Files of nobody (`None`) are read and dropped.
///
/// # Errors
/// A form that cannot be read; too much text; the storage or the database is away, with the text kept for the page that
/// says so.
pub async fn read(ctx: &Ctx, request: Request, sender: Option<&Sender>) -> Result<Sent, Failure> {
    let multipart = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"multipart/form-data"));
    if !multipart {
        return Ok(Sent {
            pairs: Pairs::from_request(request, &ctx.app).await?,
            taken: 0,
            refused: Vec::new(),
        });
    }
    let session = request.extensions().get::<SignedIn>().cloned();
    let gate = Gate::default();
    let mut request = request.map(|body| Body::new(Measured::new(body, gate.clone())));
    DefaultBodyLimit::disable().apply(&mut request);
    let parts = Multipart::from_request(request, &ctx.app).await;
    let mut parts = parts.map_err(|_| unread())?;
    let mut form = Reading {
        ctx,
        gate,
        sender,
        session,
        pairs: Vec::new(),
        text: 0,
        files: false,
        free: match sender {
            Some(sender) => free(ctx, sender).await?,
            None => 0,
        },
        taken: 0,
        refused: Vec::new(),
        failed: None,
    };
    loop {
        match parts.next_field().await {
            Ok(Some(part)) => form.part(part).await?,
            Ok(None) => break,
            // broken off: what comes before the files is whole when a file has begun
            Err(_) if form.files => break,
            Err(_) => return Err(unread().into()),
        }
    }
    form.end()
}

fn unread() -> Error {
    Error::field("form", "malformed", "表单没有读出来，可能没有传完整")
}

/// Places of a sender that are free now.
async fn free(ctx: &Ctx, sender: &Sender) -> Result<usize, Error> {
    let held = flow::held(&ctx.app, sender.holder).await?.len();
    Ok(usize::from(places(&ctx.app, sender.kind)).saturating_sub(held))
}

/// A form that is being read.
struct Reading<'a> {
    ctx: &'a Ctx,
    gate: Gate,
    sender: Option<&'a Sender>,
    session: Option<SignedIn>,
    pairs: Vec<(String, String)>,
    /// Bytes of text so far.
    text: usize,
    /// A file has begun.
    files: bool,
    free: usize,
    taken: usize,
    refused: Vec<Refused>,
    /// The storage's or the database's trouble: no further file is tried.
    failed: Option<Error>,
}

impl Reading<'_> {
    async fn part(&mut self, part: Field<'_>) -> Result<(), Failure> {
        self.gate.moved();
        match part.file_name().map(str::to_owned) {
            None => self.words(part).await,
            Some(name) => {
                if !self.files {
                    self.files = true;
                    self.own()?;
                }
                // a field in which nothing was chosen
                if name.is_empty() {
                    self.drain(part).await;
                } else {
                    self.file(&name, part).await;
                }
                Ok(())
            }
        }
    }

    async fn words(&mut self, mut part: Field<'_>) -> Result<(), Failure> {
        let name = part.name().unwrap_or_default().to_owned();
        let mut value = Vec::new();
        let most = if self.ctx.path.starts_with(desk::ROOT) {
            desk::BODY_LIMIT
        } else {
            BODY_LIMIT
        };
        while let Some(bytes) = part.chunk().await.map_err(|_| Failure::from(unread()))? {
            self.gate.moved();
            self.text += bytes.len();
            if self.text > most {
                let message = "一次提交的内容太多。请返回上一页，把长的内容删短再提交";
                return Err(Error::field("form", "too_large", message).into());
            }
            value.extend_from_slice(&bytes);
        }
        self.gate.moved();
        self.text += name.len();
        if self.pairs.len() < FIELDS {
            let value = String::from_utf8_lossy(&value).into_owned();
            self.pairs.push((name, value));
        }
        Ok(())
    }

    async fn drain(&mut self, mut part: Field<'_>) {
        while let Ok(Some(_)) = part.chunk().await {
            self.gate.moved();
        }
        self.gate.moved();
    }

    async fn file(&mut self, name: &str, part: Field<'_>) {
        let Some(sender) = self.sender.filter(|_| self.failed.is_none()) else {
            return self.drain(part).await;
        };
        if self.free == 0 {
            self.drain(part).await;
            return self.refuse(name, Refusal::TooMany);
        }
        let gate = self.gate.clone();
        let content = part.map(move |bytes: Result<Bytes, MultipartError>| {
            gate.moved();
            bytes
        });
        match flow::whole(&self.ctx.app, sender, name, content).await {
            Ok(Ok(_)) => {
                self.free -= 1;
                self.taken += 1;
            }
            Ok(Err(_)) if self.gate.over() => self.refuse(name, Refusal::TooLarge),
            Ok(Err(why)) => self.refuse(name, why),
            Err(e) => self.failed = Some(e),
        }
    }

    fn refuse(&mut self, name: &str, why: Refusal) {
        let app = &self.ctx.app;
        let most = self.sender.map_or(0, |s| places(app, s.kind));
        self.refused.push(Refused {
            name: crate::evidence::tidy_name(name),
            why,
            words: words(why, &app.config.evidence, most),
        });
    }

    /// The second line of CSRF defence at the desk, and the text kept for a page that says what went wrong.
    fn own(&self) -> Result<(), Failure> {
        self.ctx.kept.put(&self.pairs);
        let token = self.pairs.iter().find(|(k, _)| k == "csrf");
        match &self.session {
            Some(s) if token.is_none_or(|(_, v)| *v != s.csrf) => Err(Error::Forbidden.into()),
            _ => Ok(()),
        }
    }

    fn end(self) -> Result<Sent, Failure> {
        self.own()?;
        if let Some(failed) = self.failed {
            return Err(failed.into());
        }
        Ok(Sent {
            pairs: Pairs(self.pairs),
            taken: self.taken,
            refused: self.refused,
        })
    }
}

/// What the reader of parts has taken, shared with its body.
#[derive(Clone, Default)]
struct Gate(Arc<Counts>);

#[derive(Default)]
struct Counts {
    /// Bytes since something was handed out.
    ahead: AtomicU64,
    all: AtomicU64,
}

impl Gate {
    /// The reader handed something out.
    fn moved(&self) {
        self.0.ahead.store(0, Ordering::Relaxed);
    }

    /// More came than is read.
    fn over(&self) -> bool {
        self.0.all.load(Ordering::Relaxed) > WHOLE
    }
}

/// A body that waits while the reader of parts has too much in hand: the reader takes whatever is ready, and keeps the head
/// of a part until its end.
struct Measured {
    body: Body,
    gate: Gate,
    /// How often it was asked in vain since something was handed out.
    waited: u8,
}

/// The reader asks a few times before it hands out what it has.
const PATIENCE: u8 = 16;

impl Measured {
    const fn new(body: Body, gate: Gate) -> Self {
        Self {
            body,
            gate,
            waited: 0,
        }
    }
}

impl HttpBody for Measured {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let counts = &this.gate.0;
        if counts.ahead.load(Ordering::Relaxed) >= AHEAD {
            this.waited += 1;
            if this.waited > PATIENCE {
                let stuck = io::Error::from(io::ErrorKind::InvalidData);
                return Poll::Ready(Some(Err(axum::Error::new(stuck))));
            }
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.waited = 0;
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            let bytes = frame.data_ref().map_or(0, |d| d.len() as u64);
            counts.ahead.fetch_add(bytes, Ordering::Relaxed);
            if counts.all.fetch_add(bytes, Ordering::Relaxed) + bytes > WHOLE {
                let over = io::Error::from(io::ErrorKind::FileTooLarge);
                return Poll::Ready(Some(Err(axum::Error::new(over))));
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
