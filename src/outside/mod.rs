//! Effects outside of the house: electronic mail, short messages and the look for malware, each behind a small trait with
//! a fake for tests, and the storage of files.
//! What is sent carries no name, no query code and nothing of the story: it only says that there is news on /track.

pub mod blobs;
pub mod mail;
pub mod sandbox;
pub mod scan;
pub mod sms;

use std::{future::Future, pin::Pin};
use uuid::Uuid;

/// What a sender gives back later.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<String, SendError>> + Send + 'a>>;

/// Why something was not sent. The words hold no address: they go to the log and the queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Worth another try: no answer, a busy server, a temporary refusal.
    #[error("{0}")]
    Later(String),
    /// Another try gives the same answer.
    #[error("{0}")]
    Never(String),
}

/// A letter. Not `Debug`: it holds an address.
pub struct Mail {
    /// The same for every try, so that a letter which arrives twice is seen as one.
    pub id: Uuid,
    /// Address.
    pub to: String,
    /// Subject, nothing personal.
    pub subject: &'static str,
    /// Plain text.
    pub body: String,
    /// Date of the letter.
    pub at: time::OffsetDateTime,
}

/// Sends letters; the answer of the server is the proof.
pub trait Mailer: Send + Sync {
    /// Hands a letter to the server.
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a>;
}

/// A short message. Not `Debug`: it holds a telephone.
pub struct Sms {
    /// The same for every try.
    pub id: Uuid,
    /// Telephone, digits.
    pub to: String,
    /// Text.
    pub text: String,
}

/// Sends short messages.
pub trait SmsSender: Send + Sync {
    /// Hands a message to the gateway.
    fn send<'a>(&'a self, sms: &'a Sms) -> Sending<'a>;
}

/// An answer of the other side for the proof: one line, short, no word that may be an address or a telephone.
#[must_use]
pub fn answer(text: &str) -> String {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|w| {
            let digits = w.chars().filter(char::is_ascii_digit).count();
            let telephone =
                digits >= 7 && w.chars().all(|c| c.is_ascii_digit() || "+-()".contains(c));
            if w.contains('@') || telephone {
                "…"
            } else {
                w
            }
        })
        .collect();
    words.join(" ").chars().take(200).collect()
}

/// Senders for tests: they keep what they are given, and fail as often as they are told.
pub mod fake {
    use super::{Mail, Mailer, SendError, Sending, Sms, SmsSender};
    use std::sync::{Mutex, PoisonError};

    /// A letter box.
    #[derive(Default)]
    pub struct Letters {
        /// What was given: to, text.
        pub given: Mutex<Vec<(String, String)>>,
        /// Answers to come, first first; none left = good.
        pub failures: Mutex<Vec<SendError>>,
    }

    impl Letters {
        fn take(&self, to: &str, text: String) -> Result<String, SendError> {
            let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
            if !failures.is_empty() {
                return Err(failures.remove(0));
            }
            let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
            given.push((to.to_owned(), text));
            Ok("fake".into())
        }
    }

    impl Mailer for Letters {
        fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
            let text = format!("{}\n{}", mail.subject, mail.body);
            Box::pin(std::future::ready(self.take(&mail.to, text)))
        }
    }

    impl SmsSender for Letters {
        fn send<'a>(&'a self, sms: &'a Sms) -> Sending<'a> {
            Box::pin(std::future::ready(self.take(&sms.to, sms.text.clone())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::answer;

    #[test]
    fn answers_keep_no_address() {
        assert_eq!(
            answer("250 2.1.5 <a@example.com> ok\r\nqueued as 4F2A1"),
            "250 2.1.5 … ok queued as 4F2A1"
        );
        assert_eq!(answer("sent to +86-13800138000 ok"), "sent to … ok");
    }
}
