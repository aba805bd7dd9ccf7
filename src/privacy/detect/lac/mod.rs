//! The tagger LAC, run by hand: for each character of a text, how likely it belongs to the name of a person or of a
//! place, and whether a word starts at it. Weights: `weights.bin` (see `NOTICE`), made by `ops/lac_weights.py`.
//!
//! A character embedding, two layers of gated recurrent units in both directions, scores for 59 tags and transitions
//! between them; probabilities by forward-backward. The products are made in whole numbers (weights of 8 bits,
//! activations of 15), the rest in single precision in a fixed order.

mod gru;
mod load;
mod wide;

pub(super) use load::model;

use gru::{Layer, STATE, quantised};
use load::Matrix;
use std::collections::HashMap;

/// Tags of the model.
const TAGS: usize = 59;
/// The first and later characters of a person's name; those of places and organisations follow up to 21.
const PERSON: std::ops::Range<usize> = 16..18;
const PLACE: std::ops::Range<usize> = 18..22;
/// Tags below are pairs of first and later character of a word; from here on each stands for a word of its own.
const PAIRS: usize = 48;

/// What the model says of one character; probabilities.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Mark {
    /// It is part of a person's name.
    pub(super) person: f32,
    /// It is part of the name of a place or an organisation.
    pub(super) place: f32,
    /// A word starts at it.
    pub(super) start: f32,
}

/// The model, ready to run.
pub(super) struct Lac {
    keys: Vec<(char, u16)>,
    unknown: u16,
    embedding: Matrix,
    layers: [[Layer; 2]; 2],
    output: Matrix,
    bias: Vec<f32>,
    /// e to the power of the transition, from tag by to tag, and the same by to tag.
    forth: Vec<[f32; TAGS]>,
    back: Vec<[f32; TAGS]>,
}

/// Products that the same character has everywhere; kept for the runs over one text.
pub(super) type Cache = HashMap<u16, Box<[Vec<f32>; 2]>>;

impl Lac {
    /// The marks of each character of a text.
    pub(super) fn marks(&self, text: &[char], cache: &mut Cache) -> Vec<Mark> {
        if text.is_empty() {
            return Vec::new();
        }
        self.decode(&self.scores(text, cache))
    }

    fn scores(&self, text: &[char], cache: &mut Cache) -> Vec<[f32; TAGS]> {
        let rows: Vec<u16> = text.iter().map(|c| self.row(*c)).collect();
        for row in &rows {
            cache.entry(*row).or_insert_with(|| {
                let (values, scale) = self.embedding.row(usize::from(*row));
                let product = |d: usize| self.layers[0][d].input_product(values, scale);
                Box::new([product(0), product(1)])
            });
        }
        let first = [0, 1].map(|d| {
            let inputs: Vec<&[f32]> = rows.iter().map(|r| cache[r][d].as_slice()).collect();
            self.layers[0][d].run(&inputs, d == 1)
        });
        let joined = join(&first);
        let second = [0, 1].map(|d| {
            let layer = &self.layers[1][d];
            let products: Vec<Vec<f32>> = joined
                .iter()
                .map(|x| layer.input_product(x, gru::SCALE))
                .collect();
            let inputs: Vec<&[f32]> = products.iter().map(Vec::as_slice).collect();
            layer.run(&inputs, d == 1)
        });
        join(&second).iter().map(|x| self.score(x)).collect()
    }

    fn row(&self, c: char) -> u16 {
        self.keys
            .binary_search_by_key(&c, |k| k.0)
            .map_or(self.unknown, |i| self.keys[i].1)
    }

    fn score(&self, x: &[i16]) -> [f32; TAGS] {
        let mut out = [0.0; TAGS];
        self.output.product(x, gru::SCALE, &self.bias, &mut out);
        out
    }

