//! Sealed files 密封存放: the form in which a file lies in the storage, so that it can be written and read in pieces and
//! never stands in memory whole. Each file has a key of its own, which the key ring wraps. Pure; who reads and writes is
//! the callers' matter (P-15, P-16).
//!
//! ```text
//! version 1 | suite 1 | pieces: nonce 12 | ciphertext, 64 KiB but for the last | tag 16
//! ```
//! A piece is authenticated together with the file, the form (original, copy), its place and whether it is the last: pieces
//! that are moved, left out, put in or cut off at the end do not open.

use super::{
    Suite,
    keys::Sm4Gcm,
    seal::{decrypt, encrypt},
};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use std::io::{self, Read, Seek, SeekFrom};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Plain bytes of a piece.
pub const PIECE: usize = 64 * 1024;
/// What stands before the pieces.
pub const HEAD: usize = 2;
const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;
/// Bytes of a whole piece as it lies in the storage.
pub const SEALED: usize = NONCE + PIECE + TAG;

/// How long a file of so many plain bytes is in the storage.
#[must_use]
pub const fn sealed_len(plain: u64) -> u64 {
    let pieces = if plain == 0 {
        1
    } else {
        plain.div_ceil(PIECE as u64)
    };
    HEAD as u64 + plain + pieces * (NONCE + TAG) as u64
}

/// The key of one file.
pub struct FileKey {
    suite: Suite,
    secret: Zeroizing<[u8; 32]>,
    cipher: Cipher,
}

enum Cipher {
    Aes(Box<Aes256Gcm>),
    Sm4(Box<Sm4Gcm>),
}

impl FileKey {
    /// A key of fresh random bytes.
    #[must_use]
    pub fn new(suite: Suite, secret: [u8; 32]) -> Self {
        let secret = Zeroizing::new(secret);
        let cipher = match suite {
            Suite::Aes256Gcm => Cipher::Aes(Box::new(Aes256Gcm::new((&*secret).into()))),
            Suite::Sm4Gcm => {
                let mut short = Zeroizing::new([0; 16]);
                short.copy_from_slice(&secret[..16]);
                Cipher::Sm4(Box::new(Sm4Gcm::new((&*short).into())))
            }
        };
        Self {
            suite,
            secret,
            cipher,
        }
    }

    /// The key as bytes, to be wrapped by the key ring.
    #[must_use]
    pub fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(vec![self.suite.number()]);
        out.extend_from_slice(&*self.secret);
        out
    }

    /// The key of such bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (suite, secret) = bytes.split_first()?;
        Some(Self::new(
            Suite::from_number(*suite)?,
            secret.try_into().ok()?,
        ))
    }

    /// What stands before the pieces.
    #[must_use]
    pub fn head(&self) -> [u8; HEAD] {
        [VERSION, self.suite.number()]
    }

    /// The form `part` of the file `id` under this key.
    #[must_use]
    pub fn of(self, id: Uuid, part: &str) -> Place {
        let mut about = self.head().to_vec();
        about.extend_from_slice(id.as_bytes());
        about.extend_from_slice(part.as_bytes());
        Place { key: self, about }
    }
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹file key›")
    }
}

/// One form of a file with its key.
#[derive(Debug)]
pub struct Place {
    key: FileKey,
    about: Vec<u8>,
}

impl Place {
    /// What stands before the pieces.
    #[must_use]
    pub fn head(&self) -> [u8; HEAD] {
        self.key.head()
    }

    fn associated(&self, index: u32, last: bool) -> Vec<u8> {
        let mut out = self.about.clone();
        out.extend_from_slice(&index.to_be_bytes());
        out.push(u8::from(last));
        out
    }

    /// Seals the piece at `index` in place: [`Filling`] holds room for the nonce and the plain bytes.
    fn seal(&self, index: u32, last: bool, piece: &mut Vec<u8>, nonce: [u8; NONCE]) {
        let about = self.associated(index, last);
        piece[..NONCE].copy_from_slice(&nonce);
        let body = &mut piece[NONCE..];
        let tag = match &self.key.cipher {
            Cipher::Aes(c) => encrypt(&**c, &nonce, &about, body),
            Cipher::Sm4(c) => encrypt(&**c, &nonce, &about, body),
        };
        match tag {
            Some(tag) => piece.extend_from_slice(&tag),
            // only a piece of 64 GiB gets here: no plain byte may reach the storage
            None => piece.clear(),
        }
    }

