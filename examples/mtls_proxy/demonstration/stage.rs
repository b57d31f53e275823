//! A proxy on loopback in front of the origin, and its logs.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Result;
use crate::proxy::{Limits, Options, Proxy, Settings, Shutdown, Sink};

pub struct Stage {
    pub port: u16,
    pub proxy: Arc<Proxy>,
    pub access_log: Lines,
    pub error_log: Lines,
    end: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Stage {
    /// Starts a proxy with the default options and this change.
    pub async fn start(
        origin: u16,
        settings: Settings,
        change: impl FnOnce(&mut Options),
    ) -> Result<Self> {
        let (access_log, error_log) = (Lines::default(), Lines::default());
        let mut options = Options {
            origin: format!("127.0.0.1:{origin}").parse()?,
            origin_http2: false,
            upgrades: Vec::new(),
            limits: Limits::default(),
            access_log: Some(access_log.sink()),
            error_log: error_log.sink(),
        };
        change(&mut options);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let proxy = Arc::new(Proxy::new(options, settings)?);
        let (end, ending) = oneshot::channel();
        let accepting = Arc::clone(&proxy);
        let ended = tokio::spawn(async move {
            let shutdown = Shutdown::new();
            tokio::select! {
                () = accepting.accept(listener, &shutdown) => {}
                _ = ending => {}
            }
            shutdown.shutdown().await;
        });
        Ok(Self { port, proxy, access_log, error_log, end, ended })
    }

    /// Stops accepting. The task ends when the connections have ended after their requests.
    pub fn end(self) -> JoinHandle<()> {
        // An error means that the proxy has already ended.
        let _ = self.end.send(());
        self.ended
    }
}

/// The lines of a log.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    pub fn sink(&self) -> Sink {
        let Self(lines) = self.clone();
        Arc::new(move |line| {
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
        })
    }

    /// The lines since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
