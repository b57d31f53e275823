//! Hostnames and addresses in normal form, for comparison.

use core::fmt::{self, Write as _};
use core::net::{Ipv4Addr, Ipv6Addr};

use super::error::HostnameErrorKind;

/// The longest name in text form (RFC 1035 §2.3.4): 255 octets less the first length octet and the root label.
const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// A hostname or an address in its normal form: lower case, no trailing dot, no port; an IPv6 address without brackets, in
/// RFC 5952's form. Stored on the stack, so a look-up does not allocate.
#[derive(Clone, Copy)]
pub(super) struct Host {
    text: [u8; LONGEST],
    length: usize,
    is_address: bool,
}

/// An entry of a list: one host, or every host with exactly one label more than this name.
pub(super) enum Entry {
    Exact(Host),
    OneLabelBelow(Host),
}

impl Host {
    const EMPTY: Self = Self { text: [0; LONGEST], length: 0, is_address: false };

    /// A request's `Host` or `:authority`, with or without a port; an IPv6 address is in brackets.
    pub(super) fn of_request(text: &str) -> Option<Self> {
        let host = without_port(text);
        match host.strip_prefix('[') {
            Some(address) => Some(Self::address_v6(address.strip_suffix(']')?.parse().ok()?)),
            None => Self::name_or_v4(host),
        }
    }

    /// A handshake's server name (RFC 6066 §3): no port, no brackets.
    pub(super) fn of_server_name(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(address) => Some(Self::address_v6(address)),
            Err(_) => Self::name_or_v4(text),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        // Only ASCII is written into it.
        self.text.get(..self.length).and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }

    /// The name without its first label, the key of a wildcard entry. Addresses have none.
    pub(super) fn parent(&self) -> Option<&str> {
        let (_, parent) = self.as_str().split_once('.')?;
        (!self.is_address).then_some(parent)
    }

    /// An IPv4-mapped IPv6 address is the IPv4 address.
    fn address_v6(address: Ipv6Addr) -> Self {
        match address.to_ipv4_mapped() {
            Some(address) => Self::address(format_args!("{address}")),
            None => Self::address(format_args!("{address}")),
        }
    }

    fn address(address: fmt::Arguments<'_>) -> Self {
        let mut host = Self { is_address: true, ..Self::EMPTY };
        // The longest address has 39 characters.
        let _ = host.write_fmt(address);
        host
    }

    fn name_or_v4(text: &str) -> Option<Self> {
        let name = text.strip_suffix('.').unwrap_or(text);
        // URL parsers read a name with a numeric last label as an IPv4 address, in forms like `127.1` and `0x7f000001`.
        if is_number(name.rsplit('.').next().unwrap_or_default()) {
            return name.parse::<Ipv4Addr>().ok().map(|it| Self::address(format_args!("{it}")));
        }
        let mut host = Self { length: name.len(), ..Self::EMPTY };
        let (mut label, mut before) = (0usize, b'.');
        for (place, byte) in host.text.get_mut(..name.len())?.iter_mut().zip(name.bytes()) {
            // RFC 1123 §2.1, and the underscore, which is common.
            label = match byte {
                b'.' if label > 0 && before != b'-' => 0,
                b'-' if label > 0 => label.checked_add(1)?,
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => label.checked_add(1)?,
                _ => return None,
            };
            if label > LONGEST_LABEL {
                return None;
            }
            *place = byte.to_ascii_lowercase();
            before = byte;
        }
        (label > 0 && before != b'-').then_some(host)
    }
}

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// For the standard library's output of addresses.
impl fmt::Write for Host {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length.checked_add(text.len()).ok_or(fmt::Error)?;
        let place = self.text.get_mut(self.length..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

impl Entry {
    /// Parses an entry of a list: without a port; an IPv6 address may be in brackets.
    pub(super) fn read(text: &str) -> Result<Self, HostnameErrorKind> {
        if let Some(rest) = text.strip_prefix("*.").filter(|rest| !rest.contains('*')) {
            let name = Host::name_or_v4(rest).filter(|name| !name.is_address);
            return name.map(Self::OneLabelBelow).ok_or_else(|| why_not(rest));
        }
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let host = match bare {
            Some(address) => address.parse().ok().map(Host::address_v6),
            None => Host::of_server_name(text),
        };
        host.map(Self::Exact).ok_or_else(|| why_not(text))
    }
}

/// The reason for which this is not a hostname.
fn why_not(text: &str) -> HostnameErrorKind {
    if text.contains('*') {
        HostnameErrorKind::Wildcard
    } else if !text.is_ascii() {
        HostnameErrorKind::NotAscii
    } else if without_port(text).len() < text.len() && Host::of_request(text).is_some() {
        HostnameErrorKind::Port
    } else {
        HostnameErrorKind::Malformed
    }
}

/// The host of `host:port` or of `host`.
pub(super) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The URL Standard's "ends in a number checker".
fn is_number(label: &str) -> bool {
    if !label.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let hexadecimal = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => label.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString as _};

    fn shown(host: Option<Host>) -> Option<String> {
        host.map(|host| host.as_str().to_string())
    }

    #[test]
    fn the_host_of_a_request_is_put_into_one_form_or_refused() {
        let label = "a".repeat(63);
        let longest = [&*label, &*label, &*label, &label[..61]].join(".");
        let cases = [
            ("app.example.com", Some("app.example.com")),
            ("APP.Example.COM", Some("app.example.com")),
            ("app.example.com.", Some("app.example.com")),
            ("app.example.com:443", Some("app.example.com")),
            ("app.example.com.:8443", Some("app.example.com")),
            ("app.example.com:", Some("app.example.com")),
            ("under_score.example", Some("under_score.example")),
            ("xn--BCHER-kva.example", Some("xn--bcher-kva.example")),
            ("localhost", Some("localhost")),
            (&longest, Some(&*longest)),
            ("192.0.2.1:80", Some("192.0.2.1")),
            ("192.0.2.1.", Some("192.0.2.1")),
            ("[2001:DB8:0::1]:443", Some("2001:db8::1")),
            ("[::ffff:192.0.2.1]", Some("192.0.2.1")),
            ("", None),
            (".", None),
            (":443", None),
            ("app.example.com..", None),
            (".example.com", None),
            ("a..b", None),
            ("app.example.com:x", None),
            ("app.example.com:443:443", None),
            ("evil@app.example.com", None),
            ("app.example.com/", None),
            ("app.example.com ", None),
            ("%61pp.example.com", None),
            ("*.example.com", None),
            ("b\u{fc}cher.example", None),
            ("app\u{3002}example.com", None),
            ("-a.example", None),
            ("a-.example", None),
            ("2001:db8::1", None),
            ("[2001:db8::1", None),
            ("[fe80::1%25eth0]", None),
            ("[192.0.2.1]", None),
            ("127.1", None),
            ("0x7f000001", None),
            ("2130706433", None),
            ("192.0.2.01", None),
            ("a.example.0x", None),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(Host::of_request(text)).as_deref(), expected, "{text}");
        }
        assert!(Host::of_request(&[&*longest, "a"].join(".")).is_none());
        assert!(Host::of_request(&"a".repeat(64)).is_none());
    }

    #[test]
    fn server_names_have_no_port_and_no_brackets() {
        let cases = [
            ("App.Example.com.", Some("app.example.com")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("app.example.com:443", None),
            ("[2001:db8::1]", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(Host::of_server_name(text)).as_deref(), expected, "{text}");
        }
    }
}
