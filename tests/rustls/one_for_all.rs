//! A client that tries to resume its session at another server than the one that issued it.

use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::NamedGroup;
use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue,
};
use rustls::pki_types::{IpAddr, ServerName};

/// A session store that offers the last session to every server name.
#[derive(Debug)]
pub(crate) struct OneForAll {
    store: ClientSessionMemoryCache,
    offered: AtomicUsize,
}

impl OneForAll {
    pub(crate) fn new() -> Self {
        Self { store: ClientSessionMemoryCache::new(32), offered: AtomicUsize::new(0) }
    }

    /// The number of sessions that it has offered.
    pub(crate) fn offered(&self) -> usize {
        self.offered.load(Ordering::Relaxed)
    }

    fn name() -> ServerName<'static> {
        ServerName::IpAddress(IpAddr::V4([0; 4].into()))
    }

    fn offer<T>(&self, session: Option<T>) -> Option<T> {
        self.offered.fetch_add(session.is_some().into(), Ordering::Relaxed);
        session
    }
}

impl ClientSessionStore for OneForAll {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        self.store.set_kx_hint(Self::name(), group);
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.store.kx_hint(&Self::name())
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.store.set_tls12_session(Self::name(), value);
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.offer(self.store.tls12_session(&Self::name()))
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {
        self.store.remove_tls12_session(&Self::name());
    }

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.store.insert_tls13_ticket(Self::name(), value);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.offer(self.store.take_tls13_ticket(&Self::name()))
    }
}
