//! The state of a connection and the claims of its requests: what is stripped, what is sent, and when.
//!
//! One atomic decides who carries the first request's headers: `READY` → `CLAIMED` → `SENT`, and back to `READY` when a claim is
//! dropped before the origin had it. The certificate itself lies in a slot that only the holder of the claim touches, so that it
//! can be freed as soon as it is sent.
//!
//! # Order
//!
//! Apply the claim first, then set the proxy's own headers: a client that lists `X-Forwarded-For` in `Connection` has it removed by
//! whatever consumes `Connection` later, and [`apply`](crate::Claim::apply) removes every header that belongs to a family, also one that
//! the proxy set itself (`X-SSL-Cipher`). Where something before `apply` sets headers, run [`consume_connection`] before that.
//!
//! # Commit
//!
//! One *answered* request of a connection carries the first request's headers. Commit the claim when the origin has answered:
//!
//! - A cache hit is no answer of the origin, and neither is a `502`, `503` or `504` that the proxy makes itself.
//! - A request that is cancelled before its answer may have reached the origin all the same. The next one carries the headers again.
//! - Drop the old claim before taking another one into the same variable: `slot = None; slot = Some(connection.claim());`. Otherwise the
//!   new one is taken while the old one still holds the headers, and goes without.
//!
//! - A cache between proxy and origin serves one client's answer to another, unless the answer's `Vary` names the headers.
//!
//! # Tunnels
//!
//! After `CONNECT` or `101 Switching Protocols` nobody strips. `apply` leaves no `Upgrade` but `websocket`; refuse `CONNECT`, or end the
//! tunnel at a peer that believes no header.

mod forwarding;
#[cfg(feature = "serde")]
mod settings;
pub(crate) mod strip;
mod sync;
mod xfcc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::slice;
use core::sync::atomic::AtomicBool;

use crate::client::ClientCertificate;
use crate::headers::name::Families;
use crate::headers::{HeaderLine, HeaderLines, RequestHeadersMut, TooManyHeaders, add_line};
use sync::{Arc, AtomicU8, Ordering, Slot};

pub use crate::headers::name::is_owned_name;
pub use forwarding::{Forwarding, KeepFrom};
pub use strip::consume_connection;
pub use xfcc::XfccMode;

/// The headers for the first request wait for it.
const READY: u8 = 0;
/// A request carries them, and it is not yet known whether the origin has it.
const CLAIMED: u8 = 1;
/// The origin has them, or there never were any.
const SENT: u8 = 2;

/// The state of one TLS connection, created after the handshake and cloned into every request.
///
/// Clones share the state. The certificate is fixed: create a new state for a renegotiated or resumed connection, with the verdict of
/// that handshake.
///
/// Create it when the handshake is complete. A state that is made while early data is read (0-RTT, or QUIC before the handshake is
/// confirmed) has no certificate, and says so for the connection's life. A request in early data can be replayed: let it wait for the
/// handshake, or answer it with `425 Too Early`, where the certificate decides.
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
/// let mut second = vec![("Cf-Client-Cert-Sha256".to_owned(), "forged".to_owned())];
/// connection.forward(&mut second).commit();
/// assert!(second.is_empty());
/// ```
#[derive(Clone)]
pub struct ConnectionState(Arc<Inner>);

struct Inner {
    state: AtomicU8,
    forwarding: Forwarding,
    /// Whether the client is trusted, which outlives the certificate.
    trusted: bool,
    /// Until it is sent.
    waiting: Slot<Waiting>,
    /// Rendered once, for all requests.
    every: Option<Box<HeaderLines>>,
}

/// What waits for the first request.
#[derive(Clone)]
struct Waiting {
    client: ClientCertificate,
    /// Rendered for a claim that was given back.
    lines: Option<Box<HeaderLines>>,
}

