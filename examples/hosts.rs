//! A proxy with three hosts: one that does not ask for a certificate, one that asks, one that enforces it and forwards it.
//!
//! The ClientHello's server name selects the TLS configuration. [`EnforceLayer`] answers 403 and 421 and logs the reason;
//! [`ForwardLayer`] strips every request and forwards the certificate according to the decision. The program fails if an answer is not as
//! expected.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode, client, server};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::{Acceptor, NoClientAuth, WebPkiClientVerifier};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tls_client_auth::hosts::{AuthStatus, Decision, Handshake, Hosts};
use tls_client_auth::http_body::StrippedBody;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::tower::{EnforceLayer, ForwardLayer};
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{LazyConfigAcceptor, TlsConnector};
use tower::{ServiceBuilder, service_fn};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A body of Cloudflare's API.
const ASSOCIATION: &str = r#"{"hostnames":["asks.example.com","api.example.com"]}"#;
const NAMES: [&str; 3] = ["www.example.com", "asks.example.com", "api.example.com"];

struct Proxy {
    hosts: Arc<Hosts>,
    /// For hosts that don't ask, and for those that do. Each has a session store of its own.
    plain: Arc<ServerConfig>,
    asking: Arc<ServerConfig>,
    verifier: Arc<OptionalNoCa>,
    forwarding: Forwarding,
}

impl Proxy {
    async fn connection(&self, stream: TcpStream) -> Result<()> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let asks = self.hosts.asks(hello.client_hello().server_name());
        let config = if asks { &self.asking } else { &self.plain };
        let stream = hello.into_stream(Arc::clone(config)).await?;

        let tls = stream.get_ref().1;
        let client = match asks {
            true => self.verifier.client(tls.peer_certificates(), UnixTime::now())?,
            false => ClientCertificate::none(),
        };
        let handshake = Handshake::new(tls.server_name(), client.clone());
        let state = ConnectionState::new(client, self.forwarding.clone());
        let service = ServiceBuilder::new()
            .map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(handshake.clone());
                request.extensions_mut().insert(state.clone());
                request
            })
            .layer(EnforceLayer::new(Arc::clone(&self.hosts), answer))
            .layer(ForwardLayer::new(self.forwarding.clone()))
            .service(service_fn(origin));
        let service = TowerToHyperService::new(service);
        server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
        Ok(())
    }
}

/// The body of an answer; the reason is only logged.
fn answer(request: &Parts, decision: Decision) -> Full<Bytes> {
    let handshake = request.extensions.get::<Handshake>();
    let status = handshake.map(|it| AuthStatus::of(it.client()));
    let reason = match decision {
        Decision::Refuse(reason) => reason.text(),
        _ => "the handshake was for another host",
    };
    println!("  log: {reason}; client {}", status.map_or("unknown", AuthStatus::as_str));
    Full::from("refused\n")
}

/// An origin that answers with the certificate's digest, if the request has one.
async fn origin(
    request: Request<StrippedBody<Incoming>>,
) -> std::result::Result<Response<Full<Bytes>>, Infallible> {
    let digest = request.headers().get("cf-client-cert-sha256");
    let text = digest.map_or("no certificate", |_| "a certificate");
    Ok(Response::new(Full::from(text)))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let (proxy, clients) = set_up()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let proxy = Arc::new(proxy);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let proxy = Arc::clone(&proxy);
            tokio::spawn(async move {
                if let Err(error) = proxy.connection(stream).await {
                    println!("  connection: {error}");
                }
            });
        }
    });

    let [www, asks, api] = NAMES;
    let [nobody, known, stranger] = &clients;
    let cases = [
        (nobody, www, www, 200, "no certificate"),
        (known, www, www, 200, "no certificate"),
        (nobody, asks, asks, 200, "no certificate"),
        (known, asks, asks, 200, "no certificate"),
        (nobody, api, api, 403, "refused\n"),
        (stranger, api, api, 403, "refused\n"),
        (known, api, api, 200, "a certificate"),
        (known, api, "API.example.com.:443", 200, "a certificate"),
        (known, asks, api, 200, "a certificate"),
        (known, www, api, 421, "refused\n"),
        (known, api, "api.example.com/", 421, "refused\n"),
    ];
    for ((name, config), server_name, host, status, body) in cases {
        println!("{name}, connected to {server_name}, requests {host}");
        let answer = get(address, config, server_name, host).await?;
        println!("  {} {:?}", answer.0, answer.1);
        if (answer.0.as_u16(), answer.1.as_str()) != (status, body) {
            return Err(format!("not {status} {body:?}").into());
        }
    }
    Ok(())
}

type Client = (&'static str, Arc<ClientConfig>);

/// A server, its CA, and three clients: without a certificate, with one of the CA, with one of another.
fn set_up() -> Result<(Proxy, [Client; 3])> {
    let (root, issuer) = authority("Example CA")?;
    let (_, unknown) = authority("Unknown CA")?;
    let mut roots = RootCertStore::empty();
    roots.add(root)?;
    let roots = Arc::new(roots);
    let provider = Arc::new(ring::default_provider());
    let inner =
        WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider));
    let verifier = Arc::new(OptionalNoCa::new(inner.build()?));
    let server = || {
        ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
    };
    let (chain, key) = leaf(&NAMES, &issuer)?;
    let asking = server()?
        .with_client_cert_verifier(verifier.clone())
        .with_single_cert(chain.clone(), key.clone_key())?;
    let plain =
        server()?.with_client_cert_verifier(Arc::new(NoClientAuth)).with_single_cert(chain, key)?;
    let client = |identity: Option<Identity>| {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(Arc::clone(&roots));
        match identity {
            Some((chain, key)) => builder.with_client_auth_cert(chain, key).map(Arc::new),
            None => Ok(Arc::new(builder.with_no_client_auth())),
        }
    };
    let clients = [
        ("without a certificate", client(None)?),
        ("of the CA", client(Some(leaf(&["client.example"], &issuer)?))?),
        ("of another CA", client(Some(leaf(&["stranger.example"], &unknown)?))?),
    ];
    let hosts = Hosts::new()
        .associate(serde_json::from_str(ASSOCIATION)?)?
        .enforce(["api.example.com"])?
        .forward(["api.example.com"])?;
    let proxy = Proxy {
        hosts: Arc::new(hosts),
        plain: Arc::new(plain),
        asking: Arc::new(asking),
        verifier,
        forwarding: Forwarding::none().on_every_request(HeaderSet::cloudflare()),
    };
    Ok((proxy, clients))
}

fn authority(name: &str) -> Result<(CertificateDer<'static>, Issuer<'static, KeyPair>)> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate()?;
    Ok((params.self_signed(&key)?.der().clone(), Issuer::new(params, key)))
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn leaf(names: &[&str], issuer: &Issuer<'static, KeyPair>) -> Result<Identity> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let params = CertificateParams::new(names)?;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
}

/// One request on a new connection: the answer's status and text. It tries to forge what the origin trusts.
async fn get(
    proxy: SocketAddr,
    config: &Arc<ClientConfig>,
    server_name: &'static str,
    host: &str,
) -> Result<(StatusCode, String)> {
    let stream = TcpStream::connect(proxy).await?;
    let name = ServerName::try_from(server_name)?;
    let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get("/").header("Host", host).header("Cf-Client-Cert-Sha256", "forged");
    let response = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}
