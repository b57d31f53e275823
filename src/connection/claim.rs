//! The claim of a request: its header lines, and whether the origin has them.

use alloc::boxed::Box;
use core::fmt;
use core::slice;
use core::sync::atomic::AtomicBool;

use super::forwarding::Owner;
use super::state::{ConnectionState, Inner, READY, SENT, Waiting};
use super::sync::{Arc, Ordering};
use super::{Forwarding, strip, xfcc};
use crate::headers::families::Families;
use crate::headers::{HeaderLine, HeaderLines, RequestHeadersMut};

impl Forwarding {
    /// Prepares a request with or without a [`ConnectionState`].
    ///
    /// A request without one (no TLS, or another listener) is treated as a request of a client without a certificate: it is
    /// stripped, and carries the sets' headers for such clients. Use the same forwarding on every listener of a proxy.
    ///
    /// A connection keeps the forwarding that it was created with, for example when the settings are reloaded. If this is another one,
    /// the connection's headers are sent, and the names of both are stripped.
    ///
    /// ```
    /// use tls_client_auth::{Forwarding, HeaderSet};
    ///
    /// let forwarding = Forwarding::none().on_every_request(HeaderSet::ingress_nginx());
    /// let mut headers = vec![("ssl-client-verify".to_owned(), "SUCCESS".to_owned())];
    /// forwarding.claim(None).apply(&mut headers);
    /// assert_eq!(headers, [("ssl-client-verify".to_owned(), "NONE".to_owned())]);
    /// ```
    #[must_use = "a request must be stripped by `Claim::apply`"]
    pub fn claim(&self, connection: Option<&ConnectionState>) -> Claim {
        match connection {
            Some(connection) => connection.claim().beside(self),
            None => Claim::new(Source::Nobody(self.clone()), true),
        }
    }
}

/// The headers of one request to the origin.
///
/// A claim can be applied to several attempts. If it is dropped uncommitted (also by a panic or a cancelled future), the next
/// request carries the first request's headers.
///
/// ```
/// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};
///
/// let client = ClientCertificate::presented(*b"DER", Verification::Success);
/// let connection = ConnectionState::new(client, Forwarding::cloudflare());
///
/// // The first attempt fails, and the claim is applied to a second one.
/// let claim = connection.claim();
/// for answered in [false, true] {
///     let mut headers = Vec::new();
///     assert!(claim.apply(&mut headers).is_complete());
///     assert_eq!(headers.len(), 2);
///     if answered {
///         break;
///     }
/// }
/// claim.commit();
/// assert!(connection.is_sent() && !connection.claim().is_first());
/// ```
pub struct Claim {
    source: Source,
    /// Whether it carries any headers.
    pub(super) every: bool,
    first: Option<First>,
    /// Whether the last request that it was applied to had too many headers.
    pub(super) lost: AtomicBool,
    /// Another forwarding of the proxy: an origin may trust its names too.
    other: Option<Forwarding>,
}

pub(super) enum Source {
    Connection(Arc<Inner>),
    Nobody(Forwarding),
}

/// The first request's headers, to put back if the claim is dropped.
struct First(Option<Box<Waiting>>);

impl Claim {
    pub(super) const fn new(source: Source, every: bool) -> Self {
        Self { source, every, first: None, lost: AtomicBool::new(false), other: None }
    }

    /// Strips the names of this forwarding too.
    #[inline]
    pub(crate) fn beside(mut self, forwarding: &Forwarding) -> Self {
        if !forwarding.is_same(self.forwarding()) {
            self.other = Some(forwarding.clone());
        }
        self
    }