impl ConnectionState {
    /// Creates the state of a connection on which nothing was forwarded yet.
    ///
    /// The lines for every request are made here; those for the first request when it comes.
    #[must_use]
    pub fn new(client: ClientCertificate, forwarding: Forwarding) -> Self {
        let every = (!forwarding.every().is_empty()).then(|| {
            Box::new(HeaderLines::new(forwarding.every(), &client, forwarding.size_limits()))
        });
        let trusted = client.is_trusted();
        let waits = forwarding.first().iter().any(|entry| entry.is_for(&client));
        Self(Arc::new(Inner {
            state: AtomicU8::new(if waits { READY } else { SENT }),
            waiting: Slot::new(waits.then(|| Box::new(Waiting { client, lines: None }))),
            every,
            trusted,
            forwarding,
        }))
    }

    /// Prepares a request, which carries the first request's headers if no other has them.
    ///
    /// The claim is applied to the headers of every attempt to reach an origin, and [committed](Claim::commit) when one
    /// has the request. Dropped before that, it gives the headers back, and the next request carries them.
    #[must_use = "a claim that is dropped gives the headers back"]
    pub fn claim(&self) -> Claim {
        let mut claim = Claim::new(Source::Connection(Arc::clone(&self.0)), true);
        let state = &self.0.state;
        // Later requests only look, so that they don't fight for the cache line.
        if state.load(Ordering::Acquire) == READY
            && state.compare_exchange(READY, CLAIMED, Ordering::AcqRel, Ordering::Acquire).is_ok()
        {
            claim.take_first(&self.0);
        }
        claim
    }

    /// Prepares a request for a host that does not forward the certificate. It is only stripped, and leaves the first request's
    /// headers to another. Families that are [kept](Forwarding::keep_family) go too.
    #[must_use = "a request must be stripped by `Claim::apply`"]
    pub fn withhold(&self) -> Claim {
        Claim::new(Source::Connection(Arc::clone(&self.0)), false)
    }

    /// [`claim`](Self::claim) and [`apply`](Claim::apply) in one: strips the request and adds what it carries. The proxy's own
    /// headers are set afterwards.
    #[must_use = "commit the claim when the origin has the request"]
    pub fn forward<H: RequestHeadersMut + ?Sized>(&self, headers: &mut H) -> Claim {
        let claim = self.claim();
        claim.apply(headers);
        claim
    }

    /// Strips a request's trailers, and returns how many of them were owned. A claim's headers never go there.
    pub fn strip_trailers<H: RequestHeadersMut + ?Sized>(&self, trailers: &mut H) -> usize {
        strip::strip(trailers, self.0.forwarding.owner(self.kept()))
    }

    /// Whether a header or a trailer with this name is removed from the connection's requests: see [`Forwarding::owns`]. A family
    /// that is [kept](Forwarding::keep_family) from this client is not.
    #[doc(alias("forged", "spoofed"))]
    #[must_use]
    pub fn owns(&self, name: &[u8]) -> bool {
        self.0.forwarding.owner(self.kept()).owns(name)
    }

    /// The families that its requests keep.
    pub(crate) fn kept(&self) -> Families {
        self.0.forwarding.kept(self.0.trusted)
    }

    #[cfg(feature = "http-body")]
    pub(crate) fn forwarding(&self) -> &Forwarding {
        &self.0.forwarding
    }

    /// Whether the headers for the first request have reached an origin, or never were any.
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

impl Forwarding {
    /// Prepares a request, of a connection or of none.
    ///
    /// A request without a connection (cleartext, or another listener) is one of a client without a certificate: it is stripped,
    /// and carries what the sets state for a client without a certificate. Every listener of a proxy uses the same forwarding.
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
            Some(connection) => connection.claim(),
            None => Claim::new(Source::Nobody(self.clone()), true),
        }
    }
}

/// What one request carries to the origin.
///
/// It can be applied to several attempts. Dropping it uncommitted (also by a panic or a cancelled future) gives the first
/// request's headers back.
pub struct Claim {
    source: Source,
    /// Whether it carries anything.
    every: bool,
    first: Option<First>,
    /// Whether the last request that it was applied to had no room for its headers.
    lost: AtomicBool,
}

