//! What people do, from the first page to the answer.

mod access;
mod desk;
mod guards;
mod machine;
mod notices;
mod queue;
mod tracking;
mod wizard;