    /// The header lines of this request.
    ///
    /// [`apply`](Self::apply) adds them; for the header type of another crate, write a wrapper that implements
    /// [`RequestHeadersMut`](crate::headers::RequestHeadersMut). If the HTTP library passes headers one by one, remove each header
    /// and trailer for which [`owns`](Self::owns) returns `true`. Then do what
    /// [`consume_connection`](crate::connection::consume_connection) does: remove each header that `Connection` lists, `Connection`
    /// itself, `HTTP2-Settings`, `Proxy-Connection`, and any `Upgrade` except `websocket`. Then add these lines.
    ///
    /// ```
    /// use tls_client_auth::{Forwarding, HeaderSet};
    ///
    /// let claim = Forwarding::none().on_every_request(HeaderSet::nginx()).claim(None);
    /// let lines: Vec<_> = claim.lines().map(|line| (line.name(), line.value())).collect();
    /// assert_eq!(lines, [("ssl-client-verify", "NONE")]);
    /// ```
    #[inline]
    pub fn lines(&self) -> impl Iterator<Item = HeaderLine<'_>> {
        let sends = self.forwarding().mode_of_xfcc().sends();
        let lines = self.parts().flat_map(HeaderLines::iter);
        lines.filter(move |line| sends || !xfcc::is_own(line))
    }

    /// Whether a header or trailer with this name is stripped from the request: see [`Forwarding::owns`]. False for families that
    /// are [kept](Forwarding::keep_family) from this client.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};
    ///
    /// let claim = ConnectionState::new(ClientCertificate::none(), Forwarding::cloudflare()).claim();
    /// let trailers = [("X-Checksum", "1"), ("cf_client_cert_sha256", "f0")];
    /// let kept: Vec<_> = trailers.iter().filter(|(name, _)| !claim.owns(name.as_bytes())).collect();
    /// assert_eq!(kept, [&("X-Checksum", "1")]);
    /// ```
    #[must_use]
    #[inline]
    pub fn owns(&self, name: &[u8]) -> bool {
        self.owner().owns(name) || self.other_owner().is_some_and(|other| other.owns(name))
    }

    /// Strips the request's trailers, and returns how many were stripped. Nothing is added to trailers.
    ///
    /// A claim of [`withhold`](super::ConnectionState::withhold) strips the families too that are
    /// [kept](Forwarding::keep_family) from this client, which [`ConnectionState::strip_trailers`](super::ConnectionState::strip_trailers)
    /// does not.
    ///
    /// ```
    /// use tls_client_auth::Forwarding;
    ///
    /// let claim = Forwarding::rfc9440().claim(None);
    /// let mut trailers = vec![("client_cert".to_owned(), ":AA==:".to_owned()), ("X-Checksum".to_owned(), "1".to_owned())];
    /// assert_eq!(claim.strip_trailers(&mut trailers), 1);
    /// assert_eq!(trailers, [("X-Checksum".to_owned(), "1".to_owned())]);
    /// ```
    pub fn strip_trailers<H: RequestHeadersMut + ?Sized>(&self, trailers: &mut H) -> usize {
        self.strip(trailers)
    }

    pub(super) fn strip<H: RequestHeadersMut + ?Sized>(&self, headers: &mut H) -> usize {
        let own = strip::strip(headers, self.owner());
        self.other_owner().map_or(own, |other| own.saturating_add(strip::strip(headers, other)))
    }

    /// What the claim's forwarding owns.
    #[inline]
    pub(super) fn owner(&self) -> Owner<'_> {
        self.forwarding().owner(self.kept())
    }

    /// What another forwarding owns: it keeps only the families that both keep.
    fn other_owner(&self) -> Option<Owner<'_>> {
        let (other, kept) = self.other()?;
        Some(other.owner(kept))
    }

    /// Another forwarding, and the families that both keep.
    pub(crate) fn other(&self) -> Option<(&Forwarding, Families)> {
        let other = self.other.as_ref()?;
        let (_, trusted) = self.source();
        Some((other, other.kept(trusted).in_both(self.kept())))
    }

    /// The names of headers that exceed their limit: see [`HeaderLines::too_large`](crate::headers::HeaderLines::too_large).
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};
    ///
    /// let client = ClientCertificate::presented(vec![0; 20_000], Verification::Success);
    /// let claim = ConnectionState::new(client, Forwarding::rfc9440()).claim();
    /// assert_eq!(claim.too_large().collect::<Vec<_>>(), ["Client-Cert"]);
    /// ```
    pub fn too_large(&self) -> impl Iterator<Item = &str> {
        self.parts().flat_map(HeaderLines::too_large)
    }

    /// The families that the request keeps.
    #[inline]
    pub(crate) fn kept(&self) -> Families {
        let (forwarding, trusted) = self.source();
        if self.every { forwarding.kept(trusted) } else { Families::default() }
    }

    /// The first request's lines, if the claim has them, and the lines of every request.
    #[inline]
    fn parts(&self) -> impl Iterator<Item = &HeaderLines> {
        let every = match &self.source {
            _ if !self.every => &[][..],
            Source::Connection(inner) => inner.every.as_deref().map_or(&[][..], slice::from_ref),
            Source::Nobody(forwarding) => forwarding.nobody(),
        };
        let first = match &self.first {
            Some(First(Some(waiting))) => match &**waiting {
                Waiting::Lines(lines) => slice::from_ref(lines),
                Waiting::Client(_) => &[],
            },
            _ => &[],
        };
        first.iter().chain(every)
    }

    /// Calls `add` for each of the [lines](Self::lines). Most requests have none, which a loop finds out faster than one iterator.
    #[inline]
    pub(super) fn try_for_each_line<E>(
        &self,
        mut add: impl FnMut(HeaderLine<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for lines in self.parts() {
            let sends = self.forwarding().mode_of_xfcc().sends();
            lines.iter().filter(|line| sends || !xfcc::is_own(line)).try_for_each(&mut add)?;
        }
        Ok(())
    }

    /// Takes the certificate and renders its lines, which replace it. If that panics, dropping the claim puts the certificate back.
    #[cold]
    pub(super) fn take_first(&mut self, connection: &Inner) {
        let Inner { waiting, forwarding, .. } = connection;
        let First(waiting) = self.first.insert(First(waiting.take()));
        if let Some(waiting) = waiting.as_deref_mut()
            && let Waiting::Client(client) = waiting
        {
            let lines = HeaderLines::new(forwarding.first(), client, forwarding.size_limits());
            *waiting = Waiting::Lines(lines);
        }
    }

    /// The proxy's forwarding.
    #[inline]
    pub(crate) fn forwarding(&self) -> &Forwarding {
        self.source().0
    }

    /// The proxy's forwarding, and whether the client is trusted.
    #[inline]
    pub(super) fn source(&self) -> (&Forwarding, bool) {
        match &self.source {
            Source::Connection(inner) => (&inner.forwarding, inner.trusted),
            Source::Nobody(forwarding) => (forwarding, false),
        }
    }

    /// Whether the claim has the first request's headers.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.first.is_some()
    }

    /// Records that the origin has the request: the first request's headers are not sent again, and their memory is freed.
    ///
    /// Call it when the response's head arrives, and not for a response that the proxy generates: see [the module](super). A request
    /// that is aborted before, for example by a reset stream, may still have reached the origin; the next request carries the
    /// headers again. No effect if [`apply`](Self::apply) could not add the headers.
    pub fn commit(mut self) {
        if *self.lost.get_mut() {
            return;
        }
        if self.first.take().is_some()
            && let Source::Connection(inner) = &self.source
        {
            inner.state.store(SENT, Ordering::Release);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(First(waiting)) = self.first.take()
            && let Source::Connection(inner) = &self.source
        {
            // The lines are kept, so that a client that aborts its requests does not cause them to be rendered each time.
            inner.waiting.put(waiting);
            inner.state.store(READY, Ordering::Release);
        }
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.lines()).finish()
    }
}

