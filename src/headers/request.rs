//! Access to a request's headers: a receiver reads them, a claim also changes them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::HeaderLine;

/// Reads the header lines of a request: names and values as bytes.
///
/// Implemented for lists of pairs and, with feature `http`, for `http::HeaderMap`. An implementation must visit:
///
/// - every line, also one with a name that was visited before: joining or dropping duplicates would hide a forgery;
/// - each line once, with its own value. With another line's value, or the values of all lines, a line `X-Role: authorization` that is
///   visited as one of `Connection` would remove `Authorization`;
/// - the whole name, in any case, without white space around it. Reject requests with `Client-Cert : x` in the HTTP parser.
///
/// ```
/// use tls_client_auth::Receiver;
///
/// let headers: Vec<(String, Vec<u8>)> = vec![("SSL-Client-Verify".to_owned(), b"NONE".to_vec())];
/// assert!(!Receiver::nginx().receive(&headers)?.is_presented());
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
#[diagnostic::on_unimplemented(
    note = "`http::HeaderMap` implements it with feature `http`, pingora's `RequestHeader` with feature `pingora`; another crate's type needs a wrapper of your own"
)]
pub trait RequestHeaders {
    /// Calls `visit` with the name and the value of every line, in order.
    ///
    /// ```
    /// use tls_client_auth::headers::RequestHeaders;
    ///
    /// let mut names = Vec::new();
    /// [("Host", "a.example"), ("Accept", "*/*")].visit(&mut |name, _| names.push(name));
    /// assert_eq!(names, [&b"Host"[..], b"Accept"]);
    /// ```
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8]));
}

/// Changes the header lines of a request, for [`Claim::apply`](crate::Claim::apply).
///
/// Implemented for `http::HeaderMap` (feature `http`) and for a list of pairs. For another library's type, write a wrapper:
///
/// ```
/// use tls_client_auth::headers::{HeaderLine, RequestHeaders, RequestHeadersMut, TooManyHeaders};
/// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};
///
/// /// Another library's headers: one text line each.
/// struct Lines<'r>(&'r mut Vec<String>);
///
/// impl RequestHeaders for Lines<'_> {
///     fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
///         for line in &*self.0 {
///             // The space after the colon is optional.
///             let (name, value) = line.split_once(':').unwrap_or((line, ""));
///             visit(name.as_bytes(), value.trim().as_bytes());
///         }
///     }
/// }
///
/// impl RequestHeadersMut for Lines<'_> {
///     fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
///         self.0.retain(|line| !remove(line.split(':').next().unwrap_or(line).as_bytes()));
///     }
///
///     fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
///         self.0.push(format!("{}: {}", line.name(), line.value()));
///         Ok(())
///     }
/// }
///
/// let mut lines = ["Host: a.example", "CF_CLIENT_CERT_SHA256:f0", "Connection:host, ssl-client-verify"].map(String::from).to_vec();
/// ConnectionState::new(ClientCertificate::none(), Forwarding::cloudflare()).claim().apply(&mut Lines(&mut lines));
/// assert_eq!(lines, ["Host: a.example"]);
/// ```
#[diagnostic::on_unimplemented(
    note = "`http::HeaderMap` implements it with feature `http`, pingora's `RequestHeader` with feature `pingora`; another crate's type needs a wrapper of your own"
)]
pub trait RequestHeadersMut: RequestHeaders {
    /// Removes every line with a name for which `remove` returns `true`: all copies, not only the first.
    ///
    /// The closure ignores case, and returns the same result for the same name. Call it once for each line, or once for each name.
    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool);

    /// Adds a line, and replaces none. The request's own lines with this name are removed before, in any case; a set with
    /// [`NameForm::EachAttribute`](crate::field::NameForm::EachAttribute) adds several lines with one name.
    ///
    /// # Errors
    /// The header map is full.
    fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders>;
}

/// The header map is full: `http::HeaderMap` holds at most 24,576 lines.
///
/// ```
/// use tls_client_auth::headers::TooManyHeaders;
///
/// assert_eq!(TooManyHeaders.to_string(), "the header map is full");
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "implementors of the trait make it")]
pub struct TooManyHeaders;

impl fmt::Display for TooManyHeaders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the header map is full")
    }
}

impl core::error::Error for TooManyHeaders {}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> RequestHeaders for [(N, V)] {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        for (name, value) in self {
            visit(name.as_ref(), value.as_ref());
        }
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>, const L: usize> RequestHeaders for [(N, V); L] {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        self.as_slice().visit(visit);
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> RequestHeaders for Vec<(N, V)> {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        self.as_slice().visit(visit);
    }
}

impl RequestHeadersMut for Vec<(String, String)> {
    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
        self.retain(|(name, _)| !remove(name.as_bytes()));
    }

    fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
        self.push((line.name().into(), line.value().into()));
        Ok(())
    }
}
