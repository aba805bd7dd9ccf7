//! What a case is and whose it is. Machine output is a proposal with its reason; refusing is a human act (rules T-03).
//! Pure.

pub mod danger;
pub mod flow;
pub mod rules;
pub mod similar;