#[cfg(all(test, not(loom_model)))]
mod tests {
    use super::*;
    use crate::client::{ClientCertificate, Verification};
    use crate::field::Limits;
    use crate::headers::HeaderSet;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn what_is_too_large_is_reported() {
        let client = ClientCertificate::presented(&[0u8; 99][..], Verification::Success);
        let forwarding = Forwarding::cloudflare().limits(Limits::new().encoded_leaf(100));
        let claim = ConnectionState::new(client, forwarding).claim();
        assert!(claim.too_large().eq(["Cf-Client-Cert-Der-Base64"]));
        assert!(claim.lines().map(|line| line.name()).eq(["Cf-Client-Cert-Sha256"]));
    }

    #[test]
    fn a_request_without_a_connection_equals_one_without_a_certificate() {
        let forwarding = Forwarding::none()
            .on_first_request(HeaderSet::nginx())
            .on_every_request(HeaderSet::cloudflare_managed())
            .on_every_request(HeaderSet::rfc9440());
        let connection = ConnectionState::new(ClientCertificate::none(), forwarding.clone());
        let lines = |claim: &Claim| -> Vec<(String, String)> {
            claim.lines().map(|line| (line.name().into(), line.value().into())).collect()
        };
        let (alone, of_connection) = (forwarding.claim(None), connection.claim());
        assert_eq!(lines(&alone), lines(&of_connection));
        assert_eq!(lines(&alone).first(), Some(&("ssl-client-verify".into(), "NONE".into())));
        alone.commit();
        let later = lines(&forwarding.claim(None));
        assert_eq!(later, lines(&of_connection), "without a connection, each request is the first");
        let second = lines(&forwarding.claim(Some(&connection)));
        assert_eq!(second.len(), 3, "the first request of the connection is claimed already");
    }