    /// Opens a sealed piece.
    #[must_use]
    pub fn open(&self, index: u32, last: bool, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let (body, tag) = rest.split_last_chunk::<TAG>()?;
        let about = self.associated(index, last);
        let mut plain = Zeroizing::new(body.to_vec());
        let opened = match &self.key.cipher {
            Cipher::Aes(c) => decrypt(&**c, nonce, &about, &mut plain, tag),
            Cipher::Sm4(c) => decrypt(&**c, nonce, &about, &mut plain, tag),
        };
        opened.then_some(plain)
    }

    /// Seals bytes that are in memory (a copy that was made), with a source of fresh nonces.
    #[must_use]
    pub fn seal_all(&self, plain: &[u8], mut nonce: impl FnMut() -> [u8; NONCE]) -> Vec<u8> {
        let mut out = self.head().to_vec();
        let mut filling = Filling::default();
        let mut rest = plain;
        while !rest.is_empty() {
            rest = filling.fill(rest);
            if filling.is_full() && !rest.is_empty() {
                out.extend_from_slice(filling.seal(self, false, nonce()));
            }
        }
        out.extend_from_slice(filling.seal(self, true, nonce()));
        out
    }
}

/// The piece that is being filled while a file comes in. It is sealed when more comes than it holds, so that the last one
/// is known as the last.
pub struct Filling {
    piece: Vec<u8>,
    index: u32,
    sealed: bool,
}

impl Default for Filling {
    fn default() -> Self {
        Self::after(0)
    }
}

impl Filling {
    /// To go on behind so many whole pieces.
    #[must_use]
    pub fn after(pieces: u32) -> Self {
        let mut piece = Vec::with_capacity(SEALED);
        piece.resize(NONCE, 0);
        Self {
            piece,
            index: pieces,
            sealed: false,
        }
    }

    /// Takes what fits and gives back the rest.
    #[must_use]
    pub fn fill<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if self.sealed {
            self.piece.clear();
            self.piece.resize(NONCE, 0);
            self.sealed = false;
        }
        let room = NONCE + PIECE - self.piece.len();
        let (now, later) = bytes.split_at(room.min(bytes.len()));
        self.piece.extend_from_slice(now);
        later
    }

    /// Whether nothing more fits.
    #[must_use]
    pub fn is_full(&self) -> bool {
        !self.sealed && self.piece.len() == NONCE + PIECE
    }

    /// Seals what is in it; the next bytes open the next piece.
    pub fn seal(&mut self, place: &Place, last: bool, nonce: [u8; NONCE]) -> &[u8] {
        if self.sealed {
            self.piece.clear();
            self.piece.resize(NONCE, 0);
        }
        place.seal(self.index, last, &mut self.piece, nonce);
        self.index += 1;
        self.sealed = true;
        &self.piece
    }
}

/// A sealed file as a plain one, one piece in memory at a time.
pub struct Reader<R> {
    file: R,
    place: Place,
    /// Plain bytes of the whole.
    bytes: u64,
    at: u64,
    /// The piece that is open, and its index.
    open: Option<(u32, Zeroizing<Vec<u8>>)>,
}

impl<R: Read + Seek> Reader<R> {
    /// A file of `bytes` plain bytes.
    #[must_use]
    pub const fn new(file: R, place: Place, bytes: u64) -> Self {
        Self {
            file,
            place,
            bytes,
            at: 0,
            open: None,
        }
    }

    fn piece(&mut self, index: u32) -> io::Result<&[u8]> {
        if self.open.as_ref().is_none_or(|(i, _)| *i != index) {
            self.open = None;
            let start = u64::from(index) * PIECE as u64;
            let plain = usize::try_from(self.bytes - start).map_or(PIECE, |n| n.min(PIECE));
            let mut sealed = vec![0; NONCE + plain + TAG];
            let from = HEAD as u64 + u64::from(index) * SEALED as u64;
            self.file.seek(SeekFrom::Start(from))?;
            self.file.read_exact(&mut sealed)?;
            let last = start + plain as u64 == self.bytes;
            let piece = self
                .place
                .open(index, last, &sealed)
                .ok_or_else(|| io::Error::other("a piece of a sealed file does not open"))?;
            self.open = Some((index, piece));
        }
        Ok(self.open.as_ref().map_or(&[][..], |(_, piece)| piece))
    }
}

