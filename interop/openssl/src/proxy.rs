//! A proxy on OpenSSL that forwards the client's certificate. For the other parts of a proxy, such as hop-by-hop headers, see
//! `examples/mtls_proxy`.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use clients::{Authorities, Error};
use der::asn1::AnyRef;
use der::{Decode as _, Reader as _, SliceReader, Tag, TagNumber, Tagged as _};
use openssl::pkey::PKey;
use openssl::ssl::{
    NameType, SniError, Ssl, SslAcceptor, SslAlert, SslMethod, SslOptions, SslRef, SslSessionRef,
    SslVerifyMode,
};
use openssl::x509::X509;
use tls_client_auth::hosts::Hosts;
use tls_client_auth::{ClientCertificate, Dialect, Forwarding, HeaderSet, Verification};
use tokio::net::{TcpListener, TcpStream};
use tokio_openssl::SslStream;

use crate::requests::Connection;

/// Admits every client, like nginx's `optional_no_ca`; the origin receives OpenSSL's verification result.
pub fn acceptor(
    authorities: &Authorities,
    hosts: Arc<Hosts>,
    options: SslOptions,
) -> Result<SslAcceptor, Error> {
    let mut tls = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    tls.set_options(options);
    let key = PKey::private_key_from_pkcs8(&authorities.server_key)?;
    tls.set_certificate(X509::from_der(&authorities.server)?.as_ref())?;
    tls.set_private_key(&key)?;
    tls.cert_store_mut().add_cert(X509::from_der(&authorities.root)?)?;
    tls.set_verify(SslVerifyMode::NONE);
    tls.set_servername_callback(move |ssl, alert| {
        let name = ssl.servername(NameType::HOST_NAME).map(str::to_owned);
        // OpenSSL resumes a session before it calls this; in TLS 1.3 also a session of another host, which may not have asked for a
        // certificate, or verified it otherwise. In TLS 1.2, `name` is the session's.
        if ssl.session_reused() && ssl.session().and_then(session_host) != name {
            *alert = SslAlert::ACCESS_DENIED;
            return Err(SniError::ALERT_FATAL);
        }
        if !hosts.asks(name.as_deref()) {
            return Ok(());
        }
        // The result stays in `verify_result`. The client's signature is verified nevertheless.
        ssl.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
        Ok(())
    });
    // Without a session ID context, OpenSSL fails if a client with a certificate resumes its session.
    tls.set_session_id_context(b"proxy")?;
    Ok(tls.build())
}

/// The server name of a session: the field `[6]` of OpenSSL's encoding of a session.
fn session_host(session: &SslSessionRef) -> Option<String> {
    let der = session.to_der().ok()?;
    let mut fields = SliceReader::new(AnyRef::from_der(&der).ok()?.value()).ok()?;
    while !fields.is_finished() {
        let field = AnyRef::decode(&mut fields).ok()?;
        if field.tag() == (Tag::ContextSpecific { constructed: true, number: TagNumber(6) }) {
            let name = AnyRef::from_der(field.value()).ok()?;
            return String::from_utf8(name.value().to_vec()).ok();
        }
    }
    None
}

/// The client of a finished handshake.
///
/// A resumed session repeats the first result, although the certificate may have expired since. A long-running proxy must not resume
/// sessions, or must verify again.
pub fn client_certificate(tls: &SslRef) -> Result<ClientCertificate, Error> {
    // Without a certificate, `verify_result` is `X509_V_OK` too.
    let Some(leaf) = tls.peer_certificate() else { return Ok(ClientCertificate::none()) };
    let code = tls.verify_result().as_raw();
    // A server gets the chain without the leaf, as sent, and none on a resumed session.
    let chain = tls.peer_cert_chain().into_iter().flatten().map(|certificate| certificate.to_der());
    // A resumed session has no verified chain either; then the issuer's facts come from the leaf.
    let issuer = tls.verified_chain().and_then(|chain| chain.get(1)?.to_der().ok());
    Ok(ClientCertificate::presented(
        leaf.to_der()?,
        Verification::from_code(code, Dialect::OpenSsl),
    )
    .chain(chain.collect::<Result<Vec<_>, _>>()?)
    .verified_issuer(issuer.unwrap_or_default())
    .dialect(Dialect::OpenSsl))
}

/// Serves clients until the task ends.
pub async fn serve(
    listener: TcpListener,
    tls: SslAcceptor,
    origin: SocketAddr,
    hosts: Arc<Hosts>,
) -> Result<(), Error> {
    let forwarding = Forwarding::none()
        .on_every_request(HeaderSet::nginx())
        .on_every_request(HeaderSet::rfc9440());
    loop {
        let (stream, _) = listener.accept().await?;
        let (ssl, forwarding) = (Ssl::new(tls.context())?, forwarding.clone());
        let hosts = Arc::clone(&hosts);
        tokio::spawn(async move {
            if let Err(error) = connection(ssl, stream, origin, forwarding, hosts).await {
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
    hosts: Arc<Hosts>,
) -> Result<(), Error> {
    let mut stream = SslStream::new(ssl, stream)?;
    Pin::new(&mut stream).accept().await?;
    let client = client_certificate(stream.ssl())?;
    // On a resumed session of TLS 1.2, the session's server name.
    let server_name = stream.ssl().servername(NameType::HOST_NAME);
    Connection::new(hosts, server_name, client, forwarding).serve(stream, origin).await
}