enum Source {
    Connection(Arc<Inner>),
    Nobody(Forwarding),
}

/// The first request's headers, and the certificate to put back if they don't arrive.
struct First {
    waiting: Option<Box<Waiting>>,
    lines: Option<HeaderLines>,
}

/// What [`Claim::apply`] did to a request's headers.
///
/// ```
/// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};
///
/// let connection = ConnectionState::new(ClientCertificate::none(), Forwarding::cloudflare());
/// let mut headers = vec![("Client-Cert".to_owned(), ":AA==:".to_owned()), ("Accept".to_owned(), "*/*".to_owned())];
/// let applied = connection.claim().apply(&mut headers);
/// assert_eq!(applied.stripped(), 1);
/// assert!(applied.is_complete());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Applied {
    stripped: usize,
    is_complete: bool,
}

impl Applied {
    /// How many header lines of the request had a name that is [owned](Claim::owns) and were removed: attempts at forging, if the
    /// headers were not prepared before. What `Connection` lists is not counted.
    #[must_use]
    pub const fn stripped(self) -> usize {
        self.stripped
    }

    /// Whether the request carries what the claim holds. If not, the request has too many headers to take ours, and carries none
    /// of them.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        self.is_complete
    }
}

impl Claim {
    const fn new(source: Source, every: bool) -> Self {
        Self { source, every, first: None, lost: AtomicBool::new(false) }
    }

    /// Removes from the request what its `Connection` lists and every header that could pass for one of ours, then adds ours,
    /// each once. Run it on every request, whatever it carries, and before the proxy sets headers of its own.
    ///
    /// `Connection` and `Upgrade` are treated as by [`consume_connection`]. Where the request has too many headers to take ours, it
    /// goes without any of them, and the claim will not be [committed](Self::commit).
    #[doc(alias("forged", "spoofed", "sanitize"))]
    pub fn apply<H: RequestHeadersMut + ?Sized>(&self, headers: &mut H) -> Applied {
        let mode = self.forwarding().mode_of_xfcc();
        // Taken out first: it is owned, and comes back only as what is inserted.
        let keeps = self.every && mode.keeps(self.is_trusted());
        let inbound = if keeps { xfcc::inbound(headers) } else { None };
        let (inbound, kept) = inbound.map_or((None, 0), |(value, lines)| (Some(value), lines));
        let owner = self.forwarding().owner(self.kept());
        let stripped = strip::strip(headers, owner).saturating_sub(kept);
        let is_complete = self.add(headers, inbound).is_ok();
        if !is_complete {
            // A part of them could say another thing than all.
            headers.remove_where(&mut |name| owner.owns(name));
        }
        self.lost.store(!is_complete, Ordering::Relaxed);
        Applied { stripped, is_complete }
    }

    fn add<H: RequestHeadersMut + ?Sized>(
        &self,
        headers: &mut H,
        mut inbound: Option<Vec<u8>>,
    ) -> Result<(), TooManyHeaders> {
        self.lines().try_for_each(|line| match inbound.take_if(|_| xfcc::is_own(&line)) {
            Some(inbound) => {
                add_line(headers, xfcc::NAME, &xfcc::appended(inbound, line.value().as_bytes()))
            }
            None => headers.add_line(line),
        })?;
        match inbound {
            Some(inbound) if !self.forwarding().mode_of_xfcc().sends() => {
                add_line(headers, xfcc::NAME, &inbound)
            }
            _ => Ok(()),
        }
    }

