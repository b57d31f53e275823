//! The ends of connections: at shutdown, and when idle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// Ends connections after their requests, and waits until they have ended.
pub struct Shutdown(watch::Sender<()>);

impl Shutdown {
    pub fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    pub fn watcher(&self) -> Watcher {
        Watcher(self.0.subscribe())
    }

    pub async fn shutdown(self) {
        // An error means that there are no watchers.
        let _ = self.0.send(());
        self.0.closed().await;
    }
}

/// Held by a connection or a tunnel: the shutdown waits until it is dropped.
#[derive(Clone)]
pub struct Watcher(watch::Receiver<()>);

impl Watcher {
    pub async fn shutdown(&mut self) {
        // An error means that the `Shutdown` was dropped, which is a shutdown too.
        let _ = self.0.changed().await;
    }
}

/// Detects idle connections.
#[derive(Clone, Default)]
pub struct Activity(Arc<AtomicBool>);

impl Activity {
    pub fn moved(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns after an idle time of one to two times `time`.
    pub async fn rests(&self, time: Duration) {
        loop {
            tokio::time::sleep(time).await;
            if !self.0.swap(false, Ordering::Relaxed) {
                return;
            }
        }
    }
}
