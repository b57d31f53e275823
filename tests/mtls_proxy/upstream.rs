//! The way to the origin.

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
    // The origin closes it, as at a restart: the next request makes another.
    assert_eq!(connection.clone().get("app.example", "/fails", &[]).await.unwrap(), 502);
    assert_eq!(connection.get("app.example", "/", &[]).await.unwrap(), StatusCode::OK);
}

#[tokio::test]
async fn an_origin_that_hangs_or_is_gone_is_no_answer() {
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
        assert!(scene.origin.take()[0].carries_certificate(), "{http2}: given back");

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
        assert_eq!(lines.len(), 20, "{http2}: an outage does not fill the disk");
        for line in lines {
            assert!(line.contains("\"GET / HTTP/2.0\" - verdict=\"SUCCESS\" "), "{line}");
            assert!(line.contains("CN=client") && line.contains("Connection refused"), "{line}");
        }
    }
}

/// An origin that answers one request at a time, and the first not before the connection is closed under it.
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
async fn what_http2_never_began_to_send_is_sent_again() {
    let (port, came, close) = one_at_a_time().await;
    let scene = Scene::new(|options| {
        options.origin = format!("127.0.0.1:{port}").parse().unwrap();
        options.origin_http2 = true;
    })
    .await;
    // A connection each, so that each has its own claim. A call has a body, of which nothing may be sent twice.
    let mut calls = Vec::new();
    for _ in 0..3 {
        let connection = scene.http2().await;
        calls.push(tokio::spawn(async move { connection.call("app.example", &[]).await }));
        // The first is under way, the second has a stream that waits for it, the third has none.
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
    assert_eq!(came.load(Ordering::Relaxed), 2, "nothing came twice");
}
