//! Resumed sessions through the example's proxy: the TLS library verifies nothing on them, so the proxy verifies the certificate of the
//! first handshake again. One that has expired since is not forwarded as trusted.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "tests, and the modules of a program"
)]

#[path = "../examples/mtls_proxy/demonstration/certificates.rs"]
mod certificates;
#[path = "../examples/mtls_proxy/demonstration/origin.rs"]
mod origin;
#[path = "../examples/mtls_proxy/proxy/mod.rs"]
mod proxy;
#[path = "../examples/mtls_proxy/demonstration/stage.rs"]
mod stage;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, HandshakeKind};
use tls_client_auth::{Forwarding, HeaderSet};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use certificates::{Certificates, LAST_YEAR};
use origin::Origin;
use proxy::{Admission, Settings};
use stage::Stage;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The proxy's clock, in seconds since 1970.
#[derive(Clone, Debug)]
struct Clock(Arc<AtomicU64>);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = self.0.load(Ordering::Relaxed);
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// A request on a connection of its own: how the handshake went, and whether there was an answer.
async fn get(port: u16, config: &Arc<ClientConfig>) -> (HandshakeKind, bool) {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let name = ServerName::try_from("app.example").unwrap();
    let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await.unwrap();
    let kind = stream.get_ref().1.handshake_kind().unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get("/").header("Host", "app.example").header("Connection", "close");
    let answer = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await;
    let answered = answer.is_ok();
    if let Ok(answer) = answer {
        // To the end, so that TLS 1.3's tickets are read too.
        answer.into_body().collect().await.unwrap();
    }
    drop(connection.await);
    (kind, answered)
}

#[tokio::test]
async fn a_resumed_session_is_verified_again() {
    let verdict = "ssl-client-verify";
    let expired = Some("FAILED:certificate has expired");
    // What the origin is told of a client whose certificate has expired since the first handshake; `None` if it gets no request.
    let cases = [
        ("on", Admission::Verified, None),
        ("optional", Admission::VerifiedOrNone, None),
        ("optional_no_ca", Admission::Any, expired),
    ];
    for version in [&TLS12, &TLS13] {
        for (name, admission, told) in cases {
            let name = format!("{name}, {:?}", version.version);
            let certificates = Certificates::new().unwrap();
            let origin = Origin::start().await.unwrap();
            let year = |years: i32| u64::try_from(years - 1970).unwrap() * 31_556_952;
            let clock = Clock(Arc::new(AtomicU64::new(year(LAST_YEAR))));
            let mut tls = certificates.tls(admission).unwrap();
            Arc::make_mut(&mut tls.config).time_provider = Arc::new(clock.clone());
            let forwarding = Forwarding::none().on_every_request(HeaderSet::nginx());
            let settings = Settings { tls, forwarding, hosts: None };
            let proxy = Stage::start(origin.port, settings, |_| {}).await.unwrap();
            let config = Arc::new(certificates.client_config_of(true, Some(version)).unwrap());

            for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
                assert_eq!(get(proxy.port, &config).await, (kind, true), "{name}");
                assert_eq!(origin.take()[0].value(verdict), Some("SUCCESS"), "{name}, {kind:?}");
            }
            clock.0.store(year(LAST_YEAR + 2), Ordering::Relaxed);
            let (kind, answered) = get(proxy.port, &config).await;
            assert_eq!(kind, HandshakeKind::Resumed, "{name}");
            assert_eq!(answered, told.is_some(), "{name}");
            let seen = origin.take();
            assert_eq!(seen.first().and_then(|seen| seen.value(verdict)), told, "{name}");
            let errors = proxy.error_log.take();
            let refused =
                |line: &String| line.ends_with("resumed session: FAILED:certificate has expired");
            assert_eq!(errors.iter().any(refused), told.is_none(), "{name}: {errors:?}");
        }
    }
}
