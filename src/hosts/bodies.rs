//! The two lists of Cloudflare's API: hosts that ask for a certificate, and hosts that forward it.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::error::{HostnameError, HostnameErrorKind};
use super::name::Entry;

/// The hosts of one certificate authority: the body of `PUT /zones/{zone_id}/certificate_authorities/hostname_associations`.
///
/// Clients of these hosts are asked for a certificate in the handshake, and verified with the certificate authority that has this
/// identifier; without an identifier, with the zone's own authority. With feature `serde` it is read from and written as the body
/// `{"hostnames":["api.example.com"],"mtls_certificate_id":"b2134436-2555-4acf-be5b-26c48136575e"}`. It is also read from the API's
/// answer; [`Answer`](super::Answer) writes that.
///
/// ```
/// use tls_client_auth::hosts::HostnameAssociation;
///
/// let association = HostnameAssociation::new(["api.example.com", "*.example.net"])?
///     .mtls_certificate_id("b2134436-2555-4acf-be5b-26c48136575e")?;
/// assert_eq!(association.hostnames(), ["api.example.com", "*.example.net"]);
/// assert_eq!(association.authority(), Some("b2134436-2555-4acf-be5b-26c48136575e"));
/// # #[cfg(feature = "serde")] {
/// let body = serde_json::to_string(&association)?;
/// assert_eq!(serde_json::from_str::<HostnameAssociation>(&body)?, association);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct HostnameAssociation {
    hostnames: Vec<String>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    mtls_certificate_id: Option<String>,
}

impl HostnameAssociation {
    /// Creates a list of hosts for the zone's own authority.
    ///
    /// # Errors
    /// An entry is not a hostname.
    pub fn new<N: AsRef<str>>(
        hostnames: impl IntoIterator<Item = N>,
    ) -> Result<Self, HostnameError> {
        Ok(Self { hostnames: checked("hostnames", hostnames)?, mtls_certificate_id: None })
    }

    /// Sets the identifier of an uploaded authority: a UUID (RFC 9562 §4) of 36 characters, `b2134436-2555-4acf-be5b-26c48136575e`.
    ///
    /// # Errors
    /// The identifier is not a UUID.
    pub fn mtls_certificate_id(mut self, identifier: &str) -> Result<Self, HostnameError> {
        if !is_uuid(identifier) {
            let kind = HostnameErrorKind::CertificateId;
            return Err(HostnameError::new("mtls_certificate_id", 0, identifier, kind));
        }
        self.mtls_certificate_id = Some(identifier.to_string());
        Ok(self)
    }

    /// The hostnames, as given and in the same order.
    #[must_use]
    pub fn hostnames(&self) -> &[String] {
        &self.hostnames
    }

    /// The identifier of the uploaded authority; `None` for the zone's own.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.mtls_certificate_id.as_deref()
    }
}

/// The settings of one hostname.
///
/// ```
/// use tls_client_auth::hosts::{HostnameSetting, HostnameSettings, Hosts};
///
/// let setting = HostnameSetting {
///     hostname: "app.example.com".to_owned(),
///     china_network: false,
///     client_certificate_forwarding: true,
/// };
/// let settings = HostnameSettings::new(vec![setting])?;
/// assert!(Hosts::new().configure(settings).forwards("app.example.com"));
/// # Ok::<(), tls_client_auth::hosts::HostnameError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[expect(clippy::exhaustive_structs, reason = "the body's three members")]
pub struct HostnameSetting {
    /// The hostname, without a port: `app.example.com`.
    pub hostname: String,
    /// Whether the setting is for Cloudflare's network in China. Kept, and ignored by this crate.
    #[cfg_attr(feature = "serde", serde(default))]
    pub china_network: bool,
    /// Whether requests for this hostname are forwarded with the certificate.
    pub client_certificate_forwarding: bool,
}

/// The hosts that forward the certificate: the body of `PUT …/access/certificates/settings`.
///
/// With feature `serde` it is read from and written as that body. It is also read from the API's answer;
/// [`Answer`](super::Answer) writes that.
///
/// ```
/// use tls_client_auth::hosts::{Hosts, HostnameSettings};
///
/// let body = r#"{"settings":[{"hostname":"App.Example.com","china_network":false,"client_certificate_forwarding":true}]}"#;
/// # #[cfg(feature = "serde")] {
/// let settings: HostnameSettings = serde_json::from_str(body)?;
/// assert_eq!(serde_json::to_string(&settings)?, body);
/// assert!(settings.settings()[0].client_certificate_forwarding);
/// let hosts = Hosts::new().configure(settings);
/// assert!(hosts.forwards("app.example.com.:8443"));
/// assert!(!hosts.forwards("www.example.com"));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct HostnameSettings {
    settings: Vec<HostnameSetting>,
}

impl HostnameSettings {
    /// Creates a list of settings, after checking it.
    ///
    /// # Errors
    /// An entry's hostname is malformed, or is the same host as another entry's.
    pub fn new(settings: Vec<HostnameSetting>) -> Result<Self, HostnameError> {
        checked("settings", settings.iter().map(|setting| &setting.hostname))?;
        Ok(Self { settings })
    }

    /// The settings, as given and in the same order.
    #[must_use]
    pub fn settings(&self) -> &[HostnameSetting] {
        &self.settings
    }
}

/// The hostnames of a list, checked for errors and duplicates.
pub(super) fn checked<N: AsRef<str>>(
    list: &'static str,
    hostnames: impl IntoIterator<Item = N>,
) -> Result<Vec<String>, HostnameError> {
    let mut seen = alloc::collections::BTreeSet::new();
    let mut checked = Vec::new();
    for (index, hostname) in hostnames.into_iter().enumerate() {
        let hostname = hostname.as_ref();
        let refuse = |kind| HostnameError::new(list, index, hostname, kind);
        let form = match Entry::read(hostname).map_err(refuse)? {
            Entry::Exact(host) => (false, host.as_str().to_string()),
            Entry::OneLabelBelow(host) => (true, host.as_str().to_string()),
        };
        if !seen.insert(form) {
            return Err(refuse(HostnameErrorKind::Duplicate));
        }
        checked.push(hostname.to_string());
    }
    Ok(checked)
}

/// Whether the text is a UUID (RFC 9562 §4).
fn is_uuid(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(is_hex)
}
