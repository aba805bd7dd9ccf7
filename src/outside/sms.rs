//! Short messages over an HTTP gateway of the office: `POST` of `{"to","text"}` as JSON with a bearer token and an
//! `Idempotency-Key`. Plain HTTP only: the gateway stands on the private network or on this machine; for one beyond it
//! put a proxy with TLS there.

use super::{SendError, Sending, Sms, SmsSender, answer};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, StatusCode, Uri, body::Bytes, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use std::time::Duration;

/// Longest wait for the gateway.
const PATIENCE: Duration = Duration::from_secs(20);

/// The gateway.
pub struct Gateway {
    client: Client<HttpConnector, Full<Bytes>>,
    uri: Uri,
    token: header::HeaderValue,
}

impl Gateway {
    /// Reads the settings; nothing is connected yet.
    ///
    /// # Errors
    /// A sentence that names the setting, never the token.
    pub fn new(url: &str, token: &str) -> anyhow::Result<Self> {
        let uri: Uri = url
            .parse()
            .ok()
            .filter(|u: &Uri| u.scheme_str() == Some("http") && u.host().is_some())
            .ok_or_else(|| {
                anyhow::anyhow!(
                    "sms_gateway_url cannot be used; write http://host:port/path of a gateway on the private network"
                )
            })?;
        let mut token: header::HeaderValue = format!("Bearer {token}").parse().map_err(|_| {
            anyhow::anyhow!("sms_gateway_token has characters that a header cannot hold")
        })?;
        token.set_sensitive(true);
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            uri,
            token,
        })
    }

    async fn post(&self, sms: &Sms) -> Result<String, SendError> {
        let body = serde_json::json!({ "to": sms.to, "text": sms.text }).to_string();
        let request = Request::post(self.uri.clone())
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::AUTHORIZATION, self.token.clone())
            .header("idempotency-key", sms.id.simple().to_string())
            .body(Full::new(Bytes::from(body)))
            .map_err(|e| SendError::Never(answer(&e.to_string())))?;
        let response = self.client.request(request).await.map_err(|e| {
            let why = std::error::Error::source(&e).map_or(String::new(), |s| format!(": {s}"));
            SendError::Later(answer(&format!("{e}{why}")))
        })?;
        let status = response.status();
        let text = match Limited::new(response.into_body(), 4096).collect().await {
            Ok(body) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
            Err(_) => String::new(),
        };
        let words = answer(&format!("{} {text}", status.as_u16()));
        if status.is_success() {
            Ok(words)
        } else if status.is_client_error()
            && !matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS
                    | StatusCode::REQUEST_TIMEOUT
                    | StatusCode::UNAUTHORIZED
                    | StatusCode::FORBIDDEN
            )
        {
            Err(SendError::Never(words))
        } else {
            // also 401 and 403: somebody will mend the token
            Err(SendError::Later(words))
        }
    }
}

impl SmsSender for Gateway {
    fn send<'a>(&'a self, sms: &'a Sms) -> Sending<'a> {
        Box::pin(async move {
            tokio::time::timeout(PATIENCE, self.post(sms))
                .await
                .unwrap_or_else(|_| Err(SendError::Later("the gateway did not answer".into())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_http_address_is_taken() {
        assert!(Gateway::new("http://10.0.0.8:8000/send", "t").is_ok());
        for url in ["https://sms.example.cn/send", "10.0.0.8", "", "http://"] {
            assert!(Gateway::new(url, "t").is_err(), "{url}");
        }
        let error = Gateway::new("http://10.0.0.8", "a\nb")
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("sms_gateway_token") && !error.contains("a\nb"));
    }
}
