//! Feature `http`: the host of a request.

use http::header::{HOST, HeaderMap};
use http::uri::Uri;

use super::name::Host;

/// Returns the host of a request: its target's authority (`:authority` in HTTP/2), or else its `Host`.
///
/// The result is empty if the request does not name exactly one host: no host at all, several `Host` lines, or a `Host` that differs
/// from the target's. [`Hosts::decide`](super::Hosts::decide) answers an empty host with 421.
///
/// ```
/// use http::{HeaderMap, Uri};
/// use tls_client_auth::hosts::request_host;
///
/// let headers = HeaderMap::from_iter([(http::header::HOST, "api.example.com".parse()?)]);
/// assert_eq!(request_host(&Uri::from_static("/"), &headers), "api.example.com");
/// assert_eq!(request_host(&Uri::from_static("https://www.example.com/"), &headers), "");
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
#[must_use]
pub fn request_host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> &'r str {
    let mut lines = headers.get_all(HOST).iter();
    let (stated, again) = (lines.next(), lines.next());
    let stated = stated.map(|line| line.to_str().unwrap_or_default());
    match (uri.authority().map(|authority| authority.as_str()), stated, again) {
        (Some(host), None, None) | (None, Some(host), None) => host,
        (Some(target), Some(stated), None) => {
            match (Host::of_request(target), Host::of_request(stated)) {
                (Some(one), Some(other)) if one == other => target,
                _ => "",
            }
        }
        _ => "",
    }
}
