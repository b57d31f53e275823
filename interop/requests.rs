//! Forwards the requests of one connection. This file is a module of both proxies, on OpenSSL and on BoringSSL.

use std::net::SocketAddr;
use std::sync::Arc;

use clients::Error;
use http_body_util::{Either, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, client, server};
use hyper_util::rt::TokioIo;
use tls_client_auth::hosts::{Decision, Handshake, Hosts, request_host};
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// A client's connection, with what decides on its requests.
pub struct Connection {
    hosts: Arc<Hosts>,
    handshake: Handshake,
    state: ConnectionState,
}

impl Connection {
    pub fn new(
        hosts: Arc<Hosts>,
        server_name: Option<&str>,
        client: ClientCertificate,
        forwarding: Forwarding,
    ) -> Self {
        let handshake = Handshake::new(server_name, client.clone());
        Self { hosts, handshake, state: ConnectionState::new(client, forwarding) }
    }

    /// Serves requests until the client closes the connection.
    pub async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        origin: SocketAddr,
    ) -> Result<(), Error> {
        let service = service_fn(|request| self.forward(request, origin));
        server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
        Ok(())
    }

    async fn forward(
        &self,
        mut request: Request<Incoming>,
        origin: SocketAddr,
    ) -> Result<Response<Either<Incoming, Empty<Bytes>>>, Error> {
        let Self { hosts, handshake, state } = self;
        let host = request_host(request.uri(), request.headers());
        let decision = hosts.decide(handshake.server_name(), host, handshake.client());
        if let Some(status) = decision.status() {
            let mut response = Response::new(Either::Right(Empty::new()));
            *response.status_mut() = StatusCode::from_u16(status)?;
            return Ok(response);
        }
        let claim = match decision {
            Decision::Forward => state.claim(),
            _ => state.withhold(),
        };
        claim.apply(request.headers_mut());
        let stream = TcpStream::connect(origin).await?;
        let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let response = sender.send_request(request).await?;
        claim.commit();
        Ok(response.map(Either::Left))
    }
}
