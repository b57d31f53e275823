//! Cloudflare's per-hostname settings: which hosts forward the client's certificate.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;
use core::net::Ipv6Addr;

/// The settings of one hostname.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[expect(clippy::exhaustive_structs, reason = "the body's three members")]
pub struct HostnameSetting {
    /// The hostname, without a port: `app.example.com`.
    pub hostname: String,
    /// Whether the setting is for Cloudflare's network in China. It is kept, and has no meaning here.
    #[cfg_attr(feature = "serde", serde(default))]
    pub china_network: bool,
    /// Whether requests for this hostname carry the certificate.
    pub client_certificate_forwarding: bool,
}

/// The body of `PUT …/access/certificates/settings`, checked.
///
/// ```
/// use tls_client_auth::hosts::HostnameSettings;
///
/// let body = r#"{"settings":[{"hostname":"App.Example.com","china_network":false,"client_certificate_forwarding":true}]}"#;
/// # #[cfg(feature = "serde")] {
/// let settings: HostnameSettings = serde_json::from_str(body)?;
/// assert!(settings.forwards("app.example.com"));
/// assert!(settings.forwards("app.example.com.:8443"));
/// assert!(!settings.forwards("www.example.com"));
/// assert_eq!(serde_json::to_string(&settings)?, body);
/// # }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HostnameSettings {
    settings: Vec<HostnameSetting>,
    /// By normal form.
    forwards: BTreeMap<String, bool>,
}

impl HostnameSettings {
    /// Checks a list of settings.
    ///
    /// # Errors
    /// An entry's hostname is malformed, or is the same as another's.
    pub fn new(settings: Vec<HostnameSetting>) -> Result<Self, HostnameError> {
        let mut forwards = BTreeMap::new();
        for (index, setting) in settings.iter().enumerate() {
            let refuse = |kind| HostnameError { index, hostname: setting.hostname.clone(), kind };
            // A port is no part of a hostname, so a setting has none.
            let name =
                normal(&setting.hostname).ok_or_else(|| refuse(HostnameErrorKind::Malformed))?;
            if forwards.insert(name, setting.client_certificate_forwarding).is_some() {
                return Err(refuse(HostnameErrorKind::Duplicate));
            }
        }
        Ok(Self { settings, forwards })
    }

    /// The settings in their order, as they were given.
    #[must_use]
    pub fn settings(&self) -> &[HostnameSetting] {
        &self.settings
    }

    /// Whether a request for this host carries the certificate: `false` for hosts without a setting.
    ///
    /// The host is a request's `Host` or `:authority`: case, a trailing dot and a port don't matter; an IPv6 address
    /// stands in brackets.
    #[must_use]
    pub fn forwards(&self, host: &str) -> bool {
        normal(without_port(host)).is_some_and(|host| self.forwards.get(&host) == Some(&true))
    }
}

/// Whether a request must be answered `421 Misdirected Request` (RFC 9110 §15.5.20): the handshake was for a host with another
/// policy for client certificates than the request's, and so never asked what that one wants to know.
///
/// `server_name` is the handshake's SNI, `host` the request's `Host` or `:authority`. `policy` tells a host's policy; it gets the
/// host in lower case, without port and trailing dot, and `None` for a connection without SNI or a host that is none.
///
/// ```
/// use tls_client_auth::hosts::is_misdirected;
///
/// let wants_certificate = |host: Option<&str>| host == Some("admin.example.com");
/// assert!(is_misdirected(Some("www.example.com"), "Admin.Example.com:443", wants_certificate));
/// assert!(is_misdirected(None, "admin.example.com", wants_certificate));
/// assert!(!is_misdirected(Some("admin.example.com"), "ADMIN.example.com.", wants_certificate));
/// assert!(!is_misdirected(Some("a.example.com"), "b.example.com", wants_certificate));
/// ```
pub fn is_misdirected<P: PartialEq>(
    server_name: Option<&str>,
    host: &str,
    policy: impl Fn(Option<&str>) -> P,
) -> bool {
    let asked = server_name.and_then(normal);
    let wanted = normal(without_port(host));
    asked != wanted && policy(asked.as_deref()) != policy(wanted.as_deref())
}

/// The host of `host:port`; a host alone is one too.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|byte| byte.is_ascii_digit())
                && (name.ends_with(']') || !name.contains(':')) =>
        {
            name
        }
        _ => host,
    }
}

/// Lower case, without a trailing dot; an IPv6 address in its shortest form. `None` where it is no hostname.
fn normal(host: &str) -> Option<String> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
        return Some(address.to_string());
    }
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return Some(address.to_string());
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    // RFC 1035 §2.3.4; a first label of `*` and underscores are in use.
    let label = |(index, label): (usize, &str)| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && (label.bytes().all(inner) || index == 0 && label == "*" && name.len() > 1)
    };
    (name.len() <= 253 && name.split('.').enumerate().all(label)).then(|| name.to_ascii_lowercase())
}

