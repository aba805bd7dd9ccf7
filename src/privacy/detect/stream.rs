//! The canonical stream: one dress for every way to write a letter or a digit (full-width, circled, squared, keycap,
//! mathematical, look-alike alphabets), invisible characters dropped, each cell knowing its place in the input.

/// Canonical characters with their places.
pub(super) struct Stream {
    chars: Vec<char>,
    from: Vec<u32>,
    to: Vec<u32>,
}

impl Stream {
    /// The stream of a text, as if the places of `spans` (in order) had been replaced.
    pub(super) fn new(text: &str, spans: &[super::Span]) -> Self {
        let mut stream = Self {
            chars: Vec::with_capacity(text.len() / 2),
            from: Vec::with_capacity(text.len() / 2),
            to: Vec::with_capacity(text.len() / 2),
        };
        let mut spans = spans.iter().peekable();
        let mut skip = 0;
        for (i, (byte, c)) in text.char_indices().enumerate() {
            let at = i as u32;
            if i < skip {
                continue;
            }
            if let Some(span) = spans.next_if(|s| s.start == i) {
                stream.mask(at, span.end as u32);
                skip = span.end;
                continue;
            }
            if c == '〔'
                && let Some(n) = label(&text[byte..])
            {
                stream.mask(at, at + n as u32);
                skip = i + n;
                continue;
            }
            match canonical(c) {
                Cell::One(c) => stream.push(c, at),
                Cell::Tens(n) => {
                    stream.push(char::from(b'0' + n / 10), at);
                    stream.push(char::from(b'0' + n % 10), at);
                }
                // An invisible mark belongs to the character before it.
                Cell::Gone => {
                    if let Some(last) = stream.to.last_mut() {
                        *last = at + 1;
                    }
                }
            }
        }
        stream
    }

    /// A word that stands for something already replaced: a wall of cells that nothing reads and no context sees over,
    /// so that a redacted text is redacted no further.
    fn mask(&mut self, from: u32, to: u32) {
        let cells = self.chars.len() + MASK_CELLS;
        self.chars.resize(cells, MASK);
        self.from.resize(cells, from);
        self.to.resize(cells, to);
    }

    fn push(&mut self, c: char, at: u32) {
        self.chars.push(c);
        self.from.push(at);
        self.to.push(at + 1);
    }

    /// Cells.
    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The cells.
    pub(super) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The character at a cell, a blank outside.
    pub(super) fn at(&self, i: usize) -> char {
        self.chars.get(i).copied().unwrap_or(' ')
    }

    /// The character before a cell, a blank at the start.
    pub(super) fn before(&self, i: usize) -> char {
        i.checked_sub(1).map_or(' ', |i| self.at(i))
    }

    /// Whether a word stands at a cell.
    pub(super) fn word(&self, i: usize, word: &str) -> bool {
        let mut cells = self.chars[i.min(self.len())..].iter();
        word.chars().all(|c| cells.next() == Some(&c))
    }

    /// The length in cells of the first of these words that stands at a cell.
    pub(super) fn any(&self, i: usize, words: &[&str]) -> Option<usize> {
        words
            .iter()
            .find(|w| self.word(i, w))
            .map(|w| w.chars().count())
    }

    /// Where a cell starts in the input, in characters.
    pub(super) fn from(&self, i: usize) -> usize {
        self.from[i] as usize
    }

    /// Where a cell ends in the input.
    pub(super) fn to(&self, i: usize) -> usize {
        self.to[i] as usize
    }
}

/// What a replaced place looks like to the finders.
const MASK: char = '\u{fffc}';
/// More than any context looks back.
const MASK_CELLS: usize = 32;

/// The length in characters of the word of a kind in its brackets that a text starts with.
fn label(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('〔')?;
    let known = super::PiiKind::ALL.iter().map(|k| k.label());
    let here = known.filter(|l| {
        inner
            .strip_prefix(l)
            .is_some_and(|rest| rest.starts_with('〕'))
    });
    here.map(|l| l.chars().count() + 2).next()
}

/// Whether a character shows nothing of its own.
pub(super) fn invisible(c: char) -> bool {
    matches!(canonical(c), Cell::Gone)
}

enum Cell {
    One(char),
    Tens(u8),
    Gone,
}

/// The zeros of scripts whose digits follow each other, the segmented ones at the end.
const ZEROES: &[u32] = &[
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1b50, 0x1bb0, 0xa620, 0xa8d0,
    0xa900, 0xaa50, 0xabf0, 0x104a0, 0x1fbf0,
];

fn digit(n: u32) -> Cell {
    Cell::One(char::from(b'0' + (n % 10) as u8))
}

fn letter(n: u32) -> Cell {
    Cell::One(char::from(b'a' + (n % 26) as u8))
}

/// From one to twenty.
fn counted(n: u32) -> Cell {
    if n < 10 {
        digit(n)
    } else {
        Cell::Tens(n as u8)
    }
}

