//! The state of a connection: the headers of its first request, and those of every request.

use alloc::boxed::Box;
use core::fmt;

use super::claim::{Claim, Source};
use super::sync::{Arc, AtomicU8, Ordering, Slot};
use super::{Forwarding, strip};
use crate::client::ClientCertificate;
use crate::headers::families::Families;
use crate::headers::{HeaderLines, RequestHeadersMut};

/// The first request's headers are not sent yet.
pub(super) const READY: u8 = 0;
/// A request carries them; the origin has not answered yet.
pub(super) const CLAIMED: u8 = 1;
/// The origin has them, or there are none.
pub(super) const SENT: u8 = 2;

/// The state of one TLS connection, created after the handshake and cloned into every request.
///
/// Clones share the state. The certificate is fixed: create a new state for a renegotiated or resumed connection, with the verdict of
/// that handshake.
///
/// Create it when the handshake is complete. A state created during early data (0-RTT, or QUIC before the handshake is confirmed)
/// has no certificate for the whole connection. Requests in early data can be replayed: if the certificate matters, delay them
/// until the handshake is complete, or answer `425 Too Early`.
///
/// ```
/// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
///
/// let client = ClientCertificate::presented(der, Verification::Success);
/// let connection = ConnectionState::new(client, Forwarding::cloudflare());
///
/// let mut first = vec![("Cf-Client-Cert-Sha256".to_owned(), "forged".to_owned())];
/// connection.forward(&mut first).commit();
/// assert_eq!(first.len(), 2);
/// assert_eq!(first[1].1.len(), 64);
///
/// assert!(connection.is_sent() && connection.owns(b"cf_client_cert_sha256"));
/// let mut second = vec![("Cf-Client-Cert-Sha256".to_owned(), "forged".to_owned())];
/// connection.claim().apply(&mut second);
/// assert!(second.is_empty());
/// ```
#[derive(Clone)]
pub struct ConnectionState(Arc<Inner>);

pub(super) struct Inner {
    pub(super) state: AtomicU8,
    pub(super) forwarding: Forwarding,
    /// Whether the client is trusted; needed after the certificate is freed.
    pub(super) trusted: bool,
    /// The certificate or its lines, until they are sent.
    pub(super) waiting: Slot<Waiting>,
    /// Rendered once, for all requests.
    pub(super) every: Option<Box<HeaderLines>>,
}

/// The data for the first request.
#[derive(Clone)]
pub(super) enum Waiting {
    Client(ClientCertificate),
    /// The lines, after a claim that rendered them was dropped.
    Lines(HeaderLines),
}

impl ConnectionState {
    /// Creates the state of a new connection.
    ///
    /// The header lines for every request are rendered here, those for the first request when it arrives.
    #[must_use]
    pub fn new(client: ClientCertificate, forwarding: Forwarding) -> Self {
        let every = (!forwarding.every().is_empty()).then(|| {
            Box::new(HeaderLines::new(forwarding.every(), &client, forwarding.size_limits()))
        });
        let trusted = client.is_trusted();
        let waits = forwarding.first().iter().any(|entry| entry.is_for(&client));
        Self(Arc::new(Inner {
            state: AtomicU8::new(if waits { READY } else { SENT }),
            waiting: Slot::new(waits.then(|| Box::new(Waiting::Client(client)))),
            every,
            trusted,
            forwarding,
        }))
    }

    /// Prepares a request. It carries the first request's headers if no other request has them.
    ///
    /// Apply the claim to the headers of every attempt to reach an origin, and [commit](Claim::commit) it when an origin has
    /// answered. If it is dropped uncommitted, the next request carries the first request's headers.
    #[must_use = "a claim that is dropped gives the headers back"]
    pub fn claim(&self) -> Claim {
        let mut claim = Claim::new(Source::Connection(Arc::clone(&self.0)), true);
        let state = &self.0.state;
        // Later requests only load, to avoid contention for the cache line.
        if state.load(Ordering::Acquire) == READY
            && state.compare_exchange(READY, CLAIMED, Ordering::AcqRel, Ordering::Acquire).is_ok()
        {
            claim.take_first(&self.0);
        }
        claim
    }

    /// Prepares a request for a host that does not forward the certificate. The request is only stripped, also of
    /// [kept](Forwarding::keep_family) families; the first request's headers remain for another request.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};
    ///
    /// let client = ClientCertificate::presented(*b"DER", Verification::Success);
    /// let connection = ConnectionState::new(client, Forwarding::cloudflare());
    /// let mut headers = vec![("Cf-Client-Cert-Sha256".to_owned(), "forged".to_owned())];
    /// connection.withhold().apply(&mut headers);
    /// assert!(headers.is_empty() && !connection.is_sent());
    /// ```
    #[must_use = "a request must be stripped by `Claim::apply`"]
    pub fn withhold(&self) -> Claim {
        Claim::new(Source::Connection(Arc::clone(&self.0)), false)
    }

    /// Strips the request and adds its headers: [`claim`](Self::claim) and [`apply`](Claim::apply) in one call. Set the proxy's own
    /// headers afterwards.
    #[must_use = "commit the claim when the origin has the request"]
    pub fn forward<H: RequestHeadersMut + ?Sized>(&self, headers: &mut H) -> Claim {
        let claim = self.claim();
        claim.apply(headers);
        claim
    }

