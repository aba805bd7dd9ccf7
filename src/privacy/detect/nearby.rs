//! Numbers that are personal by the words around them: orders and parcels 单号, landlines 固定电话 that are no office's.

use super::context::{self, CALL, ORDER, PUBLIC_AFTER, PUBLIC_BEFORE, THING};
use super::groups::{Group, soft_gap, values};
use super::number::Look;
use super::{Found, PiiKind};

impl Look<'_> {
    /// Numbers beside the words for orders and parcels, and couriers' own shapes.
    pub(super) fn orders(&self, found: &mut Found) {
        for g in self.groups.iter().filter(|g| g.len() >= 5) {
            if found.taken[g.start] {
                continue;
            }
            let inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let start = (0..g.start)
                .rev()
                .take_while(|i| inside(self.stream.at(*i)))
                .last()
                .unwrap_or(g.start);
            let end = (g.end..self.stream.len())
                .find(|i| !inside(self.stream.at(*i)))
                .unwrap_or(self.stream.len());
            let digits = self.stream.chars()[start..end]
                .iter()
                .filter(|c| c.is_ascii_digit())
                .count()
                .max(g.len());
            let courier = [
                "sf", "yt", "jd", "jt", "zto", "sto", "yto", "ems", "dpk", "jdvb", "jdva",
            ];
            let shape = digits >= 10 && courier.iter().any(|p| self.stream.word(start, p));
            if shape || (digits >= 8 && self.cue(start, ORDER, 10)) {
                found.add(start, end, PiiKind::Order);
            }
        }
    }

    /// Landlines, but not those of an office, nor 400, 800 and 95xxx.
    pub(super) fn landlines(&self, found: &mut Found) {
        for (i, g) in self.groups.iter().enumerate() {
            if found.taken[g.start] || self.stream.before(g.start).is_ascii_alphabetic() {
                continue;
            }
            for n in i..self.groups.len().min(i + 12) {
                if n > i && !(soft_gap(self.stream, &self.groups[n - 1], &self.groups[n])) {
                    break;
                }
                let part = &self.groups[i..=n];
                let d = values(self.tokens, part);
                if d.len() > 12 {
                    break;
                }
                let end = self.groups[n].end;
                let joined = n + 1 < self.groups.len()
                    && n > i
                    && part.iter().all(|g| g.len() == 1)
                    && soft_gap(self.stream, &self.groups[n], &self.groups[n + 1]);
                if !joined && self.landline(&d, part, g.start, end) {
                    let extension = n + 1 < self.groups.len()
                        && self.stream.at(end) == '-'
                        && self.groups[n + 1].len() <= 5
                        && self.groups[n + 1].start == end + 1;
                    let end = if extension {
                        self.groups[n + 1].end
                    } else {
                        end
                    };
                    let (start, end) = self.brackets(g.start, end);
                    found.add(start, end, PiiKind::Landline);
                    break;
                }
            }
        }
    }

    fn landline(&self, d: &[u8], part: &[Group], start: usize, end: usize) -> bool {
        let cue = self.cue(start, CALL, 8);
        let area = match d {
            [0, 1, 0, rest @ ..] | [0, 2, _, rest @ ..] => {
                rest.len() == 8 && (2..=8).contains(&rest[0])
            }
            [0, 3..=9, _, _, rest @ ..] => {
                matches!(rest.len(), 7 | 8) && (2..=8).contains(&rest[0])
            }
            _ => false,
        };
        let lens: Vec<usize> = part.iter().map(Group::len).collect();
        let usual = matches!(
            lens[..],
            [11 | 12] | [3 | 4, 7 | 8] | [3 | 4, 4, 4] | [3 | 4, 3, 4]
        );
        let apart = lens.iter().all(|n| *n == 1) && lens.len() >= 11;
        let local = cue
            && matches!(d.len(), 7 | 8)
            && (2..=8).contains(&d[0])
            && !(d[0] == 4 && d[1] == 0)
            && part.len() <= 2
            && self.cue(start, &["电话", "座机", "固话", "tel"], 6);
        (area && (cue || usual || apart) || local)
            && !self.cue(start, PUBLIC_BEFORE, 10)
            && !context::after(self.stream, end, 6, PUBLIC_AFTER)
            && (cue || !self.cue(start, THING, 8))
    }
}
