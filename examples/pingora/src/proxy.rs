//! The proxy: one state for each TLS connection, and one claim for each request, applied to every attempt. The code for this crate is
//! between `// {` and `// }`.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::listeners::TlsAccept;
use pingora::listeners::tls::TlsSettings;
use pingora::prelude::{HttpPeer, ProxyHttp, Session};
use pingora::tls::pkey::PKey;
use pingora::tls::ssl::{SslOptions, SslSessionCacheMode, SslVerifyMode};
use pingora::tls::x509::X509;
use pingora::{Error, Result};
// {
use tls_client_auth::{
    Claim, ClientCertificate, ConnectionState, Dialect, Forwarding, Verification,
};
// }

use crate::certificates::Certificates;

pub struct Proxy {
    pub origin: String,
    // {
    pub forwarding: Forwarding,
    // }
}

// {
/// Creates the connection's state when the handshake is complete.
struct Handshake(Forwarding);

#[async_trait]
impl TlsAccept for Handshake {
    async fn handshake_complete_callback(
        &self,
        tls: &pingora::protocols::tls::TlsRef,
    ) -> Option<Arc<dyn Any + Send + Sync>> {
        let client = match tls.peer_certificate().map(|leaf| leaf.to_der()) {
            Some(Ok(leaf)) => {
                let code = tls.verify_result().as_raw();
                // A server gets the chain without the leaf.
                let chain = tls.peer_cert_chain().into_iter().flatten();
                let chain: Vec<Vec<u8>> = chain.filter_map(|link| link.to_der().ok()).collect();
                let issuer = tls.verified_chain().and_then(|chain| chain.get(1)?.to_der().ok());
                ClientCertificate::presented(leaf, Verification::from_code(code, Dialect::OpenSsl))
                    .chain(chain)
                    .verified_issuer(issuer.unwrap_or_default())
                    .dialect(Dialect::OpenSsl)
            }
            _ => ClientCertificate::none(),
        };
        Some(Arc::new(ConnectionState::new(client, self.0.clone())))
    }
}
// }

/// TLS settings that ask every client for a certificate, and admit clients without one.
pub fn tls(certificates: &Certificates, forwarding: Forwarding) -> Result<TlsSettings> {
    let broken = |error| Error::because(pingora::ErrorType::InternalError, "TLS settings", error);
    // {
    let mut tls = TlsSettings::with_callbacks(Box::new(Handshake(forwarding)))?;
    // }
    let server = X509::from_der(&certificates.server).map_err(broken)?;
    let key = PKey::private_key_from_pkcs8(&certificates.server_key).map_err(broken)?;
    tls.set_certificate(&server).map_err(broken)?;
    tls.set_private_key(&key).map_err(broken)?;
    tls.cert_store_mut()
        .add_cert(X509::from_der(&certificates.root).map_err(broken)?)
        .map_err(broken)?;
    tls.set_verify(SslVerifyMode::PEER);
    // On a resumed session OpenSSL repeats its first result without verification, although the certificate may have expired since.
    tls.set_session_cache_mode(SslSessionCacheMode::OFF);
    tls.set_options(SslOptions::NO_TICKET);
    tls.set_num_tickets(0).map_err(broken)?;
    tls.enable_h2();
    Ok(tls)
}

#[async_trait]
impl ProxyHttp for Proxy {
    // {
    /// The request's claim, until an origin has answered; if it is dropped before, the next request carries its headers.
    type CTX = Option<Claim>;
    // }

    fn new_ctx(&self) -> Self::CTX {
        None
    }

    // {
    /// Runs once for each request, unlike `upstream_request_filter`, which runs for each attempt.
    async fn request_filter(&self, session: &mut Session, claim: &mut Self::CTX) -> Result<bool> {
        let digest = session.digest().and_then(|digest| digest.ssl_digest.as_ref());
        let state = digest.and_then(|tls| tls.extension.get::<ConnectionState>());
        // Another claim of the request would still hold the headers.
        *claim = None;
        *claim = Some(self.forwarding.claim(state));
        Ok(false)
    }
    // }

    async fn upstream_peer(&self, _: &mut Session, _: &mut Self::CTX) -> Result<Box<HttpPeer>> {
        Ok(Box::new(HttpPeer::new(&self.origin, false, String::new())))
    }

    // {
    async fn upstream_request_filter(
        &self,
        _: &mut Session,
        request: &mut RequestHeader,
        claim: &mut Self::CTX,
    ) -> Result<()> {
        if let Some(claim) = claim {
            claim.apply(request);
        }
        Ok(())
    }

    async fn upstream_response_filter(
        &self,
        _: &mut Session,
        _: &mut ResponseHeader,
        claim: &mut Self::CTX,
    ) -> Result<()> {
        if let Some(claim) = claim.take() {
            claim.commit();
        }
        Ok(())
    }
    // }

    /// Without an answer, a request that changes nothing may be sent again.
    fn error_while_proxy(
        &self,
        _: &HttpPeer,
        session: &mut Session,
        mut error: Box<Error>,
        claim: &mut Self::CTX,
        _: bool,
    ) -> Box<Error> {
        let unanswered = claim.is_some() && !session.as_ref().retry_buffer_truncated();
        error.set_retry(unanswered && session.req_header().method.is_idempotent());
        error
    }
}