    /// Strips a request's trailers, and returns how many were stripped. Nothing is added to trailers.
    ///
    /// For a request that is [withheld](Self::withhold), call [`Claim::strip_trailers`]: it strips
    /// [kept](Forwarding::keep_family) families too.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};
    ///
    /// let connection = ConnectionState::new(ClientCertificate::none(), Forwarding::cloudflare());
    /// let mut trailers = vec![("X_SSL_Client_Cert".to_owned(), "forged".to_owned()), ("Digest".to_owned(), "…".to_owned())];
    /// assert_eq!(connection.strip_trailers(&mut trailers), 1);
    /// assert_eq!(trailers.len(), 1);
    /// ```
    pub fn strip_trailers<H: RequestHeadersMut + ?Sized>(&self, trailers: &mut H) -> usize {
        strip::strip(trailers, self.0.forwarding.owner(self.kept()))
    }

    /// Whether a header or trailer with this name is stripped from the connection's requests: see [`Forwarding::owns`]. False for
    /// families that are [kept](Forwarding::keep_family) from this client.
    #[doc(alias("forged", "spoofed"))]
    #[must_use]
    pub fn owns(&self, name: &[u8]) -> bool {
        self.0.forwarding.owner(self.kept()).owns(name)
    }

    /// The families that the connection's requests keep.
    pub(crate) fn kept(&self) -> Families {
        self.0.forwarding.kept(self.0.trusted)
    }

    #[cfg(feature = "http-body")]
    pub(crate) fn forwarding(&self) -> &Forwarding {
        &self.0.forwarding
    }

    /// Whether the first request's headers were sent, or there are none.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.0.state.load(Ordering::Acquire) == SENT
    }
}

impl fmt::Debug for ConnectionState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConnectionState")
            .field("sent", &self.is_sent())
            .field("every_request", &self.0.every)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom_model)))]
mod tests {
    use super::*;
    use crate::client::{Verification, VerifyError};
    use crate::field::Limits;
    use crate::headers::HeaderSet;
    use alloc::string::String;
    use alloc::vec::Vec;

    const DER: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

    fn names(claim: &Claim) -> Vec<String> {
        claim.lines().map(|line| line.name().into()).collect()
    }

    #[test]
    fn a_dropped_claim_returns_its_headers_and_a_committed_one_does_not() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        let first = connection.claim();
        assert_eq!(names(&first), ["Cf-Client-Cert-Der-Base64", "Cf-Client-Cert-Sha256"]);
        assert!(names(&connection.claim()).is_empty(), "the first claim holds them");
        drop(first);
        let second = connection.claim();
        assert_eq!(names(&second).len(), 2, "the first claim returned them");
        second.commit();
        assert!(connection.is_sent());
        assert!(names(&connection.claim()).is_empty(), "they are sent");
    }

    #[test]
    fn a_panic_returns_the_headers() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        let clone = connection.clone();
        let result = std::thread::spawn(move || {
            let _claim = clone.claim();
            panic!("the upstream attempt");
        })
        .join();
        assert!(result.is_err());
        assert!(connection.claim().is_first());
    }

    #[test]
    fn what_each_kind_of_client_gets() {
        let pair = Forwarding::cloudflare;
        let verdict = || Forwarding::none().on_every_request(HeaderSet::cloudflare_managed());
        let presented = |verification| ClientCertificate::presented(DER, verification);
        let cases = [
            ("none", ClientCertificate::none(), pair(), 0),
            ("failed", presented(VerifyError::CertHasExpired.into()), pair(), 0),
            ("not verified", presented(Verification::None), pair(), 0),
            ("revoked", presented(Verification::Success).revoked(true), pair(), 0),
            ("trusted", presented(Verification::Success), pair(), 2),
            (
                "a certificate of no bytes, of which no hash is sent",
                ClientCertificate::presented(&[][..], Verification::Success),
                pair(),
                0,
            ),
            ("none, in a set with a verdict", ClientCertificate::none(), verdict(), 3),
            (
                "failed, in a set with a verdict",
                presented(VerifyError::CertHasExpired.into()),
                verdict(),
                14,
            ),
            (
                "too large",
                presented(Verification::Success),
                pair().limits(Limits::new().encoded_leaf(100)),
                1,
            ),
            (
                "not verified, in a set that includes the untrusted",
                presented(Verification::None),
                Forwarding::none().on_first_request(HeaderSet::cloudflare().including_untrusted()),
                2,
            ),
        ];
        for (name, client, forwarding, lines) in cases {
            let connection = ConnectionState::new(client, forwarding);
            assert_eq!(connection.claim().lines().count(), lines, "{name}");
            assert_eq!(connection.withhold().lines().count(), 0, "{name}");
        }
    }

    #[test]
    fn a_certificate_is_freed_once_it_is_sent() {
        let der: Arc<[u8]> = DER.into();
        let client = ClientCertificate::presented(Arc::clone(&der), Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        assert_eq!(Arc::strong_count(&der), 2);
        connection.claim().commit();
        assert_eq!(Arc::strong_count(&der), if cfg!(feature = "std") { 1 } else { 2 });
    }

    #[cfg(feature = "std")]
    #[test]
    fn a_dropped_claim_keeps_its_lines() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        let addresses =
            |claim: &Claim| claim.lines().map(|line| line.value().as_ptr()).collect::<Vec<_>>();
        let first = connection.claim();
        let rendered = addresses(&first);
        drop(first);
        // Keeps the allocator from returning the same addresses by chance.
        let _other = alloc::vec![0u8; 4096];
        for _ in 0..3 {
            assert_eq!(addresses(&connection.claim()), rendered, "rendered again");
        }
    }

    #[test]
    fn a_withheld_request_does_not_count_as_the_first() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        connection.withhold().commit();
        assert!(connection.claim().is_first());
    }
}
