//! From receipt to answer: what must be done by when.

pub mod deadline;
