//! A proxy's policy by host: which hosts ask for a client certificate, which enforce it, which forward it; and the decision on a
//! request.
//!
//! [`Hosts`] is the policy. Use [`Hosts::asks`] in the handshake, and [`Hosts::decide`] for every request on the connection.

mod auth_status;
mod bodies;
mod conditions;
mod decision;
mod error;
mod handshake;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "serde")]
mod json;
mod name;
mod punycode;
mod table;

use alloc::string::String;
use alloc::vec::Vec;

pub use auth_status::AuthStatus;
pub use bodies::{HostnameAssociation, HostnameSetting, HostnameSettings};
pub use conditions::Conditions;
pub use decision::{Decision, Refusal};
pub use error::{HostnameError, HostnameErrorKind};
pub use handshake::Handshake;
#[cfg(feature = "http")]
pub use http::request_host;
#[cfg(feature = "serde")]
pub use json::Answer;

use crate::client::ClientCertificate;
use bodies::checked;
use name::{Host, without_port};
use table::{Policy, Table};

/// Normalizes a request's `Host` or `:authority` for comparison: lower case, without port and trailing dot, and an address without
/// brackets. `None` if it is invalid. A rules engine needs it for the field `http.host`.
///
/// ```
/// use tls_client_auth::hosts::normal_host;
///
/// assert_eq!(normal_host("API.example.com.:443").as_deref(), Some("api.example.com"));
/// assert_eq!(normal_host("[2001:DB8:0::1]").as_deref(), Some("2001:db8::1"));
/// assert_eq!(normal_host("api.example.com/"), None);
/// ```
#[must_use]
pub fn normal_host(host: &str) -> Option<String> {
    Host::of_request(host).map(|host| host.as_str().into())
}

/// Which hosts ask for a client certificate, which enforce it, which forward it.
///
/// A host is a hostname or an address. Hostnames are compared without case, trailing dot and port. A-labels
/// (`xn--bcher-kva.example`) are ordinary names; names outside ASCII are rejected. `*.example.com` matches every host with exactly
/// one label before `example.com`, but not `example.com`; an entry for the host itself takes precedence. Wildcards are an addition
/// of this crate; Cloudflare documents none.
///
/// Hosts that are not listed do not ask, do not enforce and do not forward.
///
/// ```
/// use tls_client_auth::hosts::{Decision, Hosts, Refusal};
/// use tls_client_auth::{ClientCertificate, Verification};
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
///
/// let hosts = Hosts::new()
///     .ask(["api.example.com", "*.partners.example.com"])?
///     .enforce(["api.example.com"])?
///     .forward(["api.example.com"])?;
///
/// // In the handshake.
/// assert!(hosts.asks(Some("api.example.com")));
/// assert!(!hosts.asks(Some("www.example.com")));
///
/// // For a request: the connection's server name, the request's host, the client.
/// let client = ClientCertificate::presented(der, Verification::Success);
/// let name = Some("api.example.com");
/// assert_eq!(hosts.decide(name, "API.example.com:443", &client), Decision::Forward);
/// let nobody = ClientCertificate::none();
/// assert_eq!(hosts.decide(name, "api.example.com", &nobody), Decision::Refuse(Refusal::Missing));
/// // The client was not asked on this connection, so it cannot be used for a host that asks.
/// assert_eq!(hosts.decide(Some("www.example.com"), "api.example.com", &nobody), Decision::Misdirected);
///
/// // The policy, read back.
/// assert!(hosts.enforces("api.example.com") && hosts.forwards("api.example.com"));
/// assert_eq!(hosts.associations()[0].hostnames(), ["api.example.com", "*.partners.example.com"]);
/// assert!(hosts.enforced().eq(["api.example.com"]));
/// assert_eq!(hosts.settings().settings()[0].hostname, "api.example.com");
/// # Ok::<(), tls_client_auth::hosts::HostnameError>(())
/// ```
#[doc(alias("Enable mTLS", "API Shield", "hostname associations"))]
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    associations: Vec<HostnameAssociation>,
    settings: HostnameSettings,
    enforced: Vec<(Vec<String>, Conditions)>,
    /// The lists above, by host.
    table: Table,
}

impl Hosts {
    /// Creates a policy in which no host asks, enforces or forwards.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds hosts that ask for a certificate, issued by the zone's own authority.
    ///
    /// # Errors
    /// An entry is not a hostname, or is already in a list of hosts that ask.
    pub fn ask<N: AsRef<str>>(
        self,
        hostnames: impl IntoIterator<Item = N>,
    ) -> Result<Self, HostnameError> {
        let more = HostnameAssociation::new(hostnames)?;
        let own = self.associations.iter().find(|it| it.authority().is_none());
        let all = own.map_or(&[][..], HostnameAssociation::hostnames).iter().map(String::as_str);
        let all = HostnameAssociation::new(all.chain(more.hostnames().iter().map(String::as_str)))?;
        self.associate(all)
    }

