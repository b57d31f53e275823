//! The example proxy's connections to the origin: HTTP/2, TLS, timeouts, retries.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http2 as server;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::*;
use proxy::connector;

#[tokio::test]
async fn grpc_passes_over_http2_with_its_trailers() {
    let scene = Scene::new(|options| options.origin_http2 = true).await;
    let connection = scene.http2().await;
    let trailers = [("x-sum", "7"), (SHA256, "f0f0"), ("Client-Cert", ":Zm9yZ2Vk:")];
    for carries in [true, false] {
        let answered = connection.clone().call("app.example", &trailers).await.unwrap();
        assert_eq!(answered["grpc-status"], "0");
        let seen = &scene.origin.take()[0];
        assert_eq!(seen.version, Version::HTTP_2);
        assert_eq!(seen.value(":authority"), Some("app.example"));
        assert_eq!((seen.value("host"), seen.value("te")), (None, Some("trailers")));
        assert_eq!(seen.value("x-sum"), Some("7"));
        assert_eq!(seen.carries_certificate(), carries);
        assert!(!seen.has_forged());
    }
    let status = scene.http1().await.get("app.example", "/", &[]).await.unwrap();
    assert_eq!((status, scene.origin.take()[0].version), (StatusCode::OK, Version::HTTP_2));
    let headers = [("Connection", "Upgrade"), ("Upgrade", "websocket")];
    let switched = scene.http1().await.switch("/echo", &headers, b"echo").await.unwrap();
    assert_eq!(switched, (StatusCode::SWITCHING_PROTOCOLS, b"echo".to_vec()));
    assert_eq!(scene.origin.take()[0].version, Version::HTTP_11);
    assert_eq!(scene.origin.open_connections(), 1, "one for all requests");
    // The origin closes the connection, as at a restart; the next request opens another.
    assert_eq!(connection.clone().get("app.example", "/fails", &[]).await.unwrap(), 502);
    assert_eq!(connection.get("app.example", "/", &[]).await.unwrap(), StatusCode::OK);
}

#[tokio::test]
async fn without_an_answer_the_claim_is_returned_and_errors_are_limited() {
    for http2 in [false, true] {
        let scene = Scene::new(|options| {
            options.limits.answer = SHORT;
            options.origin_http2 = http2;
        })
        .await;
        let mut connection = scene.http1().await;
        let status = connection.get("app.example", "/hangs", &[]).await.unwrap();
        assert_eq!(status, StatusCode::GATEWAY_TIMEOUT, "{http2}");
        assert!(scene.origin.take()[0].carries_certificate());
        connection.get("app.example", "/", &[]).await.unwrap();
        assert!(scene.origin.take()[0].carries_certificate(), "{http2}: the claim is returned");

        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let scene = Scene::new(|options| {
            options.origin = gone.to_string().parse().unwrap();
            options.origin_http2 = http2;
        })
        .await;
        let connection = scene.http2().await;
        for _ in 0..400 {
            let status = connection.clone().get("app.example", "/", &[]).await.unwrap();
            assert_eq!(status, StatusCode::BAD_GATEWAY, "{http2}");
        }
        assert_eq!(scene.proxy.access_log.take().len(), 400);
        let lines = scene.proxy.error_log.take();
        assert_eq!(lines.len(), 20, "{http2}: error lines are limited");
        for line in lines {
            assert!(line.contains("\"GET / HTTP/2.0\" - verdict=\"SUCCESS\" "), "{line}");
            assert!(line.contains("CN=client") && line.contains("Connection refused"), "{line}");
        }
    }
}

/// An HTTP/2 origin with one stream at a time. It never answers on its first connection, which it closes on the returned signal.
async fn one_at_a_time() -> (u16, Arc<AtomicUsize>, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let came = Arc::new(AtomicUsize::new(0));
    let (close, closing) = oneshot::channel();
    let count = Arc::clone(&came);
    tokio::spawn(async move {
        let serve = |stream, is_slow: bool| {
            let count = Arc::clone(&count);
            let service = service_fn(move |_: Request<Incoming>| {
                count.fetch_add(1, Ordering::Relaxed);
                async move {
                    if is_slow {
                        std::future::pending::<()>().await;
                    }
                    Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
                }
            });
            server::Builder::new(TokioExecutor::new())
                .max_concurrent_streams(1)
                .serve_connection(TokioIo::new(stream), service)
        };
        let (stream, _) = listener.accept().await.unwrap();
        tokio::select! {
            _ = serve(stream, true) => {}
            _ = closing => {}
        }
        let (stream, _) = listener.accept().await.unwrap();
        let _ = serve(stream, false).await;
    });
    (port, came, close)
}

#[tokio::test]
async fn a_request_that_http2_did_not_begin_to_send_is_sent_again() {
    let (port, came, close) = one_at_a_time().await;
    let scene = Scene::new(|options| {
        options.origin = format!("127.0.0.1:{port}").parse().unwrap();
        options.origin_http2 = true;
    })
    .await;
    // Each call has its own connection, and so its own claim. A call has a body, which must not be sent twice.
    let mut calls = Vec::new();
    for _ in 0..3 {
        let connection = scene.http2().await;
        calls.push(tokio::spawn(async move { connection.call("app.example", &[]).await }));
        // The first call has the stream, the second waits for it, the third is not queued.
        while came.load(Ordering::Relaxed) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(SHORT / 3).await;
    }
    close.send(()).unwrap();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let mut statuses: Vec<String> = Vec::new();
    for line in scene.proxy.access_log.take() {
        statuses.push(line.split(' ').nth(6).unwrap().to_owned());
    }
    statuses.sort();
    assert_eq!(statuses, ["200", "502", "502"]);
    assert_eq!(came.load(Ordering::Relaxed), 2, "no request arrived twice");
}

