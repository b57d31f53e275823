//! Resumed sessions through the example's proxy. The TLS library does not verify the certificate on resumption, so the proxy verifies
//! it again: a certificate that has expired meanwhile is not forwarded as trusted. A host that asks for a certificate resumes no
//! session of a host that does not ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::client::Resumption;
use rustls::crypto::ring::Ticketer;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, HandshakeKind, SupportedProtocolVersion};
use tls_client_auth::hosts::{HostnameAssociation, Hosts};
use tls_client_auth::{Forwarding, HeaderSet};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::certificates::{Certificates, Client, LAST_YEAR, PARTNER};
use crate::one_for_all::OneForAll;
use crate::origin::Origin;
use crate::proxy::{Admission, Settings};
use crate::stage::Stage;

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

/// Sends a request on a new connection. Returns the kind of the handshake, and whether there was an answer.
async fn get(port: u16, config: &Arc<ClientConfig>, host: &'static str) -> (HandshakeKind, bool) {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let name = ServerName::try_from(host).unwrap();
    let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await.unwrap();
    let kind = stream.get_ref().1.handshake_kind().unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get("/").header("Host", host).header("Connection", "close");
    let answer = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await;
    let answered = answer.is_ok();
    if let Ok(answer) = answer {
        // Reads to the end, so that the client also gets TLS 1.3's tickets.
        answer.into_body().collect().await.unwrap();
    }
    drop(connection.await);
    (kind, answered)
}

#[tokio::test]
async fn a_resumed_session_is_verified_again() {
    let verdict = "ssl-client-verify";
    let expired = Some("FAILED:certificate has expired");
    // The verdict at the origin after the certificate has expired; `None` if it gets no request.
    let cases = [
        ("on", Admission::Verified, None),
        ("optional", Admission::VerifiedOrNone, None),
        ("optional_no_ca", Admission::Any, expired),
    ];
    for version in [&TLS12, &TLS13] {
        for (name, admission, forwarded) in cases {
            let name = format!("{name}, {:?}", version.version);
            let certificates = Certificates::new().unwrap();
            let origin = Origin::start().await.unwrap();
            let year = |years: i32| u64::try_from(years - 1970).unwrap() * 31_556_952;
            let clock = Clock(Arc::new(AtomicU64::new(year(LAST_YEAR))));
            let mut tls = certificates.tls(admission).unwrap();
            Arc::make_mut(&mut tls.own.config).time_provider = Arc::new(clock.clone());
            let forwarding = Forwarding::none().on_every_request(HeaderSet::nginx());
            let hosts = Hosts::new();
            let settings =
                Settings { tls, origin_tls: None, forwarding, hosts, forwards_all: true };
            let proxy = Stage::start(origin.port, settings, |_| {}).await.unwrap();
            let config =
                Arc::new(certificates.client_config_of(Client::Known, Some(version)).unwrap());

            for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
                assert_eq!(get(proxy.port, &config, "app.example").await, (kind, true), "{name}");
                assert_eq!(origin.take()[0].value(verdict), Some("SUCCESS"), "{name}, {kind:?}");
            }
            clock.0.store(year(LAST_YEAR + 2), Ordering::Relaxed);
            let (kind, answered) = get(proxy.port, &config, "app.example").await;
            assert_eq!(kind, HandshakeKind::Resumed, "{name}");
            assert_eq!(answered, forwarded.is_some(), "{name}");
            let seen = origin.take();
            assert_eq!(seen.first().and_then(|seen| seen.value(verdict)), forwarded, "{name}");
            let errors = proxy.error_log.take();
            let refused =
                |line: &String| line.ends_with("resumed session: FAILED:certificate has expired");
            assert_eq!(errors.iter().any(refused), forwarded.is_none(), "{name}: {errors:?}");
        }
    }
}

/// A client that offers its sessions to every host, and the store of these sessions.
fn offering_to_all(
    certificates: &Certificates,
    version: &'static SupportedProtocolVersion,
) -> (Arc<ClientConfig>, Arc<OneForAll>) {
    let sessions = Arc::new(OneForAll::new());
    let mut config = certificates.client_config_of(Client::Known, Some(version)).unwrap();
    config.resumption = Resumption::store(sessions.clone());
    (Arc::new(config), sessions)
}

