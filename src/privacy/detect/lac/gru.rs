//! One direction of a layer of gated recurrent units: update and reset gate, the reset applied after the product.

use super::load::Matrix;

/// Numbers in a state.
pub(super) const STATE: usize = 128;
/// What one step of a whole-number activation is worth.
pub(super) const SCALE: f32 = 1.0 / 32767.0;

/// The weights of one direction; the rows of the matrices are update, reset and new state.
pub(super) struct Layer {
    pub(super) input: Matrix,
    pub(super) recurrent: Matrix,
    pub(super) input_bias: Vec<f32>,
    pub(super) recurrent_bias: Vec<f32>,
}

impl Layer {
    /// What an input adds to the gates.
    pub(super) fn input_product(&self, x: &[i16], scale: f32) -> Vec<f32> {
        let mut out = vec![0.0; 3 * STATE];
        self.input.product(x, scale, &self.input_bias, &mut out);
        out
    }

    /// The state after each input, in the order of the inputs; `reverse`: read from the end.
    pub(super) fn run(&self, inputs: &[&[f32]], reverse: bool) -> Vec<[f32; STATE]> {
        let mut out = vec![[0.0; STATE]; inputs.len()];
        let mut state = [0.0_f32; STATE];
        let mut gates = [0.0_f32; 3 * STATE];
        for step in 0..inputs.len() {
            let t = if reverse {
                inputs.len() - 1 - step
            } else {
                step
            };
            self.recurrent
                .product(&quantised(&state), SCALE, &self.recurrent_bias, &mut gates);
            let (x, h) = (inputs[t], &gates);
            for i in 0..STATE {
                let update = sigmoid(x[i] + h[i]);
                let reset = sigmoid(x[STATE + i] + h[STATE + i]);
                let new = tanh(x[2 * STATE + i] + reset * h[2 * STATE + i]);
                state[i] = new + update * (state[i] - new);
            }
            out[t] = state;
        }
        out
    }
}

/// A state in whole numbers; it lies between -1 and 1.
pub(super) fn quantised(state: &[f32; STATE]) -> [i16; STATE] {
    state.map(|x| (x * 32767.0) as i16)
}

fn sigmoid(x: f32) -> f32 {
    0.5 + 0.5 * tanh(0.5 * x)
}

/// The hyperbolic tangent as a quotient of polynomials, right to 1e-6; without a call, so that the loop is vectorised.
fn tanh(x: f32) -> f32 {
    let x = x.clamp(-7.905, 7.905);
    let s = x * x;
    let p = s
        * (s * (s
            * (s * (s * (s * -2.760_768_5e-16 + 2.000_188e-13) - 8.604_672e-11) + 5.122_297e-8)
            + 1.485_722_4e-5)
            + 6.372_619_3e-4)
        + 4.893_525e-3;
    let q = s * (s * (s * 1.198_258_4e-6 + 1.185_347_1e-4) + 2.268_434_6e-3) + 4.893_525e-3;
    x * p / q
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_quotient_is_the_tangent() {
        let worst = (-1000..=1000)
            .map(|i| i as f32 / 100.0)
            .map(|x| (super::tanh(x) - x.tanh()).abs())
            .fold(0.0, f32::max);
        assert!(worst < 2e-6, "{worst}");
    }
}
