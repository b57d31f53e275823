//! Feature `http`: header maps as the place where headers are stripped, set and read.

use alloc::vec::Vec;

use http::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue};

use crate::connection::HeaderFields;
use crate::headers::HeaderLine;
use crate::receive::RequestHeaders;

pub use crate::record::header_values::HeaderValues;

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
