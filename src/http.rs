//! Feature `http`: `http::HeaderMap` as the headers of a request.

use alloc::vec::Vec;

use http::header::{HeaderMap, HeaderName};

use crate::headers::{HeaderLine, RequestHeaders, RequestHeadersMut, TooManyHeaders};

pub use crate::record::header_values::HeaderValues;

impl RequestHeaders for HeaderMap {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        for (name, value) in self {
            visit(name.as_str().as_bytes(), value.as_bytes());
        }
    }
}

impl RequestHeadersMut for HeaderMap {
    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
        let mut doomed: Vec<HeaderName> = Vec::new();
        for name in self.keys() {
            if remove(name.as_str().as_bytes()) {
                doomed.push(name.clone());
            }
        }
        for name in doomed {
            self.remove(name);
        }
    }

    fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
        let value = line.header_value();
        // `insert` panics if the map is full.
        self.try_append(line.header_name().as_header_name(), value.clone())
            .map(drop)
            .map_err(|_| TooManyHeaders)
    }
}
