//! Looking for malware 病毒扫描: a daemon that speaks ClamAV's protocol, over its socket. Without an answer a file counts as
//! not looked at: opening stays closed, taking in goes on.

use super::{SendError, answer};
use futures_util::stream::BoxStream;
use hyper::body::Bytes;
use std::{future::Future, io, path::PathBuf, pin::Pin, time::Duration};

/// Longest wait for the daemon.
const PATIENCE: Duration = Duration::from_secs(50);

/// A file's plain bytes as they come.
pub type Content = BoxStream<'static, io::Result<Bytes>>;

/// What a look at a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// What was found, as the signature is called.
    Found(String),
}

/// What a scanner gives back later.
pub type Looking<'a> = Pin<Box<dyn Future<Output = Result<Verdict, SendError>> + Send + 'a>>;

/// Looks at files.
pub trait Scanner: Send + Sync {
    /// Looks at one.
    fn scan<'a>(&'a self, content: Content) -> Looking<'a>;
    /// Whether it answers, for `doctor`.
    fn version<'a>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = Result<String, SendError>> + Send + 'a>>;
}

/// ClamAV's daemon.
#[derive(Debug)]
pub enum Clamd {
    /// At a socket of this machine.
    Socket(PathBuf),
    /// At an address, `host:port`.
    Address(String),
}

impl Clamd {
    /// Reads the setting.
    ///
    /// # Errors
    /// A sentence that says what to write.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        if let Some(path) = url.strip_prefix("unix:") {
            return Ok(Self::Socket(path.into()));
        }
        match url.strip_prefix("tcp://") {
            Some(address) if address.contains(':') => Ok(Self::Address(address.to_owned())),
            _ => anyhow::bail!(
                "scanner_url is {url:?}; write unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310"
            ),
        }
    }

    async fn ask(&self, content: Content) -> io::Result<Vec<u8>> {
        use clamav_client::tokio::{Socket, Tcp, scan_stream};
        match self {
            Self::Socket(path) => {
                let socket = Socket { socket_path: path };
                scan_stream(content, socket, None).await
            }
            Self::Address(address) => {
                let tcp = Tcp {
                    host_address: address,
                };
                scan_stream(content, tcp, None).await
            }
        }
    }

    async fn ask_version(&self) -> io::Result<Vec<u8>> {
        use clamav_client::tokio::{Socket, Tcp, get_version};
        match self {
            Self::Socket(path) => get_version(Socket { socket_path: path }).await,
            Self::Address(address) => {
                get_version(Tcp {
                    host_address: address,
                })
                .await
            }
        }
    }
}

/// Waits for an answer, but not for ever.
async fn patient<T>(asking: impl Future<Output = io::Result<T>>) -> Result<T, SendError> {
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(said)) => Ok(said),
        Ok(Err(e)) => Err(SendError::Later(answer(&e.to_string()))),
        Err(_) => Err(SendError::Later("no answer of the scanner".into())),
    }
}

/// Reads `stream: OK` and `stream: Eicar-Test-Signature FOUND`; anything else is no verdict.
fn verdict(said: &[u8]) -> Result<Verdict, SendError> {
    let text = String::from_utf8_lossy(said);
    let text = text.trim_end_matches(['\0', '\n']).trim();
    let text = text.strip_prefix("stream: ").unwrap_or(text);
    if text == "OK" {
        return Ok(Verdict::Clean);
    }
    match text.strip_suffix(" FOUND") {
        Some(name) => Ok(Verdict::Found(answer(name))),
        None => Err(SendError::Later(answer(text))),
    }
}

impl Scanner for Clamd {
    fn scan<'a>(&'a self, content: Content) -> Looking<'a> {
        Box::pin(async move { verdict(&patient(self.ask(content)).await?) })
    }

    fn version<'a>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = Result<String, SendError>> + Send + 'a>> {
        Box::pin(async move {
            let said = patient(self.ask_version()).await?;
            Ok(answer(
                String::from_utf8_lossy(&said).trim_end_matches(['\0', '\n']),
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_ok_is_clean() {
        assert_eq!(verdict(b"stream: OK\0"), Ok(Verdict::Clean));
        let found = verdict(b"stream: Eicar-Test-Signature FOUND\0").unwrap();
        assert_eq!(found, Verdict::Found("Eicar-Test-Signature".into()));
        for said in [
            &b""[..],
            b"stream: ",
            b"INSTREAM size limit exceeded. ERROR",
            b"OK stream",
        ] {
            assert!(verdict(said).is_err(), "{said:?}");
        }
    }

    #[test]
    fn the_setting_says_what_to_write() {
        assert!(matches!(
            Clamd::new("unix:/run/clamd.ctl"),
            Ok(Clamd::Socket(_))
        ));
        assert!(matches!(
            Clamd::new("tcp://127.0.0.1:3310"),
            Ok(Clamd::Address(_))
        ));
        assert!(
            Clamd::new("/run/clamd.ctl")
                .unwrap_err()
                .to_string()
                .contains("unix:")
        );
    }
}
