//! The proxy: one state for each TLS connection, one claim for each request.

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Server;
use actix_web::http::header::CONNECTION;
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, error, web};
use std::net::{SocketAddr, TcpListener};
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet};

use crate::Result;
use crate::certificates::Tls;
use crate::headers::Headers;

#[derive(Clone)]
struct Proxy {
    origin: SocketAddr,
    forwarding: Forwarding,
}

/// Serves the same over TLS and without it.
pub(crate) fn start(
    tls: &Tls,
    secure: TcpListener,
    cleartext: TcpListener,
    origin: SocketAddr,
) -> Result<Server> {
    let forwarding = Forwarding::none().on_every_request(HeaderSet::envoy());
    let (root, every) = (tls.root.clone(), forwarding.clone());
    let app = move || {
        let proxy = Proxy { origin, forwarding: forwarding.clone() };
        let client = awc::Client::builder().no_default_headers().finish();
        App::new()
            .app_data(web::Data::new(proxy))
            .app_data(web::Data::new(client))
            .default_service(web::to(forward))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        // Must be set before `listen`, which uses it.
        .on_connect(move |connection, extensions| {
            let Some(tls) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
            let client =
                ClientCertificate::from_verified_chain(tls.get_ref().1.peer_certificates());
            let client = client.unwrap_or_else(|_| ClientCertificate::none());
            let client = client.verified_issuer_among([&root]);
            extensions.insert(ConnectionState::new(client, every.clone()));
        })
        .listen_rustls_0_23(secure, tls.server.clone())?
        .listen(cleartext)?;
    Ok(server.run())
}

async fn forward(
    request: HttpRequest,
    body: web::Payload,
    proxy: web::Data<Proxy>,
    client: web::Data<awc::Client>,
) -> Result<HttpResponse, error::Error> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let mut upstream =
        client.request(request.method().clone(), format!("http://{}{path}", proxy.origin));
    // Not with `Client::request_from`, which keeps only one line of each name.
    for (name, value) in request.headers() {
        upstream = upstream.append_header((name, value));
    }
    let claim = proxy.forwarding.claim(request.conn_data());
    claim.apply(&mut Headers(upstream.headers_mut()));
    let answer = upstream.send_stream(body).await.map_err(error::ErrorBadGateway)?;
    claim.commit();
    let mut response = HttpResponse::build(answer.status());
    for (name, value) in answer.headers().iter().filter(|(name, _)| *name != CONNECTION) {
        response.append_header((name, value));
    }
    Ok(response.streaming(answer))
}
