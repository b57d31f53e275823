//! HAProxy's own form, `ssl_sock_get_dn_oneline`: `/C=US/CN=name`, each value's bytes as they are.
//!
//! HAProxy writes control bytes in a header as `%0A`, and leaves a tab and the bytes over 0x7F raw. Here those are written the same
//! way, and so is a `%` that would read as such an escape; every other byte is HAProxy's.

use alloc::vec::Vec;

use super::{Attribute, Name, value};
use crate::encoding;
use crate::x509::Dialect;

/// The whole name.
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

/// The first attribute with this short name, of a name that can be read to its end.
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
