//! A sealed form as it comes from the storage, opened piece by piece on its way out.

use crate::privacy::vault::{HEAD, PIECE, Place, SEALED};
use futures_util::{Stream, StreamExt, stream::try_unfold};
use hyper::body::Bytes;
use std::io;

struct State<S> {
    source: S,
    place: Place,
    /// Sealed bytes that have come and are not opened yet.
    here: Vec<u8>,
    /// Plain bytes still to come.
    left: u64,
    index: u32,
    begun: bool,
    ended: bool,
}

/// The plain bytes of a form that has `bytes` of them. A form that was cut, changed or moved ends with an error.
pub(super) fn plain<S>(
    source: S,
    place: Place,
    bytes: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send
where
    S: Stream<Item = io::Result<Bytes>> + Send + Unpin,
{
    let state = State {
        source,
        place,
        here: Vec::with_capacity(2 * SEALED),
        left: bytes,
        index: 0,
        begun: false,
        ended: false,
    };
    try_unfold(state, |mut s| async move {
        if s.ended {
            return Ok(None);
        }
        let piece = usize::try_from(s.left).map_or(PIECE, |n| n.min(PIECE));
        let last = s.left <= PIECE as u64;
        let head = if s.begun { 0 } else { HEAD };
        let wanted = head + SEALED - PIECE + piece;
        while s.here.len() < wanted {
            match s.source.next().await {
                Some(some) => s.here.extend_from_slice(&some?),
                None => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            }
        }
        let plain = s
            .place
            .open(s.index, last, &s.here[head..wanted])
            .ok_or_else(|| io::Error::other("a piece of a sealed file does not open"))?;
        s.here.drain(..wanted);
        s.begun = true;
        s.ended = last;
        s.index += 1;
        s.left -= piece as u64;
        Ok(Some((Bytes::copy_from_slice(&plain), s)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::{Suite, vault::FileKey};
    use futures_util::{TryStreamExt, stream};
    use uuid::Uuid;

    fn place() -> Place {
        FileKey::new(Suite::Aes256Gcm, [1; 32]).of(Uuid::from_u128(3), "clean")
    }

    async fn through(sealed: &[u8], step: usize, bytes: u64) -> io::Result<Vec<u8>> {
        let parts: Vec<io::Result<Bytes>> = sealed
            .chunks(step)
            .map(|c| Ok(Bytes::copy_from_slice(c)))
            .collect();
        let out: Vec<Bytes> = Box::pin(plain(stream::iter(parts), place(), bytes))
            .try_collect()
            .await?;
        Ok(out.concat())
    }

    #[tokio::test]
    async fn whatever_the_steps_the_plain_bytes_come_out() {
        for n in [0, 1, PIECE, PIECE + 1, 3 * PIECE - 7] {
            let text: Vec<u8> = (0..n).map(|i| (i % 253) as u8).collect();
            let mut count = 0_u8;
            let sealed = place().seal_all(&text, || {
                count += 1;
                [count; 12]
            });
            for step in [1000, SEALED, 300_000] {
                assert_eq!(
                    through(&sealed, step, n as u64).await.unwrap(),
                    text,
                    "{n} by {step}"
                );
            }
            assert!(
                through(&sealed[..sealed.len() - 1], 999, n as u64)
                    .await
                    .is_err()
            );
        }
    }
}
