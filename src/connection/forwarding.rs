//! What a proxy forwards: which header sets, on the first request of a connection or on every one.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::XfccMode;
use super::join::joined;
use crate::client::ClientCertificate;
use crate::field::Limits;
use crate::headers::families::{Families, is_owned_but};
use crate::headers::name::{
    HeaderName, X_FORWARDED_CLIENT_CERT, compare_folded, folded, is_alike, is_reserved,
};
use crate::headers::{Entry, HeaderLines, HeaderSet, HeaderSetError, HeaderSetErrorKind, Table};
use crate::words::{in_words, words};

/// Which header sets a proxy sends, and when. Created once and shared by all connections.
///
/// ```
/// use tls_client_auth::connection::XfccMode;
/// use tls_client_auth::field::Limits;
/// use tls_client_auth::{Forwarding, HeaderSet};
///
/// // The certificate once, the verdict always.
/// let forwarding = Forwarding::none()
///     .on_first_request(HeaderSet::cloudflare())
///     .on_every_request(HeaderSet::cloudflare_managed())
///     .xfcc_mode(XfccMode::Sanitize)
///     .limits(Limits::new().encoded_leaf(20 * 1024));
/// assert_ne!(forwarding, Forwarding::cloudflare());
///
/// assert_eq!(Forwarding::cloudflare(), Forwarding::none().on_first_request(HeaderSet::cloudflare()));
/// assert_eq!(Forwarding::rfc9440(), Forwarding::none().on_every_request(HeaderSet::rfc9440()));
/// ```
///
/// With feature `serde`, settings files can describe it: [`Deserialize`](#impl-Deserialize%3C'de%3E-for-Forwarding) lists the keys.
/// Two forwardings are equal if they have equal sets in the same order and the same settings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Forwarding(Arc<Settings>);

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Settings {
    /// The sets for the first request, in the order added.
    first_sets: Vec<HeaderSet>,
    every_sets: Vec<HeaderSet>,
    /// The names of `also_strip`, as given.
    stripped: Vec<String>,
    /// The rows of the first request only, sent in addition to those of every request.
    first: Table,
    every: Table,
    limits: Limits,
    /// As it was set.
    xfcc_mode: XfccMode,
    /// Whether a value other than Envoy's is sent under Envoy's header name; it cannot be appended to an incoming value.
    sends_no_element: bool,
    /// The names of all sets, and those that are stripped without being sent. Folded and sorted.
    names: Vec<String>,
    /// Those of `names` that are in no family, or in a kept one.
    owned: Vec<String>,
    /// The families that are kept, from trusted clients and from everyone.
    kept: (Families, Families),
    /// The lines of a request without a connection.
    nobody: Nobody,
}

/// The lines of a client without a certificate. Always equal, because they follow from the sets.
#[derive(Clone, Debug, Default)]
struct Nobody(Vec<HeaderLines>);

impl PartialEq for Nobody {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Nobody {}

/// The clients from which a family of headers is kept: see [`Forwarding::keep_family`].
///
/// In settings files it is a word: `trusted` or `anyone`.
///
/// ```
/// use tls_client_auth::connection::KeepFrom;
///
/// assert_eq!("trusted".parse(), Ok(KeepFrom::Trusted));
/// assert_eq!(KeepFrom::Anyone.to_string(), "anyone");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum KeepFrom {
    /// From clients with a certificate that verified and is not revoked: the proxy before this one, which presents its own.
    ///
    /// Every client that the listener's CA certifies counts, so the CA must certify proxies only.
    Trusted,
    /// From everyone, also without a certificate or TLS. Only for a listener that no one except the proxy before this one can reach.
    Anyone,
}

words! {
    KeepFrom as "keep-family" { "trusted" => Trusted, "anyone" => Anyone, }
}

in_words!(KeepFrom);

