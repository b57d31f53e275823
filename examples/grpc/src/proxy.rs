//! The proxy: TLS and HTTP/2 in front, tonic's channel behind, [`ForwardLayer`] between them.

use std::net::SocketAddr;

use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::CertificateDer;
use tls_client_auth::http_body::StrippedBody;
use tls_client_auth::tower::ForwardLayer;
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::Response;
use tonic::transport::{Channel, Endpoint};
use tower::ServiceBuilder;

use crate::Result;
use crate::certificates::Tls;

#[derive(Clone)]
pub(crate) struct Proxy {
    acceptor: TlsAcceptor,
    root: CertificateDer<'static>,
    forwarding: Forwarding,
    origin: Channel,
}

impl Proxy {
    pub(crate) fn new(tls: &Tls, origin: SocketAddr) -> Result<Self> {
        Ok(Self {
            acceptor: TlsAcceptor::from(tls.server.clone()),
            root: tls.root.clone(),
            forwarding: Forwarding::none().on_every_request(HeaderSet::nginx()),
            origin: Endpoint::from_shared(format!("http://{origin}"))?.connect_lazy(),
        })
    }

    pub(crate) async fn serve(self, listener: TcpListener) -> Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(self.clone().connection(stream));
        }
    }

    async fn connection(self, stream: TcpStream) -> Result<()> {
        let stream = self.acceptor.accept(stream).await?;
        let certificates = stream.get_ref().1.peer_certificates();
        let client = ClientCertificate::from_verified_chain(certificates)?;
        let client = client.verified_issuer_among([self.root]);
        let state = ConnectionState::new(client, self.forwarding.clone());
        let service = ServiceBuilder::new()
            .map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(state.clone());
                request
            })
            // Outside of the layer, which has to see that nothing was answered.
            .map_result(|answer| Ok::<_, tonic::transport::Error>(or_unavailable(answer)))
            .layer(ForwardLayer::new(self.forwarding))
            .map_request(|request: Request<StrippedBody<Incoming>>| request.map(Body::new))
            .service(self.origin);
        auto::Builder::new(TokioExecutor::new())
            .http2_only()
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
            .await
    }
}

/// An outage as a gRPC status.
fn or_unavailable(answer: Result<Response<Body>, tonic::transport::Error>) -> Response<Body> {
    answer.unwrap_or_else(|_| Status::unavailable("the origin does not answer").into_http())
}
