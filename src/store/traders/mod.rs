//! The other side of a complaint: invitations and answers here, the trader's copies of notices in `notices`.

pub mod notices;
