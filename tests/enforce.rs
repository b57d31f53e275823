//! `EnforceLayer`: which requests pass with which decision, and which are answered with 403, 421 or a gRPC status.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode, Version};
use http_body_util::Empty;
use tls_client_auth::hosts::{Conditions, Decision, Handshake, Hosts, request_host};
use tls_client_auth::tower::{EnforceLayer, ForwardLayer};
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};
use tower::{Layer, Service, ServiceExt as _, service_fn};

const DER: &[u8] = include_bytes!("fixtures/plain.der");
const SHA256: &str = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";

fn hosts() -> Arc<Hosts> {
    let nobody = Conditions::new().issuers([""; 0]).unwrap();
    let hosts = Hosts::new()
        .ask(["api.example.com", "partner.example.com", "mail.example.com"])
        .and_then(|hosts| hosts.enforce(["api.example.com"]))
        .and_then(|hosts| hosts.enforce_with(["partner.example.com"], nobody))
        .and_then(|hosts| hosts.forward(["api.example.com"]));
    Arc::new(hosts.unwrap())
}

fn good() -> ClientCertificate {
    ClientCertificate::presented(DER, Verification::Success)
}

/// The answer to the request: status, gRPC status and body. The body is the decision if the request passed.
async fn outcome(request: Request<()>) -> (u16, Option<String>, String) {
    let answer = |_: &Parts, decision: Decision| match decision {
        Decision::Refuse(reason) => format!("refused: {reason}"),
        _ => "misdirected".to_owned(),
    };
    let service =
        EnforceLayer::new(hosts(), answer).layer(service_fn(|request: Request<()>| async move {
            let decision = request.extensions().get::<Decision>().copied();
            Ok::<_, Infallible>(Response::new(format!("{:?}", decision.unwrap())))
        }));
    let response = service.oneshot(request).await.unwrap();
    let grpc = response.headers().get("grpc-status").map(|it| it.to_str().unwrap().to_owned());
    if grpc.is_some() {
        assert_eq!(response.headers()["content-type"], "application/grpc");
        assert!(response.headers().contains_key("grpc-message"));
    }
    (response.status().as_u16(), grpc, response.into_body())
}

#[tokio::test]
async fn requests_are_answered_or_pass_with_their_decision() {
    let failed = ClientCertificate::presented(DER, Verification::None);
    let api = "api.example.com";
    let partner = "partner.example.com";
    let cases = [
        (Some(api), good(), api, (200, "Forward", None)),
        (
            Some(api),
            ClientCertificate::none(),
            api,
            (403, "refused: no client certificate", Some("16")),
        ),
        (Some(api), failed, api, (403, "refused: client certificate not verified", Some("16"))),
        (
            Some(api),
            good().revoked(true),
            api,
            (403, "refused: client certificate revoked", Some("16")),
        ),
        (
            Some(partner),
            good(),
            partner,
            (403, "refused: issuer of the client certificate not allowed", Some("7")),
        ),
        (Some("www.example.com"), good(), "www.example.com", (200, "Withhold", None)),
        (Some("www.example.com"), good(), api, (421, "misdirected", None)),
        (Some(api), good(), "not a host", (421, "misdirected", None)),
    ];
    for (server_name, client, host, (status, body, grpc_status)) in cases {
        for (content_type, is_grpc) in [
            (None, false),
            (Some("application/json"), false),
            (Some("application/grpc-web"), false),
            (Some("application/grpcx"), false),
            (Some("application/grpc"), true),
            (Some("Application/gRPC+proto"), true),
            (Some("application/grpc;charset=utf-8"), true),
        ] {
            let mut request = Request::get("/").header("host", host);
            if let Some(content_type) = content_type {
                request = request.header("content-type", content_type);
            }
            let mut request = request.body(()).unwrap();
            request.extensions_mut().insert(Handshake::new(server_name, client.clone()));
            let expected = match grpc_status {
                Some(code) if is_grpc => (200, Some(code.to_owned()), String::new()),
                _ => (status, None, body.to_owned()),
            };
            assert_eq!(outcome(request).await, expected, "{server_name:?} {host} {content_type:?}");
        }
    }
}

#[tokio::test]
async fn a_request_without_a_handshake_has_no_certificate() {
    let request = |host: &str| Request::get("/").header("host", host).body(()).unwrap();
    assert_eq!(outcome(request("api.example.com")).await.0, 403);
    assert_eq!(outcome(request("www.example.com")).await.2, "Withhold");
}

#[test]
fn a_request_names_one_host_or_none() {
    let cases = [
        ("/", vec!["a.example"], "a.example"),
        ("/", vec!["A.example.:443"], "A.example.:443"),
        ("/", vec![], ""),
        ("/", vec!["a.example", "a.example"], ""),
        ("https://a.example/", vec![], "a.example"),
        ("https://a.example:443/", vec!["A.EXAMPLE."], "a.example:443"),
        ("https://a.example/", vec!["b.example"], ""),
        ("https://a.example/", vec![""], ""),
        ("https://a.example/", vec!["a.example", "a.example"], ""),
        ("https://user@a.example/", vec!["a.example"], ""),
        ("/", vec!["b\u{fc}cher.example"], ""),
    ];
    for (uri, lines, expected) in cases {
        let mut headers = HeaderMap::new();
        for line in &lines {
            headers.append("host", http::HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        assert_eq!(request_host(&uri.parse().unwrap(), &headers), expected, "{uri} {lines:?}");
    }
}

#[tokio::test]
async fn forwarding_follows_the_decision() {
    let forwarding = Forwarding::cloudflare();
    let connection = ConnectionState::new(good(), forwarding.clone());
    let forward = ForwardLayer::new(forwarding);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let inner = {
        let seen = Arc::clone(&seen);
        service_fn(move |request: Request<_>| {
            let values = request.headers().get_all("cf-client-cert-sha256").iter();
            let values = values.map(|value| value.to_str().unwrap().to_owned());
            seen.lock().unwrap().push(values.collect::<Vec<_>>());
            async { Ok::<_, Infallible>(Response::new(String::new())) }
        })
    };
    let answer = |_: &Parts, _: Decision| String::new();
    let mut service = EnforceLayer::new(hosts(), answer).layer(forward.layer(inner));
    let api = "api.example.com";
    let mail = "mail.example.com";
    for (server_name, host, client, status) in [
        (api, api, ClientCertificate::none(), StatusCode::FORBIDDEN),
        (api, "www.example.com", good(), StatusCode::MISDIRECTED_REQUEST),
        (mail, mail, good(), StatusCode::OK),
        (api, api, good(), StatusCode::OK),
    ] {
        let uri = format!("https://{host}/");
        let mut request =
            Request::get(uri).version(Version::HTTP_2).body(Empty::<bytes::Bytes>::new()).unwrap();
        request.extensions_mut().insert(Handshake::new(Some(server_name), client));
        request.extensions_mut().insert(connection.clone());
        request.headers_mut().insert("cf-client-cert-sha256", "forged".parse().unwrap());
        let response = service.ready().await.unwrap().call(request).await.unwrap();
        assert_eq!(response.status(), status, "{host}");
    }
    // Neither a refused request nor one of a host that does not forward uses up the first request's headers.
    assert_eq!(*seen.lock().unwrap(), [vec![], vec![SHA256]]);
    assert!(connection.is_sent());
}
