//! `axum::serve` with TLS: handlers get the client from the handshake, without a proxy.

#[path = "shared/mod.rs"]
mod shared;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{Extension, Request};
use axum::middleware::map_request;
use axum::routing::get;
use axum::serve::{IncomingStream, Listener};
use rustls::pki_types::UnixTime;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{ClientCertificate, TlsClientAuth};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use shared::{Result, Tls};

/// Connections after their handshake. Handshakes run concurrently, so a slow one does not delay the others.
struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<(Accepted, SocketAddr)>,
}

type Accepted = TlsStream<TcpStream>;

impl TlsListener {
    fn new(listener: TcpListener, acceptor: TlsAcceptor) -> Result<Self> {
        let address = listener.local_addr()?;
        let (done, ready) = mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                let Ok((stream, peer)) = listener.accept().await else {
                    // For example, out of file descriptors: temporary.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                };
                let (acceptor, done) = (acceptor.clone(), done.clone());
                tokio::spawn(async move {
                    // A failed handshake ends the connection; a failed send means that the server has stopped.
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let _ = done.send((stream, peer)).await;
                    }
                });
            }
        });
        Ok(Self { address, ready })
    }
}

impl Listener for TlsListener {
    type Io = Accepted;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Accepted, SocketAddr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// The certificates of a connection; axum puts them into each of its requests.
#[derive(Clone)]
struct Peer(Option<Arc<[rustls::pki_types::CertificateDer<'static>]>>);

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(stream.io().get_ref().1.peer_certificates().map(Into::into))
    }
}

/// Adds the record that the extractors look for.
async fn authenticate(
    ConnectInfo(Peer(certificates)): ConnectInfo<Peer>,
    Extension(verifier): Extension<Arc<OptionalNoCa>>,
    mut request: Request,
) -> Request {
    let client = verifier.client(certificates.as_deref(), UnixTime::now());
    // A raw public key is not a certificate.
    let client = client.unwrap_or_else(|_| ClientCertificate::none());
    request.extensions_mut().insert(TlsClientAuth::new(&client));
    request
}

async fn who(auth: TlsClientAuth) -> String {
    format!("{} with serial number {}", auth.cert_subject_dn(), auth.cert_serial())
}

/// Returns the verdict, also for clients that are not trusted.
async fn verdict(Extension(auth): Extension<TlsClientAuth>) -> String {
    auth.cert_verified().to_owned()
}

#[tokio::main]
async fn main() -> Result<()> {
    let Tls { server, verifier, clients } = Tls::new()?;
    let app = Router::new()
        .route("/", get(who))
        .route("/verdict", get(verdict))
        .layer(map_request(authenticate))
        .layer(Extension(verifier));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let listener = TlsListener::new(listener, TlsAcceptor::from(server))?;
    let port = listener.local_addr()?.port();
    let app = app.into_make_service_with_connect_info::<Peer>();
    tokio::spawn(axum::serve(listener, app).into_future());

    let expected = [
        (200, "CN=client.example with serial number ", "SUCCESS"),
        (
            403,
            "the client certificate is not accepted",
            "FAILED:unable to verify the first certificate",
        ),
        (403, "a client certificate is required", "NONE"),
    ];
    for ((name, client), (status, text, verdict)) in clients.iter().zip(expected) {
        let answer = shared::get(port, "/", client).await?;
        println!("{name}: {} {}", answer.0.as_u16(), answer.1);
        assert!(answer.0 == status && answer.1.starts_with(text), "{name}");
        let answer = shared::get(port, "/verdict", client).await?;
        println!("{name}: {} {}", answer.0.as_u16(), answer.1);
        assert_eq!((answer.0.as_u16(), answer.1.as_str()), (200, verdict), "{name}");
    }
    println!("as expected");
    Ok(())
}
