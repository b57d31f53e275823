//! HAProxy's own form, `ssl_sock_get_dn_oneline`: `/C=US/CN=name`, with the bytes of each value.
//!
//! HAProxy writes control bytes in a header as `%0A`, and does not escape a tab and bytes over 0x7F. Here those are escaped too, and so
//! is a `%` that would look like an escape; every other byte is as in HAProxy.

use alloc::vec::Vec;

use super::{Attribute, Name, value};
use crate::encoding;
use crate::x509::Dialect;

/// Appends the whole name.
pub(super) fn write(name: &Name<'_>, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
    for attribute in name.attributes() {
        let attribute = attribute?;
        out.push(b'/');
        match attribute.kind.short_name(dialect) {
            Some(name) => out.extend_from_slice(name.as_bytes()),
            None => attribute.kind.write_dotted(dialect, out),
        }
        out.push(b'=');
        write_value(&attribute, dialect, out);
    }
    Some(())
}

/// Appends the first attribute with this short name. `None` if the name is malformed anywhere.
pub(super) fn write_first(
    name: &Name<'_>,
    wanted: &str,
    dialect: Dialect,
    out: &mut Vec<u8>,
) -> Option<()> {
    let mut first = None;
    for attribute in name.attributes() {
        let attribute = attribute?;
        if first.is_none() && attribute.kind.short_name(dialect) == Some(wanted) {
            first = Some(attribute);
        }
    }
    write_value(&first?, dialect, out);
    Some(())
}

fn write_value(attribute: &Attribute<'_>, dialect: Dialect, out: &mut Vec<u8>) {
    let mut bytes = Vec::new();
    value::stored(&attribute.value, dialect, |byte| bytes.push(byte));
    let mut rest = bytes.as_slice();
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'%' if !matches!(rest, [first, second, ..] if first.is_ascii_hexdigit() && second.is_ascii_hexdigit()) =>
            {
                out.push(b'%');
            }
            b'%' | 0..b' ' | 0x7f.. => {
                out.extend_from_slice(&encoding::hex_escape(b'%', *byte));
            }
            byte => out.push(*byte),
        }
    }
}