    /// Sets the hosts that ask for a certificate of one authority. As a `PUT` of the API does, it replaces the hosts of the same
    /// authority and keeps those of others.
    ///
    /// ```
    /// use tls_client_auth::hosts::{HostnameAssociation, Hosts};
    ///
    /// let hosts = Hosts::new().ask(["old.example.com"])?.associate(HostnameAssociation::new(["new.example.com"])?)?;
    /// assert!(hosts.asks(Some("new.example.com")) && !hosts.asks(Some("old.example.com")));
    /// # Ok::<(), tls_client_auth::hosts::HostnameError>(())
    /// ```
    ///
    /// # Errors
    /// A host belongs to another authority already.
    pub fn associate(mut self, association: HostnameAssociation) -> Result<Self, HostnameError> {
        let is_other =
            |other: &HostnameAssociation| match (other.authority(), association.authority()) {
                (Some(one), Some(other)) => !one.eq_ignore_ascii_case(other),
                (one, other) => one != other,
            };
        self.associations.retain(is_other);
        self.associations.push(association);
        self.table.set_associations(&self.associations)?;
        Ok(self)
    }

    /// Sets the hosts that forward the certificate. As a `PUT` of the API does, it replaces all settings.
    ///
    /// ```
    /// use tls_client_auth::hosts::{HostnameSettings, Hosts};
    ///
    /// let hosts = Hosts::new().forward(["app.example.com"])?.configure(HostnameSettings::default());
    /// assert!(!hosts.forwards("app.example.com"));
    /// # Ok::<(), tls_client_auth::hosts::HostnameError>(())
    /// ```
    #[must_use]
    pub fn configure(mut self, settings: HostnameSettings) -> Self {
        self.table.set_settings(&settings);
        self.settings = settings;
        self
    }

    /// Adds hosts that forward the certificate.
    ///
    /// # Errors
    /// An entry is not a hostname, or has a setting already.
    pub fn forward<N: AsRef<str>>(
        self,
        hostnames: impl IntoIterator<Item = N>,
    ) -> Result<Self, HostnameError> {
        let setting = |hostname: N| HostnameSetting {
            hostname: hostname.as_ref().into(),
            china_network: false,
            client_certificate_forwarding: true,
        };
        let mut settings = self.settings.settings().to_vec();
        settings.extend(hostnames.into_iter().map(setting));
        Ok(self.configure(HostnameSettings::new(settings)?))
    }

    /// Adds hosts that admit only clients with a verified certificate that is not revoked, as Cloudflare's blocking rule
    /// `http.host in {…} and (not cf.tls_client_auth.cert_verified or cf.tls_client_auth.cert_revoked)` does.
    ///
    /// A host that enforces but does not ask rejects every request.
    ///
    /// # Errors
    /// An entry is not a hostname, or enforces already.
    pub fn enforce<N: AsRef<str>>(
        self,
        hostnames: impl IntoIterator<Item = N>,
    ) -> Result<Self, HostnameError> {
        self.enforce_with(hostnames, Conditions::new())
    }

    /// Adds hosts that enforce, with further conditions.
    ///
    /// ```
    /// use tls_client_auth::hosts::{Conditions, Decision, Hosts, Refusal};
    /// use tls_client_auth::{ClientCertificate, Verification};
    ///
    /// let allowed = Conditions::new().fingerprints(["73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa"])?;
    /// let hosts = Hosts::new().ask(["api.example"])?.enforce_with(["api.example"], allowed)?;
    /// let client = ClientCertificate::presented(*b"another certificate", Verification::Success);
    /// assert_eq!(hosts.decide(Some("api.example"), "api.example", &client), Decision::Refuse(Refusal::Fingerprint));
    /// # Ok::<(), tls_client_auth::hosts::HostnameError>(())
    /// ```
    ///
    /// # Errors
    /// An entry is not a hostname, or enforces already.
    pub fn enforce_with<N: AsRef<str>>(
        mut self,
        hostnames: impl IntoIterator<Item = N>,
        conditions: Conditions,
    ) -> Result<Self, HostnameError> {
        let hostnames = checked("enforced", hostnames)?;
        self.table.add_enforced(&hostnames, self.enforced.len())?;
        self.enforced.push((hostnames, conditions));
        Ok(self)
    }

    /// Whether the handshake for this server name asks for a client certificate.
    ///
    /// A connection without a valid server name is asked if any host asks.
    #[must_use]
    pub fn asks(&self, server_name: Option<&str>) -> bool {
        match server_name.and_then(Host::of_server_name) {
            Some(host) => self.table.policy(&host).association.is_some(),
            None => self.associations.iter().any(|it| !it.hostnames().is_empty()),
        }
    }