impl Forwarding {
    /// Sends no headers. Requests are still stripped.
    ///
    /// A proxy that must pass clients' own headers on until its operator enables this keeps an `Option<Forwarding>`, and makes no call
    /// where it is `None`: what clients send under these names then reaches the origin.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::default())
    }

    /// Sends `Cf-Client-Cert-Der-Base64` and `Cf-Client-Cert-Sha256` on a connection's first request, as Cloudflare does by default.
    ///
    /// An origin behind pooled connections does not know which later requests belong to the same client. If it needs to, put
    /// [`HeaderSet::cloudflare`] on every request.
    #[must_use]
    pub fn cloudflare() -> Self {
        Self::none().on_first_request(HeaderSet::cloudflare())
    }

    /// Sends `Client-Cert` and `Client-Cert-Chain` on every request, as RFC 9440 §2.4 requires.
    #[must_use]
    pub fn rfc9440() -> Self {
        Self::none().on_every_request(HeaderSet::rfc9440())
    }

    /// Adds a set for the first request of each connection. If two such sets share a header name, the set added first has it. Sets
    /// for every request take precedence, so that every request has all of their headers.
    ///
    /// A set that loses its verdict's header to another set is sent for trusted clients only, on the requests where that happens. See
    /// [`on_every_request`](Self::on_every_request) for the clients for whom a header that two sets share is sent.
    #[must_use]
    pub fn on_first_request(self, set: HeaderSet) -> Self {
        self.with(|settings| {
            settings.own(set.rows().map(|(name, _)| name));
            settings.first_sets.push(set);
        })
    }

    /// Adds a set for every request. If two such sets share a header name, the set added first has it.
    ///
    /// A set keeps its rules in combination with other sets:
    ///
    /// - A set that loses its verdict's header to another set is sent for trusted clients only.
    /// - A header that two sets share is sent only for the clients for whom both sets send it. For example, `kong` has no verdict, so
    ///   together with it `puppet` sends `X-Client-Cert` for trusted clients only.
    ///   [`including_untrusted`](HeaderSet::including_untrusted) changes that for its own set only.
    /// - A chain is left out if another set's field has the header name of its leaf, or if another set has its header name for anything
    ///   but a chain.
    #[must_use]
    pub fn on_every_request(self, set: HeaderSet) -> Self {
        self.with(|settings| {
            settings.own(set.rows().map(|(name, _)| name));
            settings.every_sets.push(set);
        })
    }

    /// Sets the size limits; [`Limits::new`] by default.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        self.with(|settings| settings.limits = limits)
    }

    /// Sets how a request's own `x-forwarded-client-cert` is treated; [`XfccMode::SanitizeSet`] by default.
    #[must_use]
    pub fn xfcc_mode(self, mode: XfccMode) -> Self {
        self.with(|settings| settings.xfcc_mode = mode)
    }

    /// Also strips headers with these names, in every spelling: names that an origin trusts and no set of the crate has.
    ///
    /// ```
    /// use tls_client_auth::Forwarding;
    ///
    /// let forwarding = Forwarding::rfc9440().also_strip(["X-Remote-User", "X-Remote-Group"])?;
    /// assert!(forwarding.owns(b"x_remote_user"));
    /// assert!(!forwarding.owns(b"X-Remote-User-Agent"));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// A name is not a token, or is one of HTTP's own.
    #[doc(alias("forged"))]
    pub fn also_strip<N: AsRef<str>>(
        self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, HeaderSetError> {
        let mut checked: Vec<String> = Vec::new();
        for name in names {
            let name = name.as_ref();
            if HeaderName::from_text(name).is_none() {
                return Err(HeaderSetError::new(name, HeaderSetErrorKind::NotAToken));
            }
            if is_reserved(name) {
                return Err(HeaderSetError::new(name, HeaderSetErrorKind::Reserved));
            }
            checked.push(name.into());
        }
        Ok(self.with(|settings| {
            settings.own(checked.iter().map(String::as_str));
            settings.stripped.append(&mut checked);
        }))
    }

    /// Keeps one family of headers in incoming requests, for a proxy behind another proxy that it trusts.
    ///
    /// `family` is the name of a family of [`is_owned_name`](crate::connection::is_owned_name): `x-amzn-mtls-clientcert` keeps
    /// `X-Amzn-Mtls-Clientcert-Leaf`. The names of this forwarding's sets and of [`also_strip`](Self::also_strip) are still
    /// stripped, and [`withhold`](super::ConnectionState::withhold) strips all families.
    ///
    /// ```
    /// use tls_client_auth::connection::KeepFrom;
    /// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};
    /// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
    ///
    /// let forwarding = Forwarding::none().keep_family("x-amzn-mtls-clientcert", KeepFrom::Trusted)?;
    /// let connection = |client| ConnectionState::new(client, forwarding.clone());
    /// let load_balancer = connection(ClientCertificate::presented(der, Verification::Success));
    /// assert!(!load_balancer.owns(b"X-Amzn-Mtls-Clientcert-Leaf"));
    /// assert!(connection(ClientCertificate::none()).owns(b"X-Amzn-Mtls-Clientcert-Leaf"));
    ///
    /// let error = forwarding.keep_family("x-amzn-mtls", KeepFrom::Trusted).unwrap_err().to_string();
    /// assert!(error.starts_with(
    ///     r#"header name "x-amzn-mtls": is not a family of certificate headers, did you mean "x-amzn-mtls-clientcert"?"#
    /// ));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// The name is not a family's, or is `x-forwarded-client-cert`: use [`xfcc_mode`](Self::xfcc_mode) for it.
    pub fn keep_family(self, family: &str, from: KeepFrom) -> Result<Self, HeaderSetError> {
        let is_xfcc = |name: &str| is_alike(name.as_bytes(), X_FORWARDED_CLIENT_CERT.as_bytes());
        let kept = Families::named(family).filter(|_| !is_xfcc(family)).ok_or_else(|| {
            let known = Families::ALL.names().filter(|name| !is_xfcc(name));
            HeaderSetError::new(family, HeaderSetErrorKind::NotAFamily)
                .among(known.map(Into::into).collect())
        })?;
        Ok(self.with(|settings| {
            let (trusted, anyone) = &mut settings.kept;
            *trusted = trusted.and(kept);
            if from == KeepFrom::Anyone {
                *anyone = anyone.and(kept);
            }
        }))
    }

    /// Whether a header or trailer with this name is stripped from a request without a connection: a name of a family, of this
    /// forwarding's sets or of [`also_strip`](Self::also_strip), in any spelling.
    ///
    /// Use it with HTTP libraries that pass fields one by one. For requests of a connection, use
    /// [`ConnectionState::owns`](super::ConnectionState::owns) or [`Claim::owns`](super::Claim::owns).
    ///
    /// ```
    /// use tls_client_auth::{Forwarding, HeaderSet};
    ///
    /// let set = HeaderSet::nginx().renamed("ssl-client-serial", "X-Remote-Serial")?;
    /// let forwarding = Forwarding::none().on_every_request(set);
    /// for name in ["ssl-client-serial", "X_REMOTE_SERIAL", "Client-Cert"] {
    ///     assert!(forwarding.owns(name.as_bytes()));
    /// }
    /// assert!(!forwarding.owns(b"Host"));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    #[doc(alias("forged", "spoofed"))]
    #[must_use]
    #[inline]
    pub fn owns(&self, name: &[u8]) -> bool {
        self.owner(self.kept(false)).owns(name)
    }

    /// Whether it is the other one or a clone of it, with the same settings.
    #[inline]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The owned names, if these families are kept.
    #[inline]
    pub(crate) fn owner(&self, kept: Families) -> Owner<'_> {
        Owner { kept, names: &self.0.owned }
    }

    /// The families that are kept from a client.
    pub(crate) fn kept(&self, trusted: bool) -> Families {
        if trusted { self.0.kept.0 } else { self.0.kept.1 }
    }

    /// The lines of a request without a connection.
    pub(crate) fn nobody(&self) -> &[HeaderLines] {
        &self.0.nobody.0
    }

    /// The sets as they were added, for the first request and for all.
    #[cfg(feature = "serde")]
    pub(super) fn sets(&self) -> (&[HeaderSet], &[HeaderSet]) {
        (&self.0.first_sets, &self.0.every_sets)
    }

    /// The names of [`also_strip`](Self::also_strip).
    #[cfg(feature = "serde")]
    pub(super) fn stripped(&self) -> &[String] {
        &self.0.stripped
    }

    /// The mode as it was set.
    #[cfg(feature = "serde")]
    pub(super) fn stated_mode_of_xfcc(&self) -> XfccMode {
        self.0.xfcc_mode
    }

    /// The mode in effect for the headers that are sent.
    pub(crate) fn mode_of_xfcc(&self) -> XfccMode {
        match self.0.xfcc_mode {
            XfccMode::AppendForward if self.0.sends_no_element => XfccMode::SanitizeSet,
            mode => mode,
        }
    }

    pub(crate) fn first(&self) -> &Table {
        &self.0.first
    }

    pub(crate) fn every(&self) -> &Table {
        &self.0.every
    }

    pub(crate) fn size_limits(&self) -> Limits {
        self.0.limits
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        let settings = Arc::make_mut(&mut self.0);
        change(settings);
        settings.settle();
        self
    }
}