#[tokio::test]
async fn an_origin_can_use_tls_and_an_ipv6_address() {
    for (http2, tls) in [(false, false), (false, true), (true, false), (true, true)] {
        let certificates = Certificates::new().unwrap();
        let origin_tls = tls.then(|| certificates.origin_tls().unwrap());
        let origin = Origin::listen("[::1]:0", origin_tls).await.unwrap();
        let origin_tls = tls.then(|| connector::tls([certificates.root.clone()]).unwrap());
        let address = format!("[::1]:{}", origin.port).parse().unwrap();
        let settings = Settings { origin_tls, ..settings(&certificates) };
        let change = |options: &mut Options| {
            (options.origin, options.origin_http2) = (address, http2);
        };
        let proxy = Stage::start(origin.port, settings, change).await.unwrap();
        let client = certificates.client_config(Client::Known).unwrap();
        let connection = Http2::connect(proxy.port, &client).await.unwrap();
        let trailers = [("x-sum", "7"), (SHA256, "f0f0")];
        let answered = connection.call("app.example", &trailers).await.unwrap();
        let seen = &origin.take()[0];
        let version = if http2 { Version::HTTP_2 } else { Version::HTTP_11 };
        // HTTP/1.1 sends only announced trailers.
        let sum = http2.then_some("7");
        assert_eq!((seen.version, seen.value("x-sum")), (version, sum), "{tls}");
        assert!(seen.carries_certificate() && !seen.has_forged(), "{http2}, {tls}");
        assert_eq!(answered.contains_key("grpc-status"), http2, "{http2}, {tls}");
        let switched = [("Connection", "Upgrade"), ("Upgrade", "websocket")];
        let mut connection = Http1::connect(proxy.port, &client).await.unwrap();
        let switched = connection.switch("/echo", &switched, b"echo").await.unwrap();
        assert_eq!(switched.0, StatusCode::SWITCHING_PROTOCOLS, "{http2}, {tls}");
    }
}

#[tokio::test]
async fn a_reload_replaces_the_origin_s_ca() {
    let scene = Scene::new(|_| {}).await;
    let Certificates { root, partner, .. } = &scene.certificates;
    let tls = scene.certificates.origin_tls().unwrap();
    let origin = Origin::listen("127.0.0.1:0", Some(tls)).await.unwrap();
    let trusting = |authority: &rustls::pki_types::CertificateDer<'static>| {
        let origin_tls = Some(connector::tls([authority.clone()]).unwrap());
        Settings { origin_tls, ..settings(&scene.certificates) }
    };
    let address = format!("localhost:{}", origin.port).parse().unwrap();
    let change = |options: &mut Options| options.origin = address;
    let proxy = Stage::start(origin.port, trusting(partner), change).await.unwrap();
    let mut connection = Http1::connect(proxy.port, &scene.client).await.unwrap();
    assert_eq!(connection.get("app.example", "/", &[]).await.unwrap(), 502);
    proxy.proxy.reload(trusting(root)).unwrap();
    assert_eq!(connection.get("app.example", "/", &[]).await.unwrap(), 200);
    assert!(origin.take()[0].carries_certificate(), "the unanswered request's claim is returned");
}

#[tokio::test]
async fn an_origin_that_fails_verification_gets_no_request() {
    let certificates = Certificates::new().unwrap();
    let speaks = |protocol: &[u8]| {
        let mut tls = certificates.origin_tls().unwrap();
        tls.alpn_protocols = vec![protocol.to_vec()];
        Some(tls)
    };
    let (root, partner) = (certificates.root.clone(), certificates.partner.clone());
    let cases = [
        ("another CA", speaks(b"h2"), partner, "localhost", true, "UnknownIssuer"),
        ("another name", speaks(b"h2"), root.clone(), "127.0.0.1", true, "not valid for name"),
        (
            "another protocol",
            speaks(b"http/1.1"),
            root.clone(),
            "localhost",
            true,
            "NoApplicationProtocol",
        ),
        ("no TLS", None, root, "localhost", false, "InvalidContentType"),
    ];
    for (case, tls, authority, host, http2, reason) in cases {
        let origin = Origin::listen("127.0.0.1:0", tls).await.unwrap();
        let address = format!("{host}:{}", origin.port).parse().unwrap();
        let origin_tls = Some(connector::tls([authority]).unwrap());
        let settings = Settings { origin_tls, ..settings(&certificates) };
        let change = |options: &mut Options| {
            (options.origin, options.origin_http2) = (address, http2);
        };
        let proxy = Stage::start(origin.port, settings, change).await.unwrap();
        let client = certificates.client_config(Client::Known).unwrap();
        let connection = Http2::connect(proxy.port, &client).await.unwrap();
        let status = connection.get("app.example", "/", &[]).await.unwrap();
        assert_eq!(status, StatusCode::BAD_GATEWAY, "{case}");
        assert!(origin.take().is_empty(), "{case}");
        let lines = proxy.error_log.take();
        assert!(!lines.is_empty(), "{case}");
        assert!(lines.iter().all(|line| line.contains(reason)), "{case}: {lines:?}");
    }
}
