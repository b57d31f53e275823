//! The origin: identifies the client from Envoy's `x-forwarded-client-cert`, once by a regular expression as in many services, and once
//! by the crate.

use std::future::{Ready, ready};
use std::net::TcpListener;

use actix_web::dev::{Payload, Server};
use actix_web::http::header::HeaderMap;
use actix_web::{App, FromRequest, HttpRequest, HttpServer, error, web};
use regex_lite::Regex;
use tls_client_auth::{Receiver, TlsClientAuth, Unstated};

use crate::Result;
use crate::headers::Headers;

pub(crate) fn start(listener: TcpListener) -> Result<Server> {
    let app = || {
        App::new()
            // Envoy sends no verdict: it closes the connections of clients that it does not trust.
            .app_data(web::Data::new(Receiver::envoy(Unstated::Verified)))
            .route("/by-regex", web::get().to(by_regex))
            .default_service(web::to(by_receiver))
    };
    Ok(HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run())
}

/// Before: the subject precedes the URI, and a client can choose text in both.
async fn by_regex(request: HttpRequest) -> String {
    uri(request.headers()).unwrap_or_else(|| "nobody".to_owned())
}

fn uri(headers: &HeaderMap) -> Option<String> {
    let header = headers.get("x-forwarded-client-cert")?.to_str().ok()?;
    let expression = Regex::new(r#"URI=([^;,"]+)"#).ok()?;
    Some(expression.captures(header)?.get(1)?.as_str().to_owned())
}

/// After: the URI of the certificate itself.
async fn by_receiver(Client(auth): Client) -> String {
    let certificate = auth.certificate().ok();
    let uri = certificate.and_then(|certificate| certificate.spiffe_id().map(ToOwned::to_owned));
    uri.unwrap_or_else(|| "no SPIFFE ID".to_owned())
}

/// Extracts a client that the proxy verified; answers 400 for invalid headers, 403 for other clients.
struct Client(TlsClientAuth);

impl FromRequest for Client {
    type Error = error::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let receiver = request.app_data::<web::Data<Receiver>>();
        let Some(receiver) = receiver else {
            return ready(Err(error::ErrorInternalServerError("no receiver")));
        };
        ready(match receiver.receive(&Headers(request.headers())) {
            Ok(auth) if auth.is_trusted() => Ok(Self(auth)),
            Ok(_) => Err(error::ErrorForbidden("a client certificate is required")),
            Err(error) => Err(error::ErrorBadRequest(error.to_string())),
        })
    }
}
