//! Finding personal data in free text.
