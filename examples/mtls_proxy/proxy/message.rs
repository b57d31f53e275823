//! The parts of message handling that every HTTP proxy needs.

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::uri::Authority;
use hyper::{Request, Response, StatusCode};
use tls_client_auth::hosts::request_host;

pub type Body = BoxBody<Bytes, hyper::Error>;

/// `:authority`, the target's, or `Host`; `None` unless it is one host (RFC 9112 §3.2).
pub fn host<B>(request: &Request<B>) -> Option<Authority> {
    request_host(request.uri(), request.headers()).parse().ok()
}

/// Removes hop-by-hop headers (RFC 9110 §7.6.1). Those that the client listed in `Connection` are already removed.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    const HOP_BY_HOP: [HeaderName; 9] = [
        header::CONNECTION,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::TE,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        HeaderName::from_static("http2-settings"),
        HeaderName::from_static("keep-alive"),
        HeaderName::from_static("proxy-connection"),
    ];
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

/// Removes the headers that the origin listed in `Connection`, which are for the proxy only.
pub fn remove_listed(headers: &mut HeaderMap) {
    let listed: Vec<HeaderName> = options(headers, header::CONNECTION)
        .filter_map(|name| HeaderName::from_bytes(name).ok())
        // Removing the length would change the message's framing.
        .filter(|name| *name != header::CONTENT_LENGTH)
        .collect();
    for name in listed {
        headers.remove(name);
    }
}

/// The members of a header's comma-separated lists.
pub fn options(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(name).into_iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// Joins cookies into one line for HTTP/1.1; HTTP/2 may split them (RFC 9113 §8.2.3).
pub fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(header::COOKIE).iter().nth(1).is_some() {
        let lines: Vec<&[u8]> =
            headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
        // Header values joined by `; ` are always a header value.
        if let Ok(line) = HeaderValue::from_bytes(&lines.join(&b"; "[..])) {
            headers.insert(header::COOKIE, line);
        }
    }
}

pub fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed()
}

pub fn answer(status: StatusCode) -> Response<Body> {
    let text = format!("{status}\n");
    let mut response = Response::new(Full::from(text).map_err(|never| match never {}).boxed());
    *response.status_mut() = status;
    response
}