impl<R: Read + Seek> Read for Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.bytes || out.is_empty() {
            return Ok(0);
        }
        let index = u32::try_from(self.at / PIECE as u64).map_err(io::Error::other)?;
        let within = usize::try_from(self.at % PIECE as u64).map_err(io::Error::other)?;
        let piece = self.piece(index)?;
        let some = piece.get(within..).unwrap_or_default();
        let n = some.len().min(out.len());
        out[..n].copy_from_slice(&some[..n]);
        self.at += n as u64;
        Ok(n)
    }
}

impl<R> Seek for Reader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(n) => Some(n),
            SeekFrom::End(n) => self.bytes.checked_add_signed(n),
            SeekFrom::Current(n) => self.at.checked_add_signed(n),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn place(part: &str) -> Place {
        FileKey::new(Suite::Aes256Gcm, [7; 32]).of(Uuid::from_u128(5), part)
    }

    fn counting() -> impl FnMut() -> [u8; NONCE] {
        let mut n = 0_u8;
        move || {
            n += 1;
            [n; NONCE]
        }
    }

    fn read(sealed: Vec<u8>, part: &str, bytes: usize) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        Reader::new(Cursor::new(sealed), place(part), bytes as u64).read_to_end(&mut out)?;
        Ok(out)
    }

    fn sample(n: usize) -> Vec<u8> {
        (0..n).map(|i| (i * 31 % 251) as u8).collect()
    }

    #[test]
    fn every_length_around_a_piece_comes_back() {
        for n in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5] {
            for suite in Suite::ALL {
                let place = FileKey::new(*suite, [9; 32]).of(Uuid::from_u128(1), "original");
                let sealed = place.seal_all(&sample(n), counting());
                assert_eq!(sealed.len() as u64, sealed_len(n as u64), "{n}");
                let mut out = Vec::new();
                Reader::new(Cursor::new(sealed), place, n as u64)
                    .read_to_end(&mut out)
                    .unwrap();
                assert_eq!(out, sample(n));
            }
        }
    }

    #[test]
    fn pieces_that_were_moved_cut_or_changed_do_not_open() {
        let n = 2 * PIECE + 100;
        let sealed = place("original").seal_all(&sample(n), counting());
        assert!(read(sealed.clone(), "clean", n).is_err(), "another form");
        let mut swapped = sealed.clone();
        let (a, b) = swapped[HEAD..].split_at_mut(SEALED);
        a.swap_with_slice(&mut b[..SEALED]);
        assert!(
            read(swapped, "original", n).is_err(),
            "two pieces changed places"
        );
        // the end cut off at a piece's edge, and the length said to be shorter
        let short = sealed[..HEAD + 2 * SEALED].to_vec();
        assert!(read(short, "original", 2 * PIECE).is_err(), "cut off");
        let mut bent = sealed;
        bent[HEAD + 200] ^= 1;
        assert!(read(bent, "original", n).is_err(), "a bit");
    }

    #[test]
    fn a_key_survives_its_wrapping_and_shows_nothing() {
        let key = FileKey::new(Suite::Sm4Gcm, [3; 32]);
        let again = FileKey::from_bytes(&key.bytes()).unwrap();
        assert_eq!(again.bytes(), key.bytes());
        assert_eq!(format!("{key:?}"), "‹file key›");
        assert!(FileKey::from_bytes(&[1, 2, 3]).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_seek_reads_what_a_plain_file_would(n in 1_usize..200_000, at in 0_usize..220_000, len in 0_usize..70_000) {
            let plain = sample(n);
            let sealed = place("original").seal_all(&plain, counting());
            let mut reader = Reader::new(Cursor::new(sealed), place("original"), n as u64);
            reader.seek(SeekFrom::Start(at as u64)).unwrap();
            let mut out = Vec::new();
            reader.take(len as u64).read_to_end(&mut out).unwrap();
            let from = at.min(n);
            prop_assert_eq!(&out[..], &plain[from..(from + len).min(n)]);
        }
    }
}
