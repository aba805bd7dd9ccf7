//! Compression of pages without secrets, remembered: the same page is compressed once. What differs in each answer,
//! the nonce, stands between the two remembered parts as a stored block, so that no two answers are packed together.

use super::ctx::{Ctx, Nonce};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::{Compress, Compression, Crc, FlushCompress};
use std::sync::{Arc, LazyLock};

/// Most bytes of a page that is compressed.
const MOST: usize = 4 << 20;
/// A smaller page is sent as it is.
const LEAST: usize = 512;
/// Most bytes of remembered pages.
const REMEMBERED: u64 = 8 << 20;

/// A page's two parts, before the nonce and after it, as they are and packed.
pub struct Page {
    head: Vec<u8>,
    tail: Vec<u8>,
    packed_head: Vec<u8>,
    packed_tail: Vec<u8>,
}

impl Page {
    fn pack(head: &[u8], tail: &[u8]) -> Arc<Self> {
        Arc::new(Self {
            packed_head: if head.is_empty() {
                Vec::new()
            } else {
                deflate(head, FlushCompress::Sync)
            },
            packed_tail: deflate(tail, FlushCompress::Finish),
            head: head.to_vec(),
            tail: tail.to_vec(),
        })
    }

    /// A rendered page, `None` unless the nonce stands in it exactly once.
    pub fn around(html: &str, nonce: &Nonce) -> Option<Arc<Self>> {
        let (head, tail) = html.split_once(&*nonce.0)?;
        let once = !nonce.0.is_empty() && !tail.contains(&*nonce.0);
        once.then(|| Self::pack(head.as_bytes(), tail.as_bytes()))
    }

    /// The page with this nonce.
    fn plain(&self, nonce: &[u8]) -> Vec<u8> {
        [&self.head, nonce, &self.tail].concat()
    }

    /// The page with this nonce as a whole gzip file, in which the nonce is not packed.
    fn gzip(&self, nonce: &[u8]) -> Vec<u8> {
        let (head, tail) = (&self.packed_head, &self.packed_tail);
        let mut out = Vec::with_capacity(head.len() + tail.len() + nonce.len() + 32);
        // magic, deflate, no name, no time, unknown system
        out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
        out.extend_from_slice(head);
        if let Ok(length) = u16::try_from(nonce.len())
            && length > 0
        {
            // a stored block that is not the last: three bits of zero up to the byte, length, its complement
            out.push(0);
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(&(!length).to_le_bytes());
            out.extend_from_slice(nonce);
        }
        out.extend_from_slice(tail);
        let mut crc = Crc::new();
        [&self.head, nonce, &self.tail]
            .into_iter()
            .for_each(|part| crc.update(part));
        out.extend_from_slice(&crc.sum().to_le_bytes());
        out.extend_from_slice(&crc.amount().to_le_bytes());
        out
    }
}

/// Pages by a checksum; whoever finds one compares it.
static KEPT: LazyLock<moka::sync::Cache<(u32, usize), Arc<Page>>> = LazyLock::new(|| {
    moka::sync::Cache::builder()
        .weigher(|_, p: &Arc<Page>| {
            let bytes = p.head.len() + p.tail.len() + p.packed_head.len() + p.packed_tail.len();
            u32::try_from(bytes + 256).unwrap_or(u32::MAX)
        })
        .max_capacity(REMEMBERED)
        .build()
});

fn page(head: &[u8], tail: &[u8]) -> Arc<Page> {
    let mut sum = Crc::new();
    sum.update(head);
    sum.update(tail);
    let key = (sum.sum(), head.len());
    match KEPT.get(&key) {
        Some(page) if page.head == head && page.tail == tail => page,
        _ => {
            let page = Page::pack(head, tail);
            KEPT.insert(key, Arc::clone(&page));
            page
        }
    }
}

/// What the asker takes, noted before the request is given away.
pub struct Wanted {
    gzip: bool,
    ctx: Option<Ctx>,
}

/// What this request takes.
pub fn wanted(request: &Request) -> Wanted {
    Wanted {
        gzip: request.method() == Method::GET && accepts(request.headers()),
        ctx: request.extensions().get::<Ctx>().cloned(),
    }
}

