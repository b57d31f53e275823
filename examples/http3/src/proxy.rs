//! The proxy: QUIC and HTTP/3 in, HTTP/1.1 out.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use h3::server::{RequestResolver, RequestStream};
use http_body_util::{BodyExt as _, Empty};
use hyper::header::HOST;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Endpoint, Incoming};
use rustls::pki_types::CertificateDer;
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};

use crate::Result;

type Upstream = Client<HttpConnector, Empty<Bytes>>;

/// Starts the proxy: the address that it listens on. Clients' certificates lead to `root`.
pub(crate) fn start(
    tls: rustls::ServerConfig,
    root: CertificateDer<'static>,
    origin: u16,
) -> Result<SocketAddr> {
    let config = quinn::ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls)?));
    let endpoint = Endpoint::server(config, (Ipv4Addr::LOCALHOST, 0).into())?;
    let address = endpoint.local_addr()?;
    // Without a timer the client would never close an idle connection.
    let upstream = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build_http();
    tokio::spawn(async move {
        while let Some(incoming) = endpoint.accept().await {
            tokio::spawn(connection(incoming, root.clone(), upstream.clone(), origin));
        }
    });
    Ok(address)
}

/// Serves one QUIC connection with one state. Awaiting the incoming connection waits until the handshake is confirmed: before that (in
/// 0.5-RTT) `peer_identity` returns nothing.
async fn connection(
    incoming: Incoming,
    root: CertificateDer<'static>,
    upstream: Upstream,
    origin: u16,
) -> Result<()> {
    let quic = incoming.await?;
    let client = client(&quic)?.verified_issuer_among([root]);
    let state = ConnectionState::new(client, Forwarding::cloudflare());
    let mut requests = h3::server::Connection::new(h3_quinn::Connection::new(quic)).await?;
    while let Some(resolver) = requests.accept().await? {
        tokio::spawn(request(resolver, state.clone(), upstream.clone(), origin));
    }
    Ok(())
}

/// The client. The verifier rejects every certificate that does not verify.
fn client(quic: &quinn::Connection) -> Result<ClientCertificate> {
    let Some(identity) = quic.peer_identity() else { return Ok(ClientCertificate::none()) };
    let certificates = identity.downcast::<Vec<CertificateDer<'static>>>();
    let certificates = certificates.map_err(|_| "quinn's identity is no list of certificates")?;
    Ok(ClientCertificate::from_verified_chain(Some(&certificates))?)
}

async fn request(
    resolver: RequestResolver<h3_quinn::Connection, Bytes>,
    state: ConnectionState,
    upstream: Upstream,
    origin: u16,
) -> Result<()> {
    let (request, stream) = resolver.resolve_request().await?;
    let (mut answer, mut body) = stream.split();
    let (mut head, ()) = request.into_parts();
    // Before the proxy's own headers. If the claim is dropped, for example by a reset, the next request carries the certificate.
    let claim = state.forward(&mut head.headers);
    let host = head.uri.authority().map_or("", |authority| authority.as_str());
    head.headers.insert(HOST, host.parse()?);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = format!("http://127.0.0.1:{origin}{path}").parse()?;
    head.version = hyper::Version::HTTP_11;
    let sent = upstream.request(Request::from_parts(head, Empty::new()));
    let response = tokio::select! {
        response = sent => response,
        () = reset(&mut body) => return Ok(()),
    };
    let Ok(response) = response else {
        let refused = Response::builder().status(StatusCode::BAD_GATEWAY).body(())?;
        answer.send_response(refused).await?;
        return Ok(answer.finish().await?);
    };
    claim.commit();
    let (head, body) = response.into_parts();
    answer.send_response(Response::builder().status(head.status).body(())?).await?;
    answer.send_data(body.collect().await?.to_bytes()).await?;
    Ok(answer.finish().await?)
}

/// Ends when the client resets its stream; a request's body is read and dropped.
async fn reset<S: h3::quic::RecvStream>(body: &mut RequestStream<S, Bytes>) {
    loop {
        match body.recv_data().await {
            Ok(Some(mut data)) => data.advance(data.remaining()),
            Ok(None) => return std::future::pending().await,
            Err(_) => return,
        }
    }
}
