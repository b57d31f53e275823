//! What a connection has told the origin so far, shared by all of its requests.
//!
//! One atomic decides who carries the first request's headers: `READY` → `CLAIMED` → `SENT`, and back to `READY` when a claim is
//! dropped before the origin had it. The certificate itself lies in a slot that only the holder of the claim touches, so that it
//! can be freed as soon as it is sent.

mod forwarding;
#[cfg(feature = "serde")]
mod settings;
pub(crate) mod strip;
mod sync;
mod xfcc;

use alloc::boxed::Box;
use core::fmt;

use crate::client::ClientCertificate;
use crate::headers::{HeaderLine, HeaderLines};
use strip::strip;
use sync::{Arc, AtomicU8, Ordering, Slot};

pub use crate::headers::name::is_owned_name;
pub use forwarding::Forwarding;
pub use strip::HeaderFields;
pub use xfcc::XfccMode;

/// The headers for the first request wait for it.
const READY: u8 = 0;
/// A request carries them, and it is not yet known whether the origin has it.
const CLAIMED: u8 = 1;
/// The origin has them, or there never were any.
const SENT: u8 = 2;

/// The state of one TLS connection: made after the handshake, cloned into every request.
///
/// Clones share the state. The certificate is fixed: a renegotiated or resumed connection is a new state.
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
    client: Slot<ClientCertificate>,
    /// Rendered once, for all requests.
    every: Option<Box<HeaderLines>>,
}

impl ConnectionState {
    /// The state of a connection on which nothing was forwarded yet.
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
            client: Slot::new(waits.then(|| Box::new(client))),
            every,
            trusted,
            forwarding,
        }))
    }

    /// Prepares a request: takes the first request's headers with it, if they still wait.
    ///
    /// The claim is applied to the headers of every attempt to reach an origin, and [committed](Claim::commit) when one
    /// has the request. Dropped before that, it gives the headers back, and the next request carries them.
    #[must_use = "a claim that is dropped gives the headers back"]
    pub fn claim(&self) -> Claim {
        let mut claim = Claim { connection: Arc::clone(&self.0), every: true, first: None };
        let state = &self.0.state;
        // Later requests only look, so that they don't fight for the cache line.
        if state.load(Ordering::Acquire) == READY
            && state.compare_exchange(READY, CLAIMED, Ordering::AcqRel, Ordering::Acquire).is_ok()
        {
            claim.take_first();
        }
        claim
    }

    /// Prepares a request that must carry nothing of the certificate, for a host that does not forward it: it is only stripped
    /// and leaves the first request's headers to another.
    #[must_use = "a request must be stripped by `Claim::apply`"]
    pub fn withhold(&self) -> Claim {
        Claim { connection: Arc::clone(&self.0), every: false, first: None }
    }

    /// [`claim`](Self::claim) and [`apply`](Claim::apply) in one: strips the request and adds what it carries.
    #[must_use = "commit the claim when the origin has the request"]
    pub fn forward<H: HeaderFields + ?Sized>(&self, headers: &mut H) -> Claim {
        let claim = self.claim();
        claim.apply(headers);
        claim
    }

    /// Strips a request's trailers. A claim's headers never go there.
    pub fn strip_trailers<H: HeaderFields + ?Sized>(&self, trailers: &mut H) {
        strip(trailers, self.0.forwarding.owns());
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

/// What one request carries to the origin.
///
/// It can be applied to several attempts. Dropping it uncommitted (also by a panic or a cancelled future) gives the first
/// request's headers back.
pub struct Claim {
    connection: Arc<Inner>,
    /// Whether the lines for every request are part of it.
    every: bool,
    first: Option<First>,
}

/// The first request's headers, and the certificate to put back if they don't arrive.
struct First {
    client: Option<Box<ClientCertificate>>,
    lines: Option<HeaderLines>,
}

impl Claim {
    /// Removes from the request what its `Connection` lists and every header that could pass for one of ours, then adds ours,
    /// each once. Run it on every request, whatever it carries.
    pub fn apply<H: HeaderFields + ?Sized>(&self, headers: &mut H) {
        let forwarding = &self.connection.forwarding;
        let mode = forwarding.mode_of_xfcc();
        // Taken out before `Connection` is consumed, where a client behind the proxy before us could have listed it.
        let keeps = self.every && mode.keeps(self.connection.trusted);
        let mut kept = keeps.then(|| xfcc::inbound(headers)).flatten();
        strip(headers, forwarding.owns());
        self.lines().for_each(|line| match kept.take_if(|_| xfcc::is_own(&line)) {
            Some(inbound) => {
                xfcc::insert(headers, &xfcc::appended(inbound, line.value().as_bytes()));
            }
            None => headers.insert(line),
        });
        if !mode.sends()
            && let Some(inbound) = kept
        {
            xfcc::insert(headers, &inbound);
        }
    }

    /// The lines of this request, for header types that [`HeaderFields`] can't be implemented for. Such a caller must strip
    /// every name that [`is_owned_name`](crate::connection::is_owned_name) says yes to.
    #[inline]
    pub fn lines(&self) -> impl Iterator<Item = HeaderLine<'_>> {
        let sends = self.connection.forwarding.mode_of_xfcc().sends();
        let lines = self.parts().flat_map(HeaderLines::iter);
        lines.filter(move |line| sends || !xfcc::is_own(line))
    }

    /// The headers of which something is over its limit: see [`HeaderLines::too_large`](crate::headers::HeaderLines::too_large).
    pub fn too_large(&self) -> impl Iterator<Item = &str> {
        self.parts().flat_map(HeaderLines::too_large)
    }

    /// The first request's lines, if it is that one, and those of every request.
    #[inline]
    fn parts(&self) -> impl Iterator<Item = &HeaderLines> {
        let every = self.connection.every.as_deref().filter(|_| self.every);
        let first = self.first.as_ref().and_then(|first| first.lines.as_ref());
        first.into_iter().chain(every)
    }

    /// Takes the certificate, and only then makes its lines: should that panic, the claim is dropped and gives it back.
    #[cold]
    fn take_first(&mut self) {
        let Inner { client, forwarding, .. } = &*self.connection;
        let first = self.first.insert(First { client: client.take(), lines: None });
        first.lines = first
            .client
            .as_deref()
            .map(|client| HeaderLines::new(forwarding.first(), client, forwarding.size_limits()));
    }

    /// What the connection forwards.
    #[cfg(feature = "tower")]
    pub(crate) fn forwarding(&self) -> &Forwarding {
        &self.connection.forwarding
    }

    /// Whether it carries the first request's headers.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.first.is_some()
    }

    /// The origin has the request: the first request's headers are spent, and what only they needed is freed.
    ///
    /// Call it when the response's head arrives. A request that is given up before, by a reset stream for one, may have reached
    /// the origin all the same; the next one then carries the headers again.
    pub fn commit(mut self) {
        if self.first.take().is_some() {
            self.connection.state.store(SENT, Ordering::Release);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(First { client, .. }) = self.first.take() {
            self.connection.client.put(client);
            self.connection.state.store(READY, Ordering::Release);
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