    /// The `mtls_certificate_id` of the authority that verifies this server name's clients. `None` for a host that does not ask, and
    /// for the zone's own authority. Without a server name, the authority that all asking hosts have in common.
    ///
    /// ```
    /// use tls_client_auth::hosts::{HostnameAssociation, Hosts};
    ///
    /// let authority = "b2134436-2555-4acf-be5b-26c48136575e";
    /// let hosts = Hosts::new().associate(HostnameAssociation::new(["api.example.com"])?.mtls_certificate_id(authority)?)?;
    /// assert_eq!(hosts.mtls_certificate_id(Some("api.example.com")), Some(authority));
    /// # Ok::<(), tls_client_auth::hosts::HostnameError>(())
    /// ```
    #[must_use]
    pub fn mtls_certificate_id(&self, server_name: Option<&str>) -> Option<&str> {
        let association = match server_name {
            Some(name) => self.table.policy(&Host::of_server_name(name)?).association?,
            None => self.common_association()?,
        };
        self.associations.get(association)?.authority()
    }

    /// Whether requests for this host need a verified client. The host is a request's `Host` or `:authority`; an invalid one
    /// enforces if any host does.
    #[must_use]
    pub fn enforces(&self, host: &str) -> bool {
        match Host::of_request(host) {
            Some(host) => self.table.policy(&host).enforced.is_some(),
            None => self.enforced.iter().any(|(hostnames, _)| !hostnames.is_empty()),
        }
    }

    /// Whether requests for this host are forwarded with the certificate. The host is a request's `Host` or `:authority`; an invalid
    /// one does not forward.
    #[must_use]
    pub fn forwards(&self, host: &str) -> bool {
        Host::of_request(host).is_some_and(|host| self.table.policy(&host).forwards == Some(true))
    }

    /// Decides on a request of a TLS connection: the server name of its handshake, the request's `Host` or `:authority`, and the
    /// client.
    ///
    /// The request is [`Misdirected`](Decision::Misdirected) if its host is invalid, or if the handshake's host and the request's
    /// host differ in asking: only one of them asks, or they ask for certificates of different authorities. A connection without a
    /// server name serves hosts that do not ask; and hosts that ask, if all of them have the same authority.
    #[must_use]
    pub fn decide(
        &self,
        server_name: Option<&str>,
        host: &str,
        client: &ClientCertificate,
    ) -> Decision {
        let Some(name) = Host::of_request(host) else { return Decision::Misdirected };
        let policy = self.table.policy(&name);
        // On most requests the two are written alike. A server name with brackets is not an address.
        let is_same = server_name.is_some_and(|it| it.eq_ignore_ascii_case(without_port(host)))
            && !host.starts_with('[');
        if !is_same && !self.was_asked_alike(server_name, &name, policy) {
            return Decision::Misdirected;
        }
        if let Some(enforced) = policy.enforced {
            let conditions = self.enforced.get(enforced).map(|(_, conditions)| conditions);
            let refusal =
                Refusal::of(client).or_else(|| conditions.and_then(|it| it.refuses(client)));
            if let Some(refusal) = refusal {
                return Decision::Refuse(refusal);
            }
        }
        match policy.forwards {
            Some(true) => Decision::Forward,
            _ => Decision::Withhold,
        }
    }

    /// Whether handshakes for this server name and for the host ask for the same certificate.
    fn was_asked_alike(&self, server_name: Option<&str>, host: &Host, policy: Policy) -> bool {
        let Some(server_name) = server_name else {
            return policy.association.is_none() || policy.association == self.common_association();
        };
        Host::of_server_name(server_name).is_some_and(|asked| {
            asked == *host || self.table.policy(&asked).association == policy.association
        })
    }

    /// The only association with hosts.
    fn common_association(&self) -> Option<usize> {
        let mut asking =
            self.associations.iter().enumerate().filter(|(_, it)| !it.hostnames().is_empty());
        let (index, _) = asking.next()?;
        asking.next().is_none().then_some(index)
    }

    /// The hosts that ask, by authority, as bodies of the API.
    #[must_use]
    pub fn associations(&self) -> &[HostnameAssociation] {
        &self.associations
    }

    /// The forwarding settings, as a body of the API.
    #[must_use]
    pub const fn settings(&self) -> &HostnameSettings {
        &self.settings
    }

    /// The hosts that enforce, as given and in the same order.
    pub fn enforced(&self) -> impl Iterator<Item = &str> {
        self.enforced.iter().flat_map(|(hostnames, _)| hostnames.iter().map(String::as_str))
    }
}

/// Equal if the lists are equal and in the same order.
impl PartialEq for Hosts {
    fn eq(&self, other: &Self) -> bool {
        self.associations == other.associations
            && self.settings == other.settings
            && self.enforced == other.enforced
    }
}

impl Eq for Hosts {}