fn canonical(c: char) -> Cell {
    let u = c as u32;
    match u {
        0..=0x7f => return Cell::One(c.to_ascii_lowercase()),
        // The common ideographs need no look-up; a few are dressed digits.
        0x4e00..=0x9fff => return Cell::One(c),
        _ => {}
    }
    match u {
        0x00a0 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000 | 0x1680 | 0x3164 | 0x2800 => {
            Cell::One(' ')
        }
        0x00ad
        | 0x034f
        | 0x061c
        | 0x180b..=0x180e
        | 0x200b..=0x200f
        | 0x202a..=0x202e
        | 0x2060..=0x206f
        | 0xfe00..=0xfe0f
        | 0xfeff
        | 0x20dd..=0x20e3
        | 0x0300..=0x036f
        | 0xe0100..=0xe01ef => Cell::Gone,
        0xff01..=0xff5e => Cell::One(char::from_u32(u - 0xfee0).unwrap_or(c).to_ascii_lowercase()),
        0x00b9 => digit(1),
        0x00b2 | 0x00b3 => digit(u - 0x00b0),
        0x2070 | 0x2074..=0x2079 => digit(u - 0x2070),
        0x2080..=0x2089 => digit(u - 0x2080),
        0x2160..=0x2168 => digit(u - 0x215f),
        0x2170..=0x2178 => digit(u - 0x216f),
        0x2169 | 0x2179 | 0x00d7 | 0x2715 | 0x2716 | 0x274c => Cell::One('x'),
        0x2460..=0x2473 => counted(u - 0x245f),
        0x2474..=0x2487 => counted(u - 0x2473),
        0x2488..=0x249b => counted(u - 0x2487),
        0x249c..=0x24b5 => letter(u - 0x249c),
        0x24d0 => Cell::One('@'),
        0x24b6..=0x24cf => letter(u - 0x24b6),
        0x24d1..=0x24e9 => letter(u - 0x24d0),
        0x24ea | 0x24ff | 0x1f10b | 0x1f10c | 0x1f100 | 0x1f101 => digit(0),
        0x24f5..=0x24fe => counted(u - 0x24f4),
        0x2776..=0x277f => counted(u - 0x2775),
        0x2780..=0x2789 => counted(u - 0x277f),
        0x278a..=0x2793 => counted(u - 0x2789),
        0x3021..=0x3029 => digit(u - 0x3020),
        0x3220..=0x3228 => digit(u - 0x321f),
        0x3280..=0x3288 => digit(u - 0x327f),
        0x1f1e6..=0x1f1ff => letter(u - 0x1f1e6),
        0x1f110..=0x1f129 => letter(u - 0x1f110),
        0x1f130..=0x1f149 => letter(u - 0x1f130),
        0x1f150..=0x1f169 => letter(u - 0x1f150),
        0x1f170..=0x1f189 => letter(u - 0x1f170),
        0x1f102..=0x1f10a => digit(u - 0x1f101),
        0x1f51f => Cell::Tens(10),
        0x1d400..=0x1d6a3 => letter(u - 0x1d400),
        0x1d7ce..=0x1d7ff => digit((u - 0x1d7ce) % 10),
        // Dice, counting rods, the hours of a clock.
        0x2680..=0x2685 => digit(u - 0x267f),
        0x1d360..=0x1d368 => digit(u - 0x1d35f),
        0x1f550..=0x1f55b => counted(u - 0x1f54f),
        0x2010..=0x2015 | 0x2212 | 0xfe58 | 0xfe63 | 0x30fc => Cell::One('-'),
        0x00b7 | 0x2022 | 0x2027 | 0x2219 | 0x22c5 | 0x30fb | 0xff65 | 0x25cf | 0x2024 => {
            Cell::One('·')
        }
        0x2795 | 0xfe62 => Cell::One('+'),
        0xfe6b => Cell::One('@'),
        0xfe52 => Cell::One('.'),
        0x25cb | 0x25ef | 0x2b55 | 0x3007 => Cell::One('〇'),
        _ if ZEROES.iter().any(|z| (*z..*z + 10).contains(&u)) => {
            digit(u - ZEROES.iter().filter(|z| **z <= u).max().unwrap_or(&u))
        }
        // Letters of other alphabets that look like Latin ones.
        _ => Cell::One(match c {
            'а' | 'А' | 'α' | 'Α' => 'a',
            'в' | 'В' | 'Β' | 'β' => 'b',
            'с' | 'С' => 'c',
            'е' | 'Е' | 'Ε' => 'e',
            'Н' | 'Η' => 'h',
            'і' | 'І' | 'Ι' | 'ı' => 'i',
            'К' | 'к' | 'Κ' | 'κ' => 'k',
            'М' | 'м' | 'Μ' => 'm',
            'о' | 'О' | 'ο' | 'Ο' => 'o',
            'р' | 'Р' | 'Ρ' | 'ρ' => 'p',
            'Т' | 'т' | 'Τ' | 'τ' => 't',
            'х' | 'Х' | 'Χ' | 'χ' => 'x',
            'у' | 'У' | 'Υ' => 'y',
            'ā' | 'á' | 'ǎ' | 'à' | 'Ā' | 'Á' | 'Ǎ' | 'À' | 'ɑ' => 'a',
            'ē' | 'é' | 'ě' | 'è' | 'Ē' | 'É' | 'Ě' | 'È' => 'e',
            'ī' | 'í' | 'ǐ' | 'ì' | 'Ī' | 'Í' | 'Ǐ' | 'Ì' => 'i',
            'ō' | 'ó' | 'ǒ' | 'ò' | 'Ō' | 'Ó' | 'Ǒ' | 'Ò' => 'o',
            'ū' | 'ú' | 'ǔ' | 'ù' | 'ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' | 'Ū' | 'Ú' | 'Ǔ' | 'Ù' => {
                'u'
            }
            'Ν' => 'n',
            'ν' | '✓' | '√' => 'v',
            'ѕ' | 'Ѕ' => 's',
            _ => c,
        }),
    }
}
