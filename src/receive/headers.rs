//! A request's headers, as far as a receiver must see them.

use alloc::vec::Vec;

/// The header lines of a request: names and values as bytes.
///
/// Implemented for lists of pairs and, with feature `http`, for `http::HeaderMap`. Every line must be shown, also one whose name
/// was there before: a framework that joins or drops copies hides a forgery.
///
/// ```
/// use tls_client_auth::Receiver;
///
/// let headers: Vec<(String, Vec<u8>)> = vec![("SSL-Client-Verify".to_owned(), b"NONE".to_vec())];
/// assert!(!Receiver::nginx().receive(&headers)?.is_presented());
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
pub trait RequestHeaders {
    /// Shows every line, name and value.
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8]));
}

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
