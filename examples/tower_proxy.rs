//! Both layers: a proxy with hyper's client in a [`ForwardLayer`], and an axum origin behind a [`ReceiveLayer`] that parses nginx's
//! headers.

#[path = "shared/mod.rs"]
mod shared;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Extension;
use axum::routing::get;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::UnixTime;
use tls_client_auth::http_body::StrippedBody;
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::tower::{Admission, Forward, ForwardLayer, ReceiveLayer};
use tls_client_auth::{ConnectionState, Forwarding, HeaderSet, Receiver, TlsClientAuth};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tower::util::MapResponse;
use tower::{Layer as _, ServiceExt as _};

use shared::{Result, Tls};

/// The origin: answers trusted clients with their name, and others with the verdict.
fn origin() -> Result<Router> {
    let who = async |auth: TlsClientAuth| auth.cert_subject_dn().to_owned();
    let verdict = async |Extension(auth): Extension<TlsClientAuth>| auth.cert_verified().to_owned();
    let sent = ["ssl-client-verify", "ssl-client-s-dn", "ssl-client-serial"];
    let receiver = Receiver::nginx().only(sent)?;
    Ok(Router::new()
        .route("/", get(who))
        .route("/verdict", get(verdict))
        .layer(ReceiveLayer::new(receiver, Admission::Any)))
}

/// The stripping layer is outermost. Inside, hyper's body is mapped to a type that the layer can create.
type Upstream = Forward<MapResponse<Client<HttpConnector, StrippedBody<Incoming>>, ToBody>>;
type ToBody = fn(Response<Incoming>) -> Response<Body>;

/// The proxy: every connection has a state, and every request a clone of it.
#[derive(Clone)]
struct Proxy {
    acceptor: TlsAcceptor,
    verifier: Arc<OptionalNoCa>,
    forwarding: Forwarding,
    upstream: Upstream,
    origin: u16,
}

impl Proxy {
    fn new(tls: &Tls, origin: u16) -> Self {
        let forwarding = Forwarding::none().on_every_request(HeaderSet::nginx());
        // Without a timer the client would never close an idle connection.
        let client =
            Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build_http();
        let to_body: ToBody = |response| response.map(Body::new);
        Self {
            acceptor: TlsAcceptor::from(tls.server.clone()),
            verifier: tls.verifier.clone(),
            upstream: ForwardLayer::new(forwarding.clone())
                .layer(MapResponse::new(client, to_body)),
            forwarding,
            origin,
        }
    }

    async fn serve(self, listener: TcpListener) -> Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(self.clone().connection(stream));
        }
    }

    async fn connection(self, stream: TcpStream) -> Result<()> {
        let stream = self.acceptor.accept(stream).await?;
        let certificates = stream.get_ref().1.peer_certificates();
        let client = self.verifier.client(certificates, UnixTime::now())?;
        let state = ConnectionState::new(client, self.forwarding.clone());
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(state.clone());
            self.clone().request(request)
        });
        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
        Ok(())
    }

    async fn request(self, mut request: Request<Incoming>) -> Result<Response<Body>> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = format!("http://127.0.0.1:{}{path}", self.origin).parse()?;
        Ok(self.upstream.oneshot(request).await?)
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let origin_port = listener.local_addr()?.port();
    tokio::spawn(axum::serve(listener, origin()?).into_future());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let tls = Tls::new()?;
    let clients = tls.clients.clone();
    tokio::spawn(Proxy::new(&tls, origin_port).serve(listener));

    let expected = [
        (StatusCode::OK, "CN=client.example", "SUCCESS"),
        (
            StatusCode::FORBIDDEN,
            "the client certificate is not accepted",
            "FAILED:unable to verify the first certificate",
        ),
        (StatusCode::FORBIDDEN, "a client certificate is required", "NONE"),
    ];
    for ((name, client), (status, text, verdict)) in clients.iter().zip(expected) {
        for (path, status, text) in [("/", status, text), ("/verdict", StatusCode::OK, verdict)] {
            let answer = shared::get(port, path, client).await?;
            println!("{name}, {path}: {} {}", answer.0.as_u16(), answer.1);
            assert_eq!(answer, (status, text.to_owned()), "{name}, {path}");
        }
    }
    println!("as expected");
    Ok(())
}
