//! A proxy on BoringSSL that tells its origin who the client is. What else a proxy does, with hop-by-hop headers for one, is in
//! `examples/mtls_proxy`.

use std::net::SocketAddr;
use std::sync::Arc;

use boring::pkey::PKey;
use boring::ssl::{
    NameType, SelectCertError, SslAcceptor, SslAcceptorBuilder, SslMethod, SslRef, SslVerifyMode,
};
use boring::x509::X509;
use clients::{Authorities, Error};
use tls_client_auth::hosts::Hosts;
use tls_client_auth::{ClientCertificate, Dialect, Forwarding, HeaderSet, Verification};
use tokio::net::{TcpListener, TcpStream};

use crate::requests::Connection;

/// As Cloudflare: every client gets in, and the origin is told what BoringSSL said.
pub fn acceptor(authorities: &Authorities, hosts: Arc<Hosts>) -> Result<SslAcceptor, Error> {
    let asking = context(authorities)?.build();
    let mut tls = context(authorities)?;
    tls.set_session_id_context(b"plain")?;
    // Before BoringSSL looks for a session to resume, which the servername callback is not.
    tls.set_select_certificate_callback(move |mut hello| {
        let asks = hosts.asks(hello.servername(NameType::HOST_NAME));
        let ssl = hello.ssl_mut();
        if asks {
            // With its own identifier for sessions, so that it resumes none of a host that does not ask.
            ssl.set_ssl_context(asking.context()).map_err(|_| SelectCertError::ERROR)?;
            // The reason stays behind in `verify_result`; that the client holds the key is checked all the same.
            ssl.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
        }
        Ok(())
    });
    Ok(tls.build())
}

/// The proxy's certificate and the CA of its clients.
fn context(authorities: &Authorities) -> Result<SslAcceptorBuilder, Error> {
    let mut tls = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls())?;
    let key = PKey::private_key_from_pkcs8(&authorities.server_key)?;
    tls.set_certificate(X509::from_der(&authorities.server)?.as_ref())?;
    tls.set_private_key(&key)?;
    tls.cert_store_mut().add_cert(X509::from_der(&authorities.root)?)?;
    tls.set_session_id_context(b"asking")?;
    Ok(tls)
}

/// What the handshake said of the client, also a resumed one. `root` is the CA's certificate: BoringSSL does not give out the chain
/// that it verified. A resumed session repeats what the first said, though the certificate may have expired since: a proxy that is left
/// running resumes no sessions, or verifies again.
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
    hosts: Arc<Hosts>,
) -> Result<(), Error> {
    let root: Arc<[u8]> = root.into();
    let forwarding = Forwarding::none()
        .on_every_request(HeaderSet::cloudflare_worker())
        .on_every_request(HeaderSet::rfc9440());
    loop {
        let (stream, _) = listener.accept().await?;
        let (tls, root, forwarding) = (tls.clone(), Arc::clone(&root), forwarding.clone());
        let hosts = Arc::clone(&hosts);
        tokio::spawn(async move {
            if let Err(error) = connection(tls, &root, stream, origin, forwarding, hosts).await {
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
    hosts: Arc<Hosts>,
) -> Result<(), Error> {
    let stream = tokio_boring::accept(&tls, stream).await?;
    let client = client_certificate(stream.ssl(), root)?;
    let server_name = stream.ssl().servername(NameType::HOST_NAME);
    Connection::new(hosts, server_name, client, forwarding).serve(stream, origin).await
}
