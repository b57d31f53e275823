//! A proxy on OpenSSL that tells its origin who the client is. What else a proxy does, with hop-by-hop headers for one, is in
//! `examples/mtls_proxy`.

use std::net::SocketAddr;
use std::pin::Pin;

use clients::{Authorities, Error};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, client, server};
use hyper_util::rt::TokioIo;
use openssl::pkey::PKey;
use openssl::ssl::{Ssl, SslAcceptor, SslMethod, SslRef, SslVerifyMode};
use openssl::x509::X509;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Dialect, Forwarding, HeaderSet, Verification,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_openssl::SslStream;

/// As nginx's `optional_no_ca`: every client gets in, and the origin is told what OpenSSL said.
pub fn acceptor(authorities: &Authorities) -> Result<SslAcceptor, Error> {
    let mut tls = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    let key = PKey::private_key_from_pkcs8(&authorities.server_key)?;
    tls.set_certificate(X509::from_der(&authorities.server)?.as_ref())?;
    tls.set_private_key(&key)?;
    tls.cert_store_mut().add_cert(X509::from_der(&authorities.root)?)?;
    // The reason stays behind in `verify_result`; that the client holds the key is checked all the same.
    tls.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
    // Without a name for them, OpenSSL fails where a client with a certificate comes back with its session.
    tls.set_session_id_context(b"proxy")?;
    Ok(tls.build())
}

/// What the handshake said of the client, also a resumed one.
pub fn client_certificate(tls: &SslRef) -> Result<ClientCertificate, Error> {
    // A handshake without a certificate leaves `X509_V_OK` behind too.
    let Some(leaf) = tls.peer_certificate() else { return Ok(ClientCertificate::none()) };
    let code = tls.verify_result().as_raw();
    // A server gets it without the leaf, in the order sent; and not at all on a resumed session.
    let chain = tls.peer_cert_chain().into_iter().flatten().map(|certificate| certificate.to_der());
    // Nor the chain that was verified: then the leaf alone says who issued it.
    let issuer = tls.verified_chain().and_then(|chain| chain.get(1)?.to_der().ok());
    Ok(ClientCertificate::presented(
        leaf.to_der()?,
        Verification::from_code(code, Dialect::OpenSsl),
    )
    .chain(chain.collect::<Result<Vec<_>, _>>()?)
    .verified_issuer(issuer.unwrap_or_default())
    .dialect(Dialect::OpenSsl))
}

/// One client after the other, until the task ends.
pub async fn serve(
    listener: TcpListener,
    tls: SslAcceptor,
    origin: SocketAddr,
) -> Result<(), Error> {
    let forwarding = Forwarding::none()
        .on_every_request(HeaderSet::nginx())
        .on_every_request(HeaderSet::rfc9440());
    loop {
        let (stream, _) = listener.accept().await?;
        let (ssl, forwarding) = (Ssl::new(tls.context())?, forwarding.clone());
        tokio::spawn(async move {
            if let Err(error) = connection(ssl, stream, origin, forwarding).await {
                eprintln!("connection: {error}");
            }
        });
    }
}

async fn connection(
    ssl: Ssl,
    stream: TcpStream,
    origin: SocketAddr,
    forwarding: Forwarding,
) -> Result<(), Error> {
    let mut stream = SslStream::new(ssl, stream)?;
    Pin::new(&mut stream).accept().await?;
    let state = ConnectionState::new(client_certificate(stream.ssl())?, forwarding);
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
