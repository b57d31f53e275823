//! A proxy on BoringSSL that forwards the client's certificate. For the other parts of a proxy, such as hop-by-hop headers, see
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

/// Admits every client, like Cloudflare; the origin receives BoringSSL's verification result.
pub fn acceptor(authorities: &Authorities, hosts: Arc<Hosts>) -> Result<SslAcceptor, Error> {
    let asking = context(authorities)?.build();
    let mut tls = context(authorities)?;
    tls.set_session_id_context(b"plain")?;
    // This callback runs before BoringSSL looks for a session to resume; the servername callback runs after it.
    tls.set_select_certificate_callback(move |mut hello| {
        let asks = hosts.asks(hello.servername(NameType::HOST_NAME));
        let ssl = hello.ssl_mut();
        if asks {
            // The context has its own session ID context, so that it resumes no session of a host that does not ask.
            ssl.set_ssl_context(asking.context()).map_err(|_| SelectCertError::ERROR)?;
            // The result stays in `verify_result`. The client's signature is verified nevertheless.
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

/// The client of a finished handshake. `root` is the CA's certificate, because BoringSSL does not return the verified chain.
///
/// A resumed session repeats the first result, although the certificate may have expired since. A long-running proxy must not resume
/// sessions, or must verify again.
pub fn client_certificate(tls: &SslRef, root: &[u8]) -> Result<ClientCertificate, Error> {
    // Without a certificate, `verify_result` is `X509_V_OK` too.
    let Some(leaf) = tls.peer_certificate() else { return Ok(ClientCertificate::none()) };
    let code = tls.verify_result().map_or_else(|error| error.as_raw(), |()| 0);
    // A server gets the chain without the leaf, as sent, also on a resumed session.
    let chain = tls.peer_cert_chain().into_iter().flatten().map(|certificate| certificate.to_der());
    Ok(ClientCertificate::presented(
        leaf.to_der()?,
        Verification::from_code(code, Dialect::BoringSsl),
    )
    .chain(chain.collect::<Result<Vec<_>, _>>()?)
    .verified_issuer_among([root])
    .dialect(Dialect::BoringSsl))
}

/// Serves clients until the task ends.
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
