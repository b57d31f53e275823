//! axum's extractors: what a handler gets for each kind of client, and the status and body of each rejection.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{HeaderValue, Request};
use http_body_util::BodyExt as _;
use tls_client_auth::tower::{Admission, ReceiveLayer};
use tls_client_auth::typed_headers::{ClientCert, ClientCertChain};
use tls_client_auth::{Receiver, TlsClientAuth};
use tower::ServiceExt as _;

async fn required(auth: TlsClientAuth) -> String {
    auth.cert_subject_dn().to_owned()
}

async fn optional(auth: Option<TlsClientAuth>) -> String {
    auth.map_or_else(|| "nobody".to_owned(), |auth| auth.cert_subject_dn().to_owned())
}

async fn answer(
    app: Router,
    path: &str,
    headers: &[(&'static str, &'static str)],
) -> (u16, String) {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_static(value));
    }
    let response = app.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn extractors_and_their_rejections() {
    let bare = Router::new().route("/required", get(required)).route("/optional", get(optional));
    let app = bare.clone().layer(ReceiveLayer::new(Receiver::nginx(), Admission::Any));
    let dn = ("ssl-client-s-dn", "CN=a");
    let verified: &[_] = &[("ssl-client-verify", "SUCCESS"), dn];
    let failed: &[_] = &[("ssl-client-verify", "FAILED:certificate has expired"), dn];
    let none: &[_] = &[("ssl-client-verify", "NONE")];
    let not_accepted = (403, "the client certificate is not accepted");
    let cases = [
        ("verified", verified, (200, "CN=a"), (200, "CN=a")),
        ("failed", failed, not_accepted, not_accepted),
        ("none", none, (403, "a client certificate is required"), (200, "nobody")),
        ("malformed", &[dn], (400, ""), (400, "")),
    ];
    for (case, headers, required, optional) in cases {
        for (path, (status, body)) in [("/required", required), ("/optional", optional)] {
            let answer = answer(app.clone(), path, headers).await;
            assert_eq!(answer, (status, body.to_owned()), "{case}, {path}");
        }
    }
    for path in ["/required", "/optional"] {
        let (status, body) = answer(bare.clone(), path, verified).await;
        assert_eq!(status, 500, "{path}");
        assert!(body.starts_with("no TlsClientAuth"), "{body}");
    }
}

#[test]
fn typed_headers_are_strict() {
    use headers::HeaderMapExt as _;

    type Read<'a> = Option<&'a [&'a [u8]]>;
    let one: Read<'_> = Some(&[&[0x30, 0x00]]);
    let cases: [(&str, &[&'static str], Read<'_>, Read<'_>); 11] = [
        ("absent", &[], None, None),
        ("one", &[":MAA=:"], one, one),
        ("with parameters", &[":MAA=:;a=1"], one, one),
        ("two items", &[":MAA=:, :MQA=:"], None, Some(&[&[0x30, 0x00], &[0x31, 0x00]])),
        ("two lines", &[":MAA=:", ":MQA=:"], None, Some(&[&[0x30, 0x00], &[0x31, 0x00]])),
        ("the same line twice", &[":MAA=:", ":MAA=:"], None, Some(&[&[0x30, 0x00], &[0x30, 0x00]])),
        ("no colons", &["MAA="], None, None),
        ("no bytes", &["::"], None, None),
        ("bad base64", &[":M%A=:"], None, None),
        ("empty", &[""], None, None),
        ("a trailing comma", &[":MAA=:,"], None, None),
    ];
    for (case, lines, leaf, chain) in cases {
        let mut headers = http::HeaderMap::new();
        for line in lines {
            headers.append("client-cert", HeaderValue::from_static(line));
            headers.append("client-cert-chain", HeaderValue::from_static(line));
        }
        let read = headers.typed_get::<ClientCert>();
        let expected = leaf.map(|leaf| ClientCert(leaf.concat()));
        assert_eq!(read, expected, "{case}");
        let read = headers.typed_get::<ClientCertChain>();
        let expected =
            chain.map(|chain| ClientCertChain(chain.iter().map(|der| der.to_vec()).collect()));
        assert_eq!(read, expected, "{case}");
        if let Some(chain) = read {
            let mut again = http::HeaderMap::new();
            again.typed_insert(chain.clone());
            assert_eq!(again.typed_get(), Some(chain), "{case}");
        }
    }
    let mut many = http::HeaderMap::new();
    for _ in 0..11 {
        assert!(many.is_empty() || many.typed_get::<ClientCertChain>().is_some());
        many.append("client-cert-chain", HeaderValue::from_static(":MAA=:"));
    }
    assert_eq!(many.typed_get::<ClientCertChain>(), None, "eleven are too many");
    let mut none = http::HeaderMap::new();
    none.typed_insert(ClientCertChain(Vec::new()));
    assert!(none.is_empty(), "an empty chain adds no line");
}