/// The owned names: all families except the kept ones, and single names.
#[derive(Clone, Copy)]
pub(crate) struct Owner<'f> {
    kept: Families,
    /// Folded and sorted.
    names: &'f [String],
}

impl Owner<'_> {
    /// Owns nothing.
    pub(crate) const NOBODY: Self = Self { kept: Families::ALL, names: &[] };

    #[inline]
    pub(crate) fn owns(self, name: &[u8]) -> bool {
        is_owned_but(name, self.kept)
            || self.names.binary_search_by(|own| compare_folded(own, name)).is_ok()
    }

    /// Whether any owned name is in no family.
    pub(crate) const fn owns_others(self) -> bool {
        !self.names.is_empty()
    }
}

impl Settings {
    /// Adds names to strip.
    fn own<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        self.names.extend(names.map(folded));
        self.names.sort();
        self.names.dedup();
    }

    /// Recomputes what every request needs, after a change.
    fn settle(&mut self) {
        [self.every, self.first] = joined(&self.every_sets, &self.first_sets);
        let is_of_envoy_s_name = |entry: &&Entry| {
            is_alike(entry.name.as_str().as_bytes(), X_FORWARDED_CLIENT_CERT.as_bytes())
        };
        let mut named = self.first.iter().chain(&*self.every).filter(is_of_envoy_s_name);
        self.sends_no_element = named.any(|entry| !entry.is_element());
        let (kept, _) = self.kept;
        let owned = self.names.iter().filter(|name| !is_owned_but(name.as_bytes(), kept));
        self.owned = owned.cloned().collect();
        let nobody = ClientCertificate::none();
        let lines = |entries| HeaderLines::new(entries, &nobody, self.limits);
        self.nobody.0 = [&self.first, &self.every].map(lines).into();
        self.nobody.0.retain(|lines| lines.iter().next().is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_to_strip_as_well_are_checked() {
        let cases = [
            ("X User", HeaderSetErrorKind::NotAToken),
            ("", HeaderSetErrorKind::NotAToken),
            ("Host", HeaderSetErrorKind::Reserved),
            ("content_length", HeaderSetErrorKind::Reserved),
        ];
        for (name, kind) in cases {
            let error = Forwarding::none().also_strip(["X-Fine", name]).unwrap_err();
            assert_eq!((error.name(), error.kind()), (name, kind));
        }
    }
}
