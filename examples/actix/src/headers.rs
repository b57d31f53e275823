//! A wrapper for actix-web's header map, which is of `http` 0.2.

use std::borrow::Borrow;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use tls_client_auth::headers::{HeaderLine, RequestHeaders, RequestHeadersMut, TooManyHeaders};

/// Wraps `&HeaderMap` to read, and `&mut HeaderMap` to strip and set.
pub(crate) struct Headers<M>(pub(crate) M);

impl<M: Borrow<HeaderMap>> RequestHeaders for Headers<M> {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        for (name, value) in self.0.borrow() {
            visit(name.as_str().as_bytes(), value.as_bytes());
        }
    }
}

impl RequestHeadersMut for Headers<&mut HeaderMap> {
    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
        self.0.retain(|name, _| !remove(name.as_str().as_bytes()));
    }

    fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
        let name = HeaderName::from_bytes(line.name().as_bytes()).map_err(|_| TooManyHeaders)?;
        let value = HeaderValue::from_str(line.value()).map_err(|_| TooManyHeaders)?;
        self.0.append(name, value);
        Ok(())
    }
}