/// Which entry of the settings was refused, and why.
///
/// ```
/// use tls_client_auth::hosts::{HostnameSetting, HostnameSettings};
///
/// let entry = |hostname: &str| HostnameSetting {
///     hostname: hostname.to_owned(),
///     china_network: false,
///     client_certificate_forwarding: true,
/// };
/// let error = HostnameSettings::new(vec![entry("a.example"), entry("A.example.")]).unwrap_err();
/// assert_eq!(error.to_string(), r#"settings[1]: hostname "A.example.": stands there twice"#);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostnameError {
    index: usize,
    hostname: String,
    kind: HostnameErrorKind,
}

/// What is wrong with a hostname.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HostnameErrorKind {
    /// It is no hostname, or has a port.
    Malformed,
    /// Another entry has the same, case and a trailing dot apart.
    Duplicate,
}

impl HostnameError {
    /// The entry's place in the list, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> HostnameErrorKind {
        self.kind
    }
}

impl fmt::Display for HostnameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.kind {
            HostnameErrorKind::Malformed => "is no hostname",
            HostnameErrorKind::Duplicate => "stands there twice",
        };
        write!(formatter, "settings[{}]: hostname {:?}: {reason}", self.index, self.hostname)
    }
}

impl core::error::Error for HostnameError {}

#[cfg(feature = "serde")]
mod json {
    use super::{HostnameSetting, HostnameSettings};
    use alloc::borrow::Cow;
    use alloc::vec::Vec;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize, Serialize)]
    struct Body<'a> {
        settings: Cow<'a, [HostnameSetting]>,
    }

    /// Exactly the settings body.
    impl Serialize for HostnameSettings {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Body { settings: Cow::Borrowed(&self.settings) }.serialize(serializer)
        }
    }

    /// Reads the settings body; the error names the entry that is refused.
    impl<'de> Deserialize<'de> for HostnameSettings {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let settings: Vec<HostnameSetting> =
                Body::deserialize(deserializer)?.settings.into_owned();
            Self::new(settings).map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn setting(hostname: &str) -> HostnameSetting {
        HostnameSetting {
            hostname: hostname.into(),
            china_network: false,
            client_certificate_forwarding: true,
        }
    }

    #[test]
    fn a_request_host_finds_its_setting() {
        let settings = HostnameSettings::new(vec![
            setting("App.Example.com"),
            setting("[2001:DB8::1]"),
            setting("192.0.2.1"),
            HostnameSetting { client_certificate_forwarding: false, ..setting("off.example.com") },
        ])
        .unwrap();
        let cases = [
            ("app.example.com", true),
            ("APP.EXAMPLE.COM", true),
            ("app.example.com.", true),
            ("app.example.com:443", true),
            ("app.example.com.:8443", true),
            ("[2001:db8::1]", true),
            ("[2001:db8:0::1]:443", true),
            ("2001:db8::1", true),
            ("2001:db8::1:443", false),
            ("192.0.2.1:80", true),
            ("off.example.com", false),
            ("www.example.com", false),
            ("app.example.com..", false),
            ("app.example.com:x", false),
            ("", false),
            (":443", false),
            ("[2001:db8::1", false),
            ("evil@app.example.com", false),
        ];
        for (host, forwards) in cases {
            assert_eq!(settings.forwards(host), forwards, "{host}");
        }
    }

    #[test]
    fn a_request_is_misdirected_where_the_policies_differ() {
        let asks = |host: Option<&str>| host.is_some_and(|host| host.ends_with("admin.example"));
        let cases = [
            ("the same host", Some("admin.example"), "admin.example", false),
            ("in capitals", Some("ADMIN.example"), "admin.EXAMPLE", false),
            ("with a port", Some("admin.example"), "admin.example:8443", false),
            ("with a trailing dot", Some("admin.example"), "admin.example.:443", false),
            ("another host of the same policy", Some("a.admin.example"), "admin.example", false),
            ("neither asks", Some("www.example"), "shop.example", false),
            ("only the request's asks", Some("www.example"), "Admin.example:443", true),
            ("only the handshake's asks", Some("admin.example"), "www.example", true),
            ("no server name", None, "admin.example", true),
            ("no server name, by address", None, "192.0.2.1", false),
            ("a host that is none", Some("admin.example"), "admin.example/", true),
            ("an empty host", Some("admin.example"), "", true),
        ];
        for (name, server_name, host, misdirected) in cases {
            assert_eq!(is_misdirected(server_name, host, asks), misdirected, "{name}");
        }
    }

    #[test]
    fn entries_are_checked() {
        use HostnameErrorKind::{Duplicate, Malformed};
        let long = "a".repeat(64);
        let cases = [
            ("", Malformed),
            (".", Malformed),
            ("*", Malformed),
            ("a b", Malformed),
            ("a..b", Malformed),
            ("-a.example", Malformed),
            ("a.example:443", Malformed),
            ("a.example/", Malformed),
            ("bücher.example", Malformed),
            ("[::g]", Malformed),
            (&long, Malformed),
            ("FIRST.example.", Duplicate),
        ];
        for (hostname, kind) in cases {
            let error = HostnameSettings::new(vec![setting("first.example"), setting(hostname)])
                .unwrap_err();
            assert_eq!((error.index(), error.kind()), (1, kind), "{hostname}");
        }
    }
}
