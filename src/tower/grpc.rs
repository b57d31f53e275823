//! Rejections as gRPC responses.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");

/// Whether a request with these headers is gRPC: a content type of `application/grpc`, with or without a format.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    match content_type.split_at_checked(GRPC.len()) {
        Some((begin, rest)) => {
            begin.eq_ignore_ascii_case(GRPC.as_bytes())
                && matches!(rest, [] | [b'+' | b';' | b' ', ..])
        }
        None => false,
    }
}

/// gRPC's Trailers-Only response: the HTTP status is 200, and the gRPC status is among the headers.
///
/// The message is printable ASCII without `%`, so it needs no escapes.
pub(super) fn refusal<R: Default>(code: u8, message: &'static str) -> Response<R> {
    let mut response = Response::new(R::default());
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, GRPC);
    headers.insert(STATUS, HeaderValue::from(u16::from(code)));
    headers.insert(MESSAGE, HeaderValue::from_static(message));
    response
}
