//! Reads the weights from the bytes in the binary (the form is written in `ops/lac_weights.py`).

use super::gru::Layer;
use super::wide::dot;
use super::{Lac, TAGS};
use std::sync::OnceLock;

/// Rows of whole numbers, each with a scale.
pub(super) struct Matrix {
    columns: usize,
    scales: Vec<f32>,
    values: Vec<i16>,
}

impl Matrix {
    /// A row and its scale.
    pub(super) fn row(&self, i: usize) -> (&[i16], f32) {
        (
            &self.values[i * self.columns..][..self.columns],
            self.scales[i],
        )
    }

    /// `out` becomes the product with `x` (each step of which is worth `scale`) plus the bias.
    pub(super) fn product(&self, x: &[i16], scale: f32, bias: &[f32], out: &mut [f32]) {
        let rows = self.values.chunks_exact(self.columns);
        for ((o, row), (s, b)) in out.iter_mut().zip(rows).zip(self.scales.iter().zip(bias)) {
            *o = dot(row, x) as f32 * (s * scale) + b;
        }
    }
}

/// The model of this binary, read at first use.
pub(in super::super) fn model() -> &'static Lac {
    static MODEL: OnceLock<Lac> = OnceLock::new();
    MODEL.get_or_init(|| Bytes(include_bytes!("weights.bin")).model())
}

struct Bytes(&'static [u8]);

impl Bytes {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) = self
            .0
            .split_first_chunk()
            .expect("the weights are whole: the tests read them");
        self.0 = rest;
        *head
    }

    fn count(&mut self) -> usize {
        u32::from_le_bytes(self.take()) as usize
    }

    fn floats(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| f32::from_le_bytes(self.take())).collect()
    }

    fn vector(&mut self) -> Vec<f32> {
        let n = self.count();
        self.floats(n)
    }

    fn matrix(&mut self) -> Matrix {
        let (rows, columns) = (self.count(), self.count());
        let scales = self.floats(rows);
        let (head, rest) = self.0.split_at(rows * columns);
        self.0 = rest;
        let values = head.iter().map(|b| i16::from(b.cast_signed())).collect();
        Matrix {
            columns,
            scales,
            values,
        }
    }

    fn model(mut self) -> Lac {
        let n = self.count();
        let keys = (0..n)
            .map(|_| {
                let c = char::from_u32(u32::from_le_bytes(self.take())).unwrap_or(' ');
                (c, u16::from_le_bytes(self.take()))
            })
            .collect();
        let unknown = u16::from_le_bytes(self.take());
        let embedding = self.matrix();
        let products = [(); 4].map(|()| (self.matrix(), self.matrix()));
        let output = self.matrix();
        let layers = products.map(|(input, recurrent)| Layer {
            input,
            recurrent,
            input_bias: self.vector(),
            recurrent_bias: self.vector(),
        });
        let bias = self.vector();
        let exponents: Vec<f32> = self.vector().iter().map(|t| t.exp()).collect();
        let at = |from: usize, to: usize| exponents[from * TAGS + to];
        let rows = |f: &dyn Fn(usize, usize) -> f32| -> Vec<[f32; TAGS]> {
            (0..TAGS)
                .map(|i| std::array::from_fn(|j| f(i, j)))
                .collect()
        };
        let forth = rows(&at);
        let back = rows(&|i, j| at(j, i));
        let [a, b, c, d] = layers;
        Lac {
            keys,
            unknown,
            embedding,
            layers: [[a, b], [c, d]],
            output,
            bias,
            forth,
            back,
        }
    }
}