    #[test]
    fn the_names_of_a_newer_forwarding_are_stripped_on_an_older_connection() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let client = ClientCertificate::presented(der, Verification::Success);
        let renamed = HeaderSet::nginx().renamed("ssl-client-s-dn", "X-User").unwrap();
        let keep = |forwarding: Forwarding| {
            forwarding.keep_family("x-amzn-mtls-clientcert", crate::connection::KeepFrom::Anyone)
        };
        let newer = Forwarding::none().on_every_request(renamed);
        let older = || Forwarding::rfc9440();
        let [kept_newer, kept_older] = [newer.clone(), older()].map(|it| keep(it).unwrap());
        // The forwardings, and whether the family is kept: only if both keep it.
        let cases = [
            (&newer, older(), false),
            (&newer, kept_older.clone(), false),
            (&kept_newer, older(), false),
            (&kept_newer, kept_older, true),
            (&newer, newer.clone(), false),
        ];
        let sent = || -> Vec<(String, String)> {
            let names = ["x_user", "X-Amzn-Mtls-Clientcert", "Client-Cert", "X-Other"];
            names.map(|name| (name.into(), "forged".into())).into()
        };
        for (case, (forwarding, of_connection, is_kept)) in cases.into_iter().enumerate() {
            let connection = ConnectionState::new(client.clone(), of_connection);
            let claim = forwarding.claim(Some(&connection));
            let left = if is_kept { 2 } else { 1 };
            let is_forged = |lines: &[(String, String)]| {
                lines.iter().filter(|(_, value)| value == "forged").count()
            };
            let mut headers = sent();
            assert_eq!(claim.apply(&mut headers).stripped(), 4 - left, "{case}");
            assert_eq!(is_forged(&headers), left, "{case}");
            assert!(headers.len() > left, "the connection's headers are sent: {case}");
            let mut trailers = sent();
            assert_eq!(claim.strip_trailers(&mut trailers), 4 - left, "{case}");
            assert_eq!(is_forged(&trailers), left, "{case}");
            for (name, _) in sent() {
                let is_owned = trailers.iter().all(|(left, _)| *left != name);
                assert_eq!(claim.owns(name.as_bytes()), is_owned, "{case}: {name}");
            }
        }
    }
}
