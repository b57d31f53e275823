//! A proxy on BoringSSL that tells its origin who the client is. What else a proxy does, with hop-by-hop headers for one, is in
//! `examples/mtls_proxy`.

use std::net::SocketAddr;
use std::sync::Arc;

use boring::pkey::PKey;
use boring::ssl::{SslAcceptor, SslMethod, SslRef, SslVerifyMode};
use boring::x509::X509;
use clients::{Authorities, Error};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, client, server};
use hyper_util::rt::TokioIo;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Dialect, Forwarding, HeaderSet, Verification,
};
use tokio::net::{TcpListener, TcpStream};

/// As Cloudflare: every client gets in, and the origin is told what BoringSSL said.
pub fn acceptor(authorities: &Authorities) -> Result<SslAcceptor, Error> {
    let mut tls = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls())?;
    let key = PKey::private_key_from_pkcs8(&authorities.server_key)?;
    tls.set_certificate(X509::from_der(&authorities.server)?.as_ref())?;
    tls.set_private_key(&key)?;
    tls.cert_store_mut().add_cert(X509::from_der(&authorities.root)?)?;
    // The reason stays behind in `verify_result`; that the client holds the key is checked all the same.
    tls.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
    Ok(tls.build())
}

/// What the handshake said of the client, also a resumed one. `root` is the CA's certificate: BoringSSL does not give out the chain
/// that it verified.
pub fn client_certificate(tls: &SslRef, root: &[u8]) -> Result<ClientCertificate, Error> {
    // A handshake without a certificate leaves `X509_V_OK` behind too.
    let Some(leaf) = tls.peer_certificate() else { return Ok(ClientCertificate::none()) };
    let code = tls.verify_result().map_or_else(|error| error.as_raw(), |()| 0);
    // A server gets it without the leaf, in the order sent, also on a resumed session.
    let chain = tls.peer_cert_chain().into_iter().flatten().map(|certificate| certificate.to_der());
    Ok(ClientCertificate::presented(
        leaf.to_der()?,
        Verification::from_code(code, Dialect::BoringSsl),
    )
    .chain(chain.collect::<Result<Vec<_>, _>>()?)
    .verified_issuer_among([root])
    .dialect(Dialect::BoringSsl))
}

/// One client after the other, until the task ends.
pub async fn serve(
    listener: TcpListener,
    tls: SslAcceptor,
    root: Vec<u8>,
    origin: SocketAddr,
) -> Result<(), Error> {
    let root: Arc<[u8]> = root.into();
    let forwarding = Forwarding::none()
        .on_every_request(HeaderSet::cloudflare_worker())
        .on_every_request(HeaderSet::rfc9440());
    loop {
        let (stream, _) = listener.accept().await?;
        let (tls, root, forwarding) = (tls.clone(), Arc::clone(&root), forwarding.clone());
        tokio::spawn(async move {
            if let Err(error) = connection(tls, &root, stream, origin, forwarding).await {
                eprintln!("connection: {error}");
            }
        });
    }
}

async fn connection(
    tls: SslAcceptor,
    root: &[u8],
    stream: TcpStream,
    origin: SocketAddr,
    forwarding: Forwarding,
) -> Result<(), Error> {
    let stream = tokio_boring::accept(&tls, stream).await?;
    let state = ConnectionState::new(client_certificate(stream.ssl(), root)?, forwarding);
    let service = service_fn(|request| forward(request, origin, &state));
    server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
    Ok(())
}

async fn forward(
    mut request: Request<Incoming>,
    origin: SocketAddr,
    state: &ConnectionState,
) -> Result<Response<Incoming>, Error> {
    let claim = state.forward(request.headers_mut());
    let stream = TcpStream::connect(origin).await?;
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    claim.commit();
    Ok(response)
}