    /// The lines of this request.
    ///
    /// [`apply`](Self::apply) adds them; a header type of another crate gets a wrapper that implements
    /// [`RequestHeadersMut`]. An HTTP library that hands over headers one by one must remove every one, and every trailer, with a
    /// name that [`owns`](Self::owns) accepts, and every one that `Connection` lists.
    #[inline]
    pub fn lines(&self) -> impl Iterator<Item = HeaderLine<'_>> {
        let sends = self.forwarding().mode_of_xfcc().sends();
        let lines = self.parts().flat_map(HeaderLines::iter);
        lines.filter(move |line| sends || !xfcc::is_own(line))
    }

    /// Whether a header or a trailer with this name is removed from the request: see [`Forwarding::owns`]. A family that is
    /// [kept](Forwarding::keep_family) from this client is not.
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
        self.forwarding().owner(self.kept()).owns(name)
    }

    /// The headers with a value over its limit: see [`HeaderLines::too_large`](crate::headers::HeaderLines::too_large).
    pub fn too_large(&self) -> impl Iterator<Item = &str> {
        self.parts().flat_map(HeaderLines::too_large)
    }

    /// The families that the request keeps.
    pub(crate) fn kept(&self) -> Families {
        if self.every { self.forwarding().kept(self.is_trusted()) } else { Families::default() }
    }

    /// The first request's lines, if it is that one, and those of every request.
    #[inline]
    fn parts(&self) -> impl Iterator<Item = &HeaderLines> {
        let every = match &self.source {
            Source::Connection(inner) => inner.every.as_deref().map_or(&[][..], slice::from_ref),
            Source::Nobody(forwarding) => forwarding.nobody(),
        };
        let first = self.first.as_ref().and_then(|first| first.lines.as_ref());
        first.into_iter().chain(every.iter().filter(|_| self.every))
    }

    /// Takes the certificate, and only then makes its lines: should that panic, the claim is dropped and gives it back.
    #[cold]
    fn take_first(&mut self, connection: &Inner) {
        let Inner { waiting, forwarding, .. } = connection;
        let first = self.first.insert(First { waiting: waiting.take(), lines: None });
        first.lines = first.waiting.as_deref_mut().map(|Waiting { client, lines }| {
            lines.take().map_or_else(
                || HeaderLines::new(forwarding.first(), client, forwarding.size_limits()),
                |lines| *lines,
            )
        });
    }

    /// What is forwarded.
    #[inline]
    pub(crate) fn forwarding(&self) -> &Forwarding {
        match &self.source {
            Source::Connection(inner) => &inner.forwarding,
            Source::Nobody(forwarding) => forwarding,
        }
    }

    fn is_trusted(&self) -> bool {
        match &self.source {
            Source::Connection(inner) => inner.trusted,
            Source::Nobody(_) => false,
        }
    }

    /// Whether it carries the first request's headers.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.first.is_some()
    }

    /// Records that the origin has the request. The first request's headers are spent, and their memory is freed.
    ///
    /// Call it when the response's head arrives, not for an answer that the proxy makes itself: see [the module](self). A request that
    /// is given up before, by a reset stream for one, may have reached the origin all the same; the next one then carries the
    /// headers again. A claim that the request had no room for is given back.
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
        if let Some(First { waiting, lines }) = self.first.take()
            && let Source::Connection(inner) = &self.source
        {
            // Kept, so that a client that drops its requests does not have them rendered each time.
            inner.waiting.put(waiting.map(|mut waiting| {
                waiting.lines = lines.map(Box::new);
                waiting
            }));
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
    use crate::client::Verification;
    use crate::client::VerifyError;
    use crate::field::Limits;
    use crate::headers::HeaderSet;
    use crate::headers::RequestHeaders;
    use crate::headers::name::X_FORWARDED_CLIENT_CERT;
    use alloc::string::String;
    use alloc::vec::Vec;

    const DER: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

    fn names(claim: &Claim) -> Vec<String> {
        claim.lines().map(|line| line.name().into()).collect()
    }

    #[test]
    fn a_dropped_claim_gives_back_and_a_committed_one_does_not() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        let first = connection.claim();
        assert_eq!(names(&first), ["Cf-Client-Cert-Der-Base64", "Cf-Client-Cert-Sha256"]);
        assert!(names(&connection.claim()).is_empty(), "claimed by the first");
        drop(first);
        let second = connection.claim();
        assert_eq!(names(&second).len(), 2, "given back");
        second.commit();
        assert!(connection.is_sent());
        assert!(names(&connection.claim()).is_empty(), "spent");
    }

    #[test]
    fn a_panic_gives_back() {
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
                "no bytes, and so no hash of nothing",
                ClientCertificate::presented(&[][..], Verification::Success),
                pair(),
                0,
            ),
            ("a verdict for none", ClientCertificate::none(), verdict(), 3),
            (
                "a verdict for a failed one",
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
                "untrusted by name",
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
    fn what_was_sent_is_freed() {
        let der: Arc<[u8]> = DER.into();
        let client = ClientCertificate::presented(Arc::clone(&der), Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        assert_eq!(Arc::strong_count(&der), 2);
        connection.claim().commit();
        assert_eq!(Arc::strong_count(&der), if cfg!(feature = "std") { 1 } else { 2 });
    }

    #[test]
    fn what_is_too_large_is_reported() {
        let client = ClientCertificate::presented(&[0u8; 99][..], Verification::Success);
        let forwarding = Forwarding::cloudflare().limits(Limits::new().encoded_leaf(100));
        let claim = ConnectionState::new(client, forwarding).claim();
        assert!(claim.too_large().eq(["Cf-Client-Cert-Der-Base64"]));
        assert!(claim.lines().map(|line| line.name()).eq(["Cf-Client-Cert-Sha256"]));
    }

    /// A list with room for some lines only.
    #[derive(Clone)]
    struct Small(Vec<(String, String)>, usize);

    impl RequestHeaders for Small {
        fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
            self.0.visit(visit);
        }
    }

    impl RequestHeadersMut for Small {
        fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
            self.0.remove_where(remove);
        }

        fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
            if self.0.len() >= self.1 { Err(TooManyHeaders) } else { self.0.add_line(line) }
        }
    }

    #[test]
    fn headers_without_room_go_without_ours_and_say_so() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let forwarding = Forwarding::cloudflare()
            .on_every_request(HeaderSet::envoy())
            .xfcc_mode(XfccMode::AppendForward);
        let own = || -> Vec<(String, String)> {
            [("Accept", "*/*"), (X_FORWARDED_CLIENT_CERT, "Hash=1"), ("Client-Cert", "forged")]
                .map(|(name, value)| (name.into(), value.into()))
                .into()
        };
        for room in 1..=5 {
            let connection = ConnectionState::new(client.clone(), forwarding.clone());
            let mut headers = Small(own(), room);
            let claim = connection.claim();
            let applied = claim.apply(&mut headers);
            let fits = room >= 4;
            assert_eq!((applied.stripped(), applied.is_complete()), (1, fits), "{room}");
            assert_eq!(headers.0.len(), if fits { 4 } else { 1 }, "{room}");
            claim.commit();
            assert_eq!(connection.is_sent(), fits, "{room}");
            assert_eq!(connection.claim().is_first(), !fits, "given back: {room}");
        }
        // Another attempt may have room.
        let connection = ConnectionState::new(client, forwarding);
        let claim = connection.claim();
        assert!(!claim.apply(&mut Small(own(), 2)).is_complete());
        assert!(claim.apply(&mut Small(own(), 9)).is_complete());
        claim.commit();
        assert!(connection.is_sent());
    }

    #[cfg(feature = "http")]
    #[test]
    fn a_full_header_map_is_no_panic() {
        use http::{HeaderMap, HeaderName, HeaderValue};
        let client = ClientCertificate::presented(DER, Verification::Success);
        let value = HeaderValue::from_static("1");
        let mut full = HeaderMap::new();
        let name = |index: usize| HeaderName::try_from(alloc::format!("x-{index}")).unwrap();
        let most = (0..).take_while(|index| full.try_insert(name(*index), value.clone()).is_ok());
        let most = most.count();
        // As many names, with one of them owned, listed, or `Connection`.
        let others = [
            (None, false),
            (Some(("client-cert", "forged")), false),
            (Some(("connection", "close")), false),
            (Some(("connection", "x-1, x-2, close")), true),
        ];
        for (other, has_room) in others {
            let mut headers = full.clone();
            if let Some((name, value)) = other {
                headers.remove("x-0");
                headers.insert(name, HeaderValue::from_static(value));
            }
            assert_eq!(headers.len(), most);
            let connection = ConnectionState::new(client.clone(), Forwarding::cloudflare());
            let claim = connection.claim();
            let applied = claim.apply(&mut headers);
            assert_eq!(applied.is_complete(), has_room, "{other:?}");
            assert_eq!(headers.contains_key("cf-client-cert-sha256"), has_room, "{other:?}");
            claim.commit();
            assert_eq!(connection.is_sent(), has_room, "{other:?}");
        }
    }

    #[cfg(feature = "std")]
    #[test]
    fn a_dropped_claim_keeps_its_lines() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        let place =
            |claim: &Claim| claim.lines().map(|line| line.value().as_ptr()).collect::<Vec<_>>();
        let first = connection.claim();
        let rendered = place(&first);
        drop(first);
        // So that the same place is not free again.
        let _other = alloc::vec![0u8; 4096];
        for _ in 0..3 {
            assert_eq!(place(&connection.claim()), rendered, "not rendered again");
        }
    }

    #[test]
    fn withholding_leaves_the_first_request_to_another() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        connection.withhold().commit();
        assert!(connection.claim().is_first());
    }
}