/// Packs the answer of a route whose pages may be compressed, and puts the nonce into a page that was made before.
pub async fn pack(wanted: Wanted, mut response: Response) -> Response {
    const GZIP: HeaderValue = HeaderValue::from_static("gzip");
    let nonce = wanted
        .ctx
        .as_ref()
        .map_or("", |ctx| &ctx.nonce.0)
        .as_bytes();
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(page) = response.extensions_mut().remove::<Arc<Page>>() {
        *response.body_mut() = if wanted.gzip {
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, GZIP);
            page.gzip(nonce).into()
        } else {
            page.plain(nonce).into()
        };
        return response;
    }
    if !wanted.gzip
        || response.status() != StatusCode::OK
        || response.headers().contains_key(header::CONTENT_ENCODING)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(plain) = to_bytes(body, MOST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if plain.len() < LEAST {
        return Response::from_parts(parts, Body::from(plain));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, GZIP);
    let packed = gzip(&plain, nonce);
    Response::from_parts(parts, Body::from(packed))
}

/// Whether gzip is welcome.
fn accepts(headers: &HeaderMap) -> bool {
    let texts = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|v| v.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|entry| {
        let (name, rest) = entry.split_once(';').unwrap_or((entry, ""));
        let never = rest
            .trim()
            .strip_prefix("q=")
            .is_some_and(|q| q.trim().trim_end_matches(['0', '.']).is_empty());
        name.trim().eq_ignore_ascii_case("gzip") && !never
    })
}

/// A whole gzip file of `plain`, in which `nonce` (at its first place) is not packed.
fn gzip(plain: &[u8], nonce: &[u8]) -> Vec<u8> {
    let place = Some(nonce.len())
        .filter(|n| (1..=usize::from(u16::MAX)).contains(n))
        .and_then(|n| {
            plain
                .windows(n)
                .position(|w| w.first() == nonce.first() && w == nonce)
        });
    let (head, stored, tail) = match place {
        Some(at) => (&plain[..at], nonce, &plain[at + nonce.len()..]),
        None => (&plain[..0], &[][..], plain),
    };
    page(head, tail).gzip(stored)
}

/// Bare deflate blocks that end at a whole byte.
fn deflate(plain: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut pack = Compress::new(Compression::new(7), false);
    // more than the worst case, so that one call is enough
    let mut out = Vec::with_capacity(plain.len() + plain.len() / 64 + 256);
    let _ = pack.compress_vec(plain, &mut out, flush);
    debug_assert_eq!(usize::try_from(pack.total_in()), Ok(plain.len()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn unpack(packed: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::GzDecoder::new(packed)
            .read_to_end(&mut out)
            .unwrap();
        out
    }

    #[test]
    fn unpacks_to_what_was_packed() {
        let page = |nonce: &str| {
            format!(
                "<html>{}<script nonce=\"{nonce}\">{}",
                "头".repeat(300),
                "尾bc".repeat(3000)
            )
        };
        for nonce in [
            "0123456789abcdef0123456789abcdef",
            "fedcba9876543210fedcba9876543210",
        ] {
            let plain = page(nonce);
            assert_eq!(
                unpack(&gzip(plain.as_bytes(), nonce.as_bytes())),
                plain.as_bytes()
            );
            assert_eq!(
                unpack(&gzip(plain.as_bytes(), b"not there")),
                plain.as_bytes()
            );
            assert_eq!(unpack(&gzip(plain.as_bytes(), b"")), plain.as_bytes());
            assert_eq!(
                unpack(&gzip(nonce.as_bytes(), nonce.as_bytes())),
                nonce.as_bytes(),
                "nothing around it"
            );
            let noise: Vec<u8> = (0..200_000_u32)
                .map(|i| (i.wrapping_mul(2_654_435_761) >> 23) as u8)
                .collect();
            assert_eq!(unpack(&gzip(&noise, b"")), noise, "what cannot be packed");
        }
        assert_eq!(unpack(&gzip(b"", b"")), b"");
    }

    #[test]
    fn a_page_made_before_takes_any_nonce_of_its_own() {
        let nonce = |text: &str| Nonce(text.into());
        let html = format!("<script nonce=\"first\">{}", "尾bc".repeat(300));
        let page = Page::around(&html, &nonce("first")).unwrap();
        let other = html.replace("first", "a second one");
        assert_eq!(page.plain(b"a second one"), other.as_bytes());
        assert_eq!(unpack(&page.gzip(b"a second one")), other.as_bytes());
        for (html, text) in [("no nonce", "first"), ("first first", "first"), ("", "")] {
            assert!(Page::around(html, &nonce(text)).is_none(), "{html}");
        }
    }

    #[test]
    fn gzip_only_where_it_is_welcome() {
        let with = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::ACCEPT_ENCODING,
                HeaderValue::from_str(text).unwrap(),
            );
            accepts(&headers)
        };
        for yes in ["gzip", "br, GZIP;q=0.5", "deflate, gzip, br", "gzip; q=1"] {
            assert!(with(yes), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "gzip;q=0.000", "xgzip"] {
            assert!(!with(no), "{no}");
        }
        assert!(!accepts(&HeaderMap::new()));
    }
}