    /// Probabilities of each tag at each character, summed up. Each step is scaled to sum to one.
    fn decode(&self, scores: &[[f32; TAGS]]) -> Vec<Mark> {
        let weights: Vec<[f32; TAGS]> = scores.iter().map(exponents).collect();
        let n = weights.len();
        let mut ahead = vec![[0.0; TAGS]; n];
        ahead[0] = scaled(weights[0]);
        for t in 1..n {
            let from = through(&self.forth, &ahead[t - 1]);
            ahead[t] = scaled(times(&from, &weights[t]));
        }
        let mut behind = [1.0; TAGS];
        let mut marks = vec![Mark::default(); n];
        for t in (0..n).rev() {
            let tags = scaled(times(&ahead[t], &behind));
            let sum = |r: std::ops::Range<usize>| tags[r].iter().sum::<f32>();
            marks[t] = Mark {
                person: sum(PERSON),
                place: sum(PLACE),
                start: tags[..PAIRS].iter().step_by(2).sum::<f32>() + sum(PAIRS..TAGS),
            };
            behind = scaled(through(&self.back, &times(&behind, &weights[t])));
        }
        marks
    }
}

/// The states of both directions side by side, in whole numbers.
fn join(both: &[Vec<[f32; STATE]>; 2]) -> Vec<Vec<i16>> {
    let pairs = both[0].iter().zip(&both[1]);
    pairs
        .map(|(a, b)| quantised(a).into_iter().chain(quantised(b)).collect())
        .collect()
}

fn exponents(scores: &[f32; TAGS]) -> [f32; TAGS] {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.map(|s| (s - most).exp())
}

fn times(a: &[f32; TAGS], b: &[f32; TAGS]) -> [f32; TAGS] {
    std::array::from_fn(|i| a[i] * b[i])
}

/// The sum of the rows, each weighted.
fn through(rows: &[[f32; TAGS]], weights: &[f32; TAGS]) -> [f32; TAGS] {
    let mut out = [0.0; TAGS];
    for (row, w) in rows.iter().zip(weights) {
        for (o, v) in out.iter_mut().zip(row) {
            *o += w * v;
        }
    }
    out
}

fn scaled(mut v: [f32; TAGS]) -> [f32; TAGS] {
    let sum: f32 = v.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    v.iter_mut().for_each(|x| *x /= sum);
    v
}

#[cfg(test)]
mod tests {
    use super::{Cache, Lac, load};

    /// Scores that another implementation of the same network gave, with the weights not rounded.
    #[derive(serde::Deserialize)]
    struct Golden {
        text: String,
        first: Vec<f32>,
        later: Vec<f32>,
        best: Vec<usize>,
    }

    fn model() -> &'static Lac {
        load::model()
    }

    #[test]
    fn the_scores_are_those_of_the_reference() {
        let golden: Vec<Golden> = serde_json::from_str(include_str!("golden.json")).unwrap();
        let (mut worst, mut other, mut all) = (0.0_f32, 0, 0);
        for g in golden {
            let text: Vec<char> = g.text.chars().collect();
            let scores = model().scores(&text, &mut Cache::new());
            assert_eq!(scores.len(), g.best.len());
            for (i, s) in scores.iter().enumerate() {
                worst = worst
                    .max((s[16] - g.first[i]).abs())
                    .max((s[17] - g.later[i]).abs());
                let best = (0..s.len()).max_by(|a, b| s[*a].total_cmp(&s[*b])).unwrap();
                other += usize::from(best != g.best[i]);
                all += 1;
            }
        }
        assert!(worst < 0.5, "rounding the weights moved a score by {worst}");
        assert!(
            other * 50 <= all,
            "{other} of {all} characters have another best tag"
        );
    }

    #[test]
    fn a_name_is_a_person_and_a_town_a_place() {
        let text: Vec<char> = "张建国在成都市工作".chars().collect();
        let marks = model().marks(&text, &mut Cache::new());
        assert!(marks[..3].iter().all(|m| m.person > 0.9 && m.place < 0.1));
        assert!(marks[4..7].iter().all(|m| m.place > 0.8 && m.person < 0.1));
        assert!(marks[0].start > 0.9 && marks[1].start < 0.1);
        assert!(model().marks(&[], &mut Cache::new()).is_empty());
    }
}
