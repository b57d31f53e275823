//! Shared parts of the examples: a temporary CA with a server and clients, and a client's request.

use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tls_client_auth::rustls::OptionalNoCa;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Both sides of TLS.
pub(crate) struct Tls {
    pub(crate) server: Arc<ServerConfig>,
    pub(crate) verifier: Arc<OptionalNoCa>,
    /// Of the CA that the server knows, of one that it does not know, and without a certificate.
    pub(crate) clients: [(&'static str, Arc<ClientConfig>); 3],
}

impl Tls {
    pub(crate) fn new() -> Result<Self> {
        let (root, issuer) = authority("Example CA")?;
        let (_, unknown) = authority("Unknown CA")?;
        let mut roots = RootCertStore::empty();
        roots.add(root.clone())?;
        let roots = Arc::new(roots);
        let provider = Arc::new(ring::default_provider());
        let inner =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider));
        let verifier = Arc::new(OptionalNoCa::new(inner.build()?).authorities([root]));
        let (chain, key) = leaf("localhost", &issuer)?;
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier.clone())
            .with_single_cert(chain, key)?;
        let client = || {
            ClientConfig::builder_with_provider(Arc::clone(&provider))
                .with_safe_default_protocol_versions()
                .map(|builder| builder.with_root_certificates(Arc::clone(&roots)))
        };
        let (chain, key) = leaf("client.example", &issuer)?;
        let known = client()?.with_client_auth_cert(chain, key)?;
        let (chain, key) = leaf("stranger.example", &unknown)?;
        let stranger = client()?.with_client_auth_cert(chain, key)?;
        let nobody = client()?.with_no_client_auth();
        let clients = [("known", known), ("stranger", stranger), ("nobody", nobody)];
        let clients = clients.map(|(name, config)| (name, Arc::new(config)));
        Ok(Self { server: Arc::new(server), verifier, clients })
    }
}

fn authority(name: &str) -> Result<(CertificateDer<'static>, Issuer<'static, KeyPair>)> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate()?;
    Ok((params.self_signed(&key)?.der().clone(), Issuer::new(params, key)))
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn leaf(name: &str, issuer: &Issuer<'static, KeyPair>) -> Result<Identity> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
}

/// One request on a new connection: the answer's status and text. It tries to forge what the origin trusts.
pub(crate) async fn get(
    port: u16,
    path: &str,
    config: &Arc<ClientConfig>,
) -> Result<(StatusCode, String)> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let name = ServerName::try_from("localhost")?;
    let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
    request(TokioIo::new(stream), path).await
}

/// The same on an existing connection.
pub(crate) async fn request(
    stream: impl hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
    path: &str,
) -> Result<(StatusCode, String)> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
    tokio::spawn(connection);
    let request = Request::get(path)
        .header("Host", "localhost")
        .header("ssl-client-verify", "SUCCESS")
        .header("SSL_Client_S_DN", "CN=forged");
    let response = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}
