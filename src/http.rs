//! Feature `http`: header maps, and values that are made once per connection and shared by its requests.

use alloc::vec::Vec;
use core::ops::Range;

use bytes::Bytes;
use http::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue};

use crate::headers::HeaderLine;
use crate::receive::RequestHeaders;
use crate::strip::HeaderFields;

/// Cuts the values out of the text that holds them all, without copying.
pub(crate) fn cut<'v>(
    text: Vec<u8>,
    values: impl Iterator<Item = (Range<usize>, &'v mut HeaderValue)>,
) {
    let text = Bytes::from(text);
    for (range, place) in values {
        // Printable ASCII always makes a value.
        if let Ok(value) = HeaderValue::from_maybe_shared(text.slice(range)) {
            *place = value;
        }
    }
}

impl HeaderFields for HeaderMap {
    fn visit_connection(&self, visit: &mut dyn FnMut(&[u8])) {
        self.get_all(CONNECTION).iter().for_each(|value| visit(value.as_bytes()));
    }

    fn visit_named(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        self.get_all(name).iter().for_each(|value| visit(value.as_bytes()));
    }

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

    fn insert(&mut self, line: HeaderLine<'_>) {
        if let Some(value) = line.header_value() {
            self.insert(line.field_name().as_header_name(), value.clone());
        }
    }

    fn insert_connection(&mut self, options: &'static str) {
        self.insert(CONNECTION, HeaderValue::from_static(options));
    }
}

impl RequestHeaders for HeaderMap {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        for (name, value) in self {
            visit(name.as_str().as_bytes(), value.as_bytes());
        }
    }
}