#[cfg(all(test, loom_model))]
mod model_of_threads {
    //! Every interleaving of threads that claim, then commit, drop, or panic.

    use super::*;
    use crate::client::Verification;
    use loom::sync::atomic::AtomicUsize;
    use loom::thread;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// How a request that carries the certificate ends.
    #[derive(Clone, Copy)]
    enum End {
        Commits,
        Drops,
        Panics,
    }
    use End::{Commits, Drops, Panics};

    /// A thread for each request, in every interleaving.
    fn model<const REQUESTS: usize>(ends: [End; REQUESTS]) {
        loom::model(move || {
            let client = ClientCertificate::presented(&[0u8; 3][..], Verification::Success);
            let connection = ConnectionState::new(client, Forwarding::cloudflare());
            let committed = Arc::new(AtomicUsize::new(0));
            let handles = ends.map(|end| {
                let (connection, committed) = (connection.clone(), Arc::clone(&committed));
                thread::spawn(move || {
                    let claim = connection.claim();
                    if !claim.is_first() {
                        return;
                    }
                    assert_eq!(claim.lines().count(), 2, "a claim holds the certificate");
                    match end {
                        Commits => {
                            committed.fetch_add(1, Ordering::Relaxed);
                            claim.commit();
                        }
                        Drops => drop(claim),
                        Panics => {
                            let unwinds = AssertUnwindSafe(move || {
                                let _claim = claim;
                                std::panic::resume_unwind(Box::new("a panic"))
                            });
                            assert!(catch_unwind::<_, ()>(unwinds).is_err());
                        }
                    }
                })
            });
            for handle in handles {
                handle.join().unwrap();
            }
            let sent = committed.load(Ordering::Relaxed);
            assert!(sent <= 1, "sent twice");
            let retry = connection.claim();
            assert_eq!(retry.is_first(), sent == 0, "lost, or sent again");
            retry.commit();
            assert!(connection.is_sent());
        });
    }

    #[test]
    fn two_threads_commit() {
        model([Commits, Commits]);
    }

    #[test]
    fn two_threads_one_drops() {
        model([Commits, Drops]);
    }

    #[test]
    fn three_threads_commit_drop_and_panic() {
        model([Commits, Drops, Panics]);
    }

    #[test]
    fn three_threads_two_commit() {
        model([Commits, Commits, Panics]);
    }

    #[test]
    fn three_threads_none_commits() {
        model([Drops, Panics, Drops]);
    }
}
