//! A proxy on pingora and OpenSSL, as in `examples/pingora`, with a listener for each variant with and without the crate.
//!
//! `pingora_proxy FOLDER ORIGIN VARIANT=PORT …`; the variants are those of [`load::Variant`].

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use load::{Arguments, Connection, Result, Variant};
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::listeners::TlsAccept;
use pingora::listeners::tls::TlsSettings;
use pingora::prelude::{HttpPeer, ProxyHttp, Server, Session, http_proxy_service};
use pingora::server::configuration::ServerConf;
use pingora::tls::ssl::{SslOptions, SslSessionCacheMode, SslVerifyMode, SslVersion};
use tls_client_auth::headers::{HeaderLine, RequestHeaders, RequestHeadersMut, TooManyHeaders};
use tls_client_auth::{Claim, ClientCertificate, Dialect, Verification};

struct Handshake(Variant);

struct Proxy {
    origin: String,
}

fn main() -> Result<()> {
    let arguments = Arguments::from_command_line()?;
    let configuration = ServerConf { threads: 1, ..ServerConf::default() };
    let mut server = Server::new_with_opt_and_conf(None, configuration);
    server.bootstrap();
    for (variant, port) in arguments.listeners {
        let proxy = Proxy { origin: format!("127.0.0.1:{}", arguments.origin) };
        let mut service = http_proxy_service(&server.configuration, proxy);
        let tls = tls(&arguments.folder, variant)?;
        service.add_tls_with_settings(&format!("127.0.0.1:{port}"), None, tls);
        server.add_service(service);
    }
    server.run_forever()
}

/// TLS 1.3 for verified clients, without resumption.
fn tls(folder: &str, variant: Variant) -> Result<TlsSettings> {
    let mut tls = match variant {
        Variant::Without => TlsSettings::intermediate(
            &format!("{folder}/server.pem"),
            &format!("{folder}/server.key"),
        )?,
        variant => {
            let mut tls = TlsSettings::with_callbacks(Box::new(Handshake(variant)))?;
            tls.set_certificate_chain_file(format!("{folder}/server.pem"))?;
            let kind = pingora::tls::ssl::SslFiletype::PEM;
            tls.set_private_key_file(format!("{folder}/server.key"), kind)?;
            tls
        }
    };
    tls.set_ca_file(format!("{folder}/root.pem"))?;
    tls.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
    tls.set_min_proto_version(Some(SslVersion::TLS1_3))?;
    tls.set_session_cache_mode(SslSessionCacheMode::OFF);
    tls.set_options(SslOptions::NO_TICKET);
    tls.set_num_tickets(0)?;
    tls.enable_h2();
    Ok(tls)
}

#[async_trait]
impl TlsAccept for Handshake {
    async fn handshake_complete_callback(
        &self,
        tls: &pingora::protocols::tls::TlsRef,
    ) -> Option<Arc<dyn Any + Send + Sync>> {
        let client = match tls.peer_certificate()?.to_der() {
            Ok(leaf) => {
                ClientCertificate::presented(leaf, Verification::Success).dialect(Dialect::OpenSsl)
            }
            Err(_) => ClientCertificate::none(),
        };
        Some(Arc::new(self.0.connection(|| client)))
    }
}

/// The state that the handshake's callback made for the session's connection.
fn connection(session: &Session) -> Option<&Connection> {
    session.digest()?.ssl_digest.as_ref()?.extension.get()
}

#[async_trait]
impl ProxyHttp for Proxy {
    type CTX = Option<Claim>;

    fn new_ctx(&self) -> Self::CTX {
        None
    }

    async fn request_filter(
        &self,
        session: &mut Session,
        claim: &mut Self::CTX,
    ) -> pingora::Result<bool> {
        *claim = connection(session).and_then(Connection::claim);
        Ok(false)
    }

    async fn upstream_peer(
        &self,
        _: &mut Session,
        _: &mut Self::CTX,
    ) -> pingora::Result<Box<HttpPeer>> {
        Ok(Box::new(HttpPeer::new(&self.origin, false, String::new())))
    }

    async fn upstream_request_filter(
        &self,
        session: &mut Session,
        request: &mut RequestHeader,
        claim: &mut Self::CTX,
    ) -> pingora::Result<()> {
        if let Some(claim) = claim {
            claim.apply(&mut Fields(request));
        } else if let Some(Connection::ByHand(lines)) = connection(session) {
            for (name, value) in &**lines {
                request.insert_header(name, value)?;
            }
        }
        Ok(())
    }

    async fn upstream_response_filter(
        &self,
        _: &mut Session,
        _: &mut ResponseHeader,
        claim: &mut Self::CTX,
    ) -> pingora::Result<()> {
        if let Some(claim) = claim.take() {
            claim.commit();
        }
        Ok(())
    }
}

/// A wrapper, because pingora's request stores the case of names separately.
struct Fields<'r>(&'r mut RequestHeader);

impl RequestHeaders for Fields<'_> {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        self.0.headers.visit(visit);
    }
}

impl RequestHeadersMut for Fields<'_> {
    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
        let names = self.0.headers.keys();
        let doomed: Vec<_> =
            names.filter(|name| remove(name.as_str().as_bytes())).cloned().collect();
        for name in &doomed {
            while self.0.remove_header(name).is_some() {}
        }
    }

    fn add_line(&mut self, line: HeaderLine<'_>) -> std::result::Result<(), TooManyHeaders> {
        let value = line.header_value();
        let added = match line.header_name().as_static() {
            Some(name) => self.0.append_header(name, value),
            None => self.0.append_header(line.header_name().as_header_name().clone(), value),
        };
        added.map(drop).map_err(|_| TooManyHeaders)
    }
}
