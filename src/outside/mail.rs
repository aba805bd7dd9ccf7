//! Electronic mail over SMTP. `smtps://user:password@host` (TLS from the start), `smtp://…?tls=required` (STARTTLS)
//! or, to a relay on this machine or the office's own network, plain `smtp://host:25`. A password never goes over
//! a plain connection to another machine.

use super::{Mail, Mailer, SendError, Sending, answer};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header},
};
use std::time::{Duration, SystemTime};

/// Longest wait for one answer of the server.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that takes our letters.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
}

impl Smtp {
    /// Reads the settings; nothing is connected yet.
    ///
    /// # Errors
    /// A sentence that names the setting, never its value: it may hold a password.
    pub fn new(url: &str, from: &str) -> anyhow::Result<Self> {
        const HOW: &str = "write smtps://user:password@host, smtp://user:password@host?tls=required or smtp://localhost:25";
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| anyhow::anyhow!("smtp_url cannot be read; {HOW}"))?
            .timeout(Some(PATIENCE))
            .build();
        let rest = url.split_once("://").map_or("", |(_, r)| r);
        let authority = rest.split(['/', '?']).next().unwrap_or("");
        let (login, server) = authority.rsplit_once('@').unwrap_or(("", authority));
        let plain = url.starts_with("smtp://") && !rest.contains("tls=required");
        let here = ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|h| server == *h || server.starts_with(&format!("{h}:")));
        anyhow::ensure!(
            login.is_empty() || !plain || here,
            "smtp_url would send its password without TLS; {HOW}"
        );
        let from: Mailbox = from.parse().map_err(|_| {
            anyhow::anyhow!("mail_from cannot be read; write 民声 <noreply@example.gov.cn>")
        })?;
        let host = from.email.domain().to_owned();
        Ok(Self {
            transport,
            from,
            host,
        })
    }

    fn message(&self, mail: &Mail) -> Result<Message, SendError> {
        let to: lettre::Address = mail
            .to
            .parse()
            .map_err(|_| SendError::Never("the address is not one".into()))?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .date(SystemTime::from(mail.at))
            .message_id(Some(format!("<{}@{}>", mail.id.simple(), self.host)))
            // RFC 3834: no holiday answer to a machine
            .raw_header(header::HeaderValue::new(
                header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".into(),
            ))
            .header(header::ContentType::TEXT_PLAIN)
            .header(header::ContentTransferEncoding::Base64)
            .body(mail.body.clone())
            .map_err(|e| SendError::Never(answer(&e.to_string())))
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            let message = self.message(mail)?;
            match self.transport.send(message).await {
                Ok(response) => {
                    let lines: Vec<&str> = response.message().collect();
                    Ok(answer(&format!("{} {}", response.code(), lines.join(" "))))
                }
                Err(e) => {
                    let mut words = e.to_string();
                    let mut source = std::error::Error::source(&e);
                    while let Some(inner) = source {
                        words = format!("{words}: {inner}");
                        source = inner.source();
                    }
                    let words = answer(&words);
                    Err(if e.is_permanent() {
                        SendError::Never(words)
                    } else {
                        SendError::Later(words)
                    })
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_needs_tls_and_messages_never_show_it() {
        for url in [
            "smtp://office:geheim@mail.example.cn",
            "smtp://office:geheim@mail.example.cn:25?tls=opportunistic",
            "imap://office:geheim@mail.example.cn",
        ] {
            let error = Smtp::new(url, "noreply@example.cn")
                .err()
                .unwrap()
                .to_string();
            assert!(
                error.contains("smtp_url") && !error.contains("geheim"),
                "{error}"
            );
        }
        for url in [
            "smtps://office:geheim@mail.example.cn",
            "smtp://office:geheim@mail.example.cn?tls=required",
            "smtp://localhost:2525",
            "smtp://10.0.0.5:25",
        ] {
            assert!(Smtp::new(url, "民声 <noreply@example.cn>").is_ok(), "{url}");
        }
        assert!(Smtp::new("smtp://localhost", "nobody").is_err());
    }
}
