//! The one error type. It knows no HTTP: `web::respond` alone maps it to a status. What a person may read is a plain
//! Chinese message or field messages; the internal cause is logged and never shown.

use std::fmt;

/// A message beside one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// Name of the field in the form and on the API.
    pub field: &'static str,
    /// Machine-readable reason, e.g. `required`, `too_long`.
    pub code: &'static str,
    /// Plain Chinese, says what to do.
    pub message: String,
}

impl FieldError {
    /// A field message.
    pub fn new(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            code,
            message: message.into(),
        }
    }

    /// `length` characters where `most` are allowed: says how many must go.
    #[must_use]
    pub fn too_long(field: &'static str, most: usize, length: usize) -> Self {
        let over = length.saturating_sub(most);
        let message = format!("最多 {most} 个字，多了 {over} 个字，请删短一些");
        Self::new(field, "too_long", message)
    }
}

/// Everything that can go wrong in a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not for this person: the two are never told apart.
    #[error("not found")]
    NotFound,
    /// A machine without a good token.
    #[error("unauthorized")]
    Unauthorized,
    /// Signed in, allowed to see, not allowed to do.
    #[error("forbidden")]
    Forbidden,
    /// The input does not satisfy the rules.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// The state of the world does not allow it (already decided, changed by somebody else); a Chinese sentence.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Too many requests; seconds until the next one is welcome.
    #[error("limited for {0} s")]
    Limited(u64),
    /// The database or another part is away; try again soon.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Our own fault.
    #[error("internal: {0}")]
    Internal(String),
}

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Our own fault, with a cause for the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// A single field's message.
    pub fn field(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, message)])
    }
}