#[tokio::test]
async fn a_host_that_asks_resumes_no_session_of_a_host_that_does_not() {
    let [www, api] = ["www.example", "api.example"];
    let cases = [
        (www, www, HandshakeKind::Resumed),
        (api, api, HandshakeKind::Resumed),
        (www, api, HandshakeKind::Full),
        (api, www, HandshakeKind::Full),
    ];
    for version in [&TLS12, &TLS13] {
        for tickets in [false, true] {
            for (first, second, kind) in cases {
                let name = format!("{:?}, tickets: {tickets}, {first}, {second}", version.version);
                let certificates = Certificates::new().unwrap();
                let settings = |asking: &[&str]| {
                    let mut tls = certificates.tls(Admission::Verified).unwrap();
                    if tickets {
                        for config in [&mut tls.own.config, &mut tls.plain] {
                            Arc::make_mut(config).ticketer = Ticketer::new().unwrap();
                        }
                    }
                    let forwarding = Forwarding::none().on_every_request(HeaderSet::nginx());
                    let hosts = Hosts::new().ask(asking).unwrap();
                    Settings { tls, origin_tls: None, forwarding, hosts, forwards_all: true }
                };
                let origin = Origin::start().await.unwrap();
                let proxy = Stage::start(origin.port, settings(&[api]), |_| {}).await.unwrap();
                let (config, sessions) = offering_to_all(&certificates, version);
                let verdict = |host| if host == api { "SUCCESS" } else { "NONE" };
                for (host, kind) in [(first, HandshakeKind::Full), (second, kind)] {
                    assert_eq!(get(proxy.port, &config, host).await, (kind, true), "{name}");
                    let seen = origin.take();
                    assert_eq!(seen[0].value("ssl-client-verify"), Some(verdict(host)), "{name}");
                }
                assert_eq!(sessions.offered(), 1, "{name}");
                // After the reload both hosts ask.
                proxy.proxy.reload(settings(&[www, api])).unwrap();
                let after = get(proxy.port, &config, second).await;
                assert_eq!(after, (HandshakeKind::Full, true), "{name}");
                assert_eq!(sessions.offered(), 2, "{name}");
                assert_eq!(origin.take()[0].value("ssl-client-verify"), Some("SUCCESS"), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_host_with_another_authority_resumes_no_session() {
    let [api, partner] = ["api.example", "partner.example"];
    for version in [&TLS12, &TLS13] {
        for tickets in [false, true] {
            let name = format!("{:?}, tickets: {tickets}", version.version);
            let certificates = Certificates::new().unwrap();
            let mut tls = certificates.tls(Admission::Any).unwrap();
            if tickets {
                Arc::make_mut(&mut tls.own.config).ticketer = Ticketer::new().unwrap();
            }
            let forwarding = Forwarding::none().on_every_request(HeaderSet::nginx());
            let association = HostnameAssociation::new([partner]).unwrap();
            let hosts = Hosts::new().ask([api]).unwrap();
            let hosts = hosts.associate(association.mtls_certificate_id(PARTNER).unwrap()).unwrap();
            let settings =
                Settings { tls, origin_tls: None, forwarding, hosts, forwards_all: true };
            let origin = Origin::start().await.unwrap();
            let proxy = Stage::start(origin.port, settings, |_| {}).await.unwrap();
            let (config, sessions) = offering_to_all(&certificates, version);
            let failed = "FAILED:unable to verify the first certificate";
            for (host, kind, verdict) in [
                (api, HandshakeKind::Full, "SUCCESS"),
                (api, HandshakeKind::Resumed, "SUCCESS"),
                (partner, HandshakeKind::Full, failed),
            ] {
                assert_eq!(get(proxy.port, &config, host).await, (kind, true), "{name}, {host}");
                let seen = origin.take();
                assert_eq!(seen[0].value("ssl-client-verify"), Some(verdict), "{name}, {host}");
            }
            assert_eq!(sessions.offered(), 2, "{name}");
        }
    }
}
