//! What a proxy forwards: which header sets, on the first request of a connection or on every one.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::connection::XfccMode;
use crate::connection::is_owned_name;
use crate::field::Limits;
use crate::headers::name::{folded, is_alike};
use crate::headers::{Entry, FieldName, HeaderSet, HeaderSetError, HeaderSetErrorKind, is_framing};

/// The header sets that go out, and when. Made once for a proxy and shared by all of its connections.
///
/// ```
/// use tls_client_auth::{Forwarding, HeaderSet};
///
/// // The certificate once, the verdict always.
/// let forwarding = Forwarding::none()
///     .on_first_request(HeaderSet::cloudflare())
///     .on_every_request(HeaderSet::cloudflare_managed());
/// # let _ = forwarding;
/// ```
///
/// With feature `serde` it is read from settings files: its [`Deserialize`](#impl-Deserialize%3C'de%3E-for-Forwarding) lists the keys.
/// Two forwardings are equal when they have equal sets, in the same order, and the same settings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Forwarding(Arc<Settings>);

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Settings {
    /// As they were added.
    first_sets: Vec<HeaderSet>,
    every_sets: Vec<HeaderSet>,
    /// As they were given.
    stripped: Vec<String>,
    /// The rows that the first request alone carries, beside those of every request.
    first: Arc<[Entry]>,
    every: Arc<[Entry]>,
    limits: Limits,
    xfcc_mode: XfccMode,
    /// Folded names of the callers' own that belong to no family; sorted.
    owned: Vec<String>,
}

impl Forwarding {
    /// Nothing is forwarded; requests are stripped all the same.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::default())
    }

    /// Cloudflare's default: `Cf-Client-Cert-Der-Base64` and `Cf-Client-Cert-Sha256` on the first request of a connection.
    ///
    /// An origin behind pooled connections can't tell which later requests belong to that first one; where it must know,
    /// put the set on every request.
    #[must_use]
    pub fn cloudflare() -> Self {
        Self::none().on_first_request(HeaderSet::cloudflare())
    }

    /// `Client-Cert` and `Client-Cert-Chain` on every request, as RFC 9440 §2.4 wants it.
    #[must_use]
    pub fn rfc9440() -> Self {
        Self::none().on_every_request(HeaderSet::rfc9440())
    }

    /// Adds a set for the first request of each connection. Where two such sets share a name, the one added first keeps it; a set for
    /// every request keeps its names before them, so that later requests have all of its headers.
    ///
    /// A set that loses its verdict's header to another field is sent for trusted clients only, on the requests where it loses it.
    #[must_use]
    pub fn on_first_request(mut self, set: HeaderSet) -> Self {
        let settings = Arc::make_mut(&mut self.0);
        settings.own(&set);
        settings.first_sets.push(set);
        settings.join();
        self
    }

    /// Adds a set for every request. Where two such sets share a name, the one added first keeps it.
    ///
    /// A set that loses its verdict's header to another field is sent for trusted clients only.
    #[must_use]
    pub fn on_every_request(mut self, set: HeaderSet) -> Self {
        let settings = Arc::make_mut(&mut self.0);
        settings.own(&set);
        settings.every_sets.push(set);
        settings.join();
        self
    }

    /// Sizes other than [`Limits::new`].
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        Arc::make_mut(&mut self.0).limits = limits;
        self
    }

    /// What becomes of a request's own `x-forwarded-client-cert`; [`XfccMode::SanitizeSet`] unless told.
    #[must_use]
    pub fn xfcc_mode(mut self, mode: XfccMode) -> Self {
        Arc::make_mut(&mut self.0).xfcc_mode = mode;
        self
    }

    /// Strips these names too, in every spelling, without sending them: those that an origin trusts and no set of the crate has.
    ///
    /// # Errors
    /// A name is not a token, or is one of HTTP's own framing.
    pub fn also_strip<N: AsRef<str>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, HeaderSetError> {
        let settings = Arc::make_mut(&mut self.0);
        for name in names {
            let name = name.as_ref();
            if FieldName::from_text(name).is_none() {
                return Err(HeaderSetError::new(name, HeaderSetErrorKind::NotAToken));
            }
            if is_framing(name) {
                return Err(HeaderSetError::new(name, HeaderSetErrorKind::Framing));
            }
            settings.owned.push(folded(name));
            settings.stripped.push(name.into());
        }
        settings.owned.sort();
        settings.owned.dedup();
        Ok(self)
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

    pub(crate) fn mode_of_xfcc(&self) -> XfccMode {
        self.0.xfcc_mode
    }

    pub(crate) fn first(&self) -> &Arc<[Entry]> {
        &self.0.first
    }

    pub(crate) fn every(&self) -> &Arc<[Entry]> {
        &self.0.every
    }

    pub(crate) fn size_limits(&self) -> Limits {
        self.0.limits
    }

    /// Tells whether a request's header with a name must go: a family's, or one that a set of these forwards.
    #[inline]
    pub(crate) fn owns(&self) -> impl Fn(&[u8]) -> bool {
        let owned = self.0.owned.as_slice();
        move |name| is_owned_name(name) || !owned.is_empty() && is_one_of(owned, name)
    }
}

/// Whether a name is alike one of these. Apart from [`Forwarding::owns`], which asks it of every header.
fn is_one_of(owned: &[String], name: &[u8]) -> bool {
    let name = core::str::from_utf8(name).map(folded).unwrap_or_default();
    owned.binary_search(&name).is_ok()
}

impl Settings {
    /// Decides which rows go on which requests, and for whom.
    fn join(&mut self) {
        self.every = joined(&self.every_sets, &[]);
        self.first = joined(&self.first_sets, &self.every);
    }

    /// Notes the names that no family covers.
    fn own(&mut self, set: &HeaderSet) {
        for (name, _) in set.rows() {
            if !is_owned_name(name.as_bytes()) {
                self.owned.push(folded(name));
            }
        }
        self.owned.sort();
        self.owned.dedup();
    }
}

/// The rows of these sets that go beside the taken ones: of several with the same name, the first.
///
/// Facts never go without their verdict: where the row that has its name is another, the set's rows are for trusted clients only.
fn joined(sets: &[HeaderSet], taken: &[Entry]) -> Arc<[Entry]> {
    let mut entries: Vec<Entry> = Vec::new();
    for set in sets {
        let with_its_name = |entry: &Entry| {
            let name = entry.name.as_str().as_bytes();
            let rows = taken.iter().chain(&entries);
            rows.clone().find(|row| is_alike(row.name.as_str().as_bytes(), name))
        };
        let mut verdict = set.entries().iter().filter(|entry| entry.field.is_of_verdict());
        let keeps_verdict =
            verdict.all(|entry| with_its_name(entry).is_none_or(|row| row.is_verdict_for(entry)));
        let new = set.entries().iter().filter(|entry| with_its_name(entry).is_none()).cloned();
        let new: Vec<Entry> = match keeps_verdict {
            true => new.collect(),
            false => new.map(Entry::without_verdict).collect(),
        };
        entries.extend(new);
    }
    entries.into()
}
