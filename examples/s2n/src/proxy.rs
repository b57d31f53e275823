//! The proxy: s2n-tls, and the chain that it verified as headers.

use std::net::SocketAddr;

use http_body_util::{BodyExt as _, combinators::BoxBody};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, client, server};
use hyper_util::rt::TokioIo;
use s2n_tls::callbacks::VerifyHostNameCallback;
use s2n_tls::config::Config;
use s2n_tls::connection::Connection;
use s2n_tls::enums::ClientAuthType;
use s2n_tls::security::DEFAULT_TLS13;
use s2n_tls_tokio::TlsAcceptor;
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};
use tokio::net::{TcpListener, TcpStream};

use crate::Result;
use crate::certificates::Certificates;

/// Asks every client for a certificate, and lets those without one in. Sessions are not resumed unless s2n-tls is told to.
pub(crate) fn config(certificates: &Certificates) -> Result<Config> {
    let mut config = Config::builder();
    config
        .set_security_policy(&DEFAULT_TLS13)?
        .load_pem(certificates.server.chain.as_bytes(), certificates.server.key.as_bytes())?
        .with_system_certs(false)?
        .trust_pem(certificates.root.as_bytes())?
        .set_client_auth_type(ClientAuthType::Optional)?
        .set_verify_host_callback(AnyName)?
        // Without a delay, so that the example does not wait for the refused client.
        .set_max_blinding_delay(1)?;
    Ok(config.build()?)
}

/// Accepts certificates with any host name: clients are admitted by their CA.
struct AnyName;

impl VerifyHostNameCallback for AnyName {
    fn verify_host_name(&self, _: &str) -> bool {
        true
    }
}

/// The client of a finished handshake. s2n-tls returns the verified chain, from the leaf to the root, and rejects every certificate that
/// does not verify.
fn client(connection: &Connection) -> Result<ClientCertificate> {
    if connection.client_cert_chain_bytes()?.is_none() {
        return Ok(ClientCertificate::none());
    }
    let chain = connection.peer_cert_chain()?;
    let chain = chain.iter().map(|certificate| Ok(certificate?.der()?.to_vec()));
    let chain: Vec<Vec<u8>> = chain.collect::<Result<_>>()?;
    // The root is not forwarded: the origin has it or does not need it.
    let sent = match chain.split_last() {
        Some((_root, sent @ [_, ..])) => sent,
        _ => &chain,
    };
    let [issuer, root] = [chain.get(1), chain.last()].map(|link| link.cloned().unwrap_or_default());
    let client = ClientCertificate::from_verified_chain(Some(sent))?;
    Ok(client.verified_issuer(issuer).verified_root(root))
}

pub(crate) async fn serve(listener: TcpListener, config: Config, origin: SocketAddr) -> Result<()> {
    let acceptor = TlsAcceptor::new(config);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(connection(acceptor.clone(), stream, origin));
    }
}

async fn connection(acceptor: TlsAcceptor, stream: TcpStream, origin: SocketAddr) -> Result<()> {
    let stream = acceptor.accept(stream).await?;
    let state = ConnectionState::new(client(stream.as_ref())?, Forwarding::rfc9440());
    let service = service_fn(|request| forward(request, &state, origin));
    server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
    Ok(())
}

async fn forward(
    mut request: Request<Incoming>,
    state: &ConnectionState,
    origin: SocketAddr,
) -> Result<Response<BoxBody<Bytes, hyper::Error>>> {
    let claim = state.claim();
    claim.apply(request.headers_mut());
    // A client could forge trailers too.
    let request = request.map(|body| claim.strip_body(body));
    let stream = TokioIo::new(TcpStream::connect(origin).await?);
    let (mut sender, connection) = client::conn::http1::handshake(stream).await?;
    tokio::spawn(connection);
    let answer = sender.send_request(request).await?;
    claim.commit();
    Ok(answer.map(|body| body.boxed()))
}
