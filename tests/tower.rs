//! `ForwardLayer` and `ReceiveLayer`: what they strip, add, commit, return to the connection, and pass through.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tls_client_auth::field::Limits;
use tls_client_auth::http_body::StrippedBody;
use tls_client_auth::receive::Received;
use tls_client_auth::tower::{Admission, ForwardLayer, ReceiveLayer, Refusal};
use tls_client_auth::{
    Claim, ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, TlsClientAuth,
    Unstated, Verification,
};
use tower::{Layer, Service, ServiceExt as _, service_fn};

const DER: &[u8] = include_bytes!("fixtures/plain.der");

fn client() -> ClientCertificate {
    ClientCertificate::presented(DER, Verification::Success)
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    headers.keys().map(HeaderName::as_str).collect()
}

/// A body of these frames, with an exact size hint.
struct Frames(VecDeque<Frame<Bytes>>);

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let data = self.0.iter().filter_map(Frame::data_ref);
        SizeHint::with_exact(data.map(|data| u64::try_from(data.len()).unwrap()).sum())
    }
}

fn request(state: Option<&ConnectionState>) -> Request<Frames> {
    let mut trailers = HeaderMap::new();
    trailers.insert("cf-client-cert-sha256", HeaderValue::from_static("forged"));
    trailers.insert("x-checksum", HeaderValue::from_static("1"));
    let frames = [Frame::data(Bytes::from_static(b"body")), Frame::trailers(trailers)];
    let mut request = Request::new(Frames(frames.into()));
    for name in ["cf-client-cert-sha256", "cf_client_cert_der_base64", "client-cert", "x-kept"] {
        request.headers_mut().append(name, HeaderValue::from_static("forged"));
    }
    if let Some(state) = state {
        request.extensions_mut().insert(state.clone());
    }
    request
}

#[tokio::test]
async fn every_request_is_stripped_and_one_carries_the_certificate() {
    let service = ForwardLayer::new(Forwarding::cloudflare()).layer(service_fn(
        |request: Request<_>| async {
            Ok::<_, Infallible>(Response::new(request.into_parts().0.headers))
        },
    ));
    let state = ConnectionState::new(client(), Forwarding::cloudflare());
    let pair: &[&str] = &["x-kept", "cf-client-cert-der-base64", "cf-client-cert-sha256"];
    let cases = [
        ("no state", None, &["x-kept"][..]),
        ("the first of a connection", Some(&state), pair),
        ("the second", Some(&state), &["x-kept"]),
    ];
    for (case, state, expected) in cases {
        let headers = service.clone().oneshot(request(state)).await.unwrap().into_body();
        assert_eq!(names(&headers), expected, "{case}");
        let ours = |name: &HeaderName| *name != "x-kept";
        assert!(headers.iter().all(|(name, value)| !ours(name) || value != "forged"), "{case}");
    }
    assert!(state.is_sent());
}

#[tokio::test]
async fn a_request_without_state_has_no_certificate() {
    let forwarding = Forwarding::none().on_every_request(HeaderSet::cloudflare_managed());
    let service = ForwardLayer::new(forwarding).layer(service_fn(|request: Request<_>| async {
        Ok::<_, Infallible>(Response::new(request.into_parts().0.headers))
    }));
    let headers = service.oneshot(request(None)).await.unwrap().into_body();
    assert_eq!(headers["cf-cert-presented"], "false");
    assert!(!headers.contains_key("cf-cert-subject-dn"));
}

#[tokio::test]
async fn a_claim_is_committed_by_an_answer_of_the_origin_only() {
    #[derive(Clone, Copy, Debug)]
    enum End {
        Answer(u16),
        Error,
        Dropped,
    }
    let cases = [
        ("an answer", End::Answer(200), true),
        ("an answer of 404", End::Answer(404), true),
        ("an answer of 500", End::Answer(500), true),
        ("another protocol", End::Answer(101), true),
        ("a bad gateway", End::Answer(502), false),
        ("an unavailable service", End::Answer(503), false),
        ("a gateway's timeout", End::Answer(504), false),
        ("an unsupported version", End::Answer(505), true),
        ("an error", End::Error, false),
        ("a future that is dropped", End::Dropped, false),
    ];
    for (case, end, sent) in cases {
        let state = ConnectionState::new(client(), Forwarding::cloudflare());
        let mut service =
            ForwardLayer::new(Forwarding::cloudflare()).layer(service_fn(move |_| async move {
                match end {
                    End::Answer(status) => Ok(Response::builder().status(status).body(()).unwrap()),
                    End::Error => Err(std::io::Error::other("refused")),
                    End::Dropped => std::future::pending().await,
                }
            }));
        {
            let mut future = pin!(service.call(request(Some(&state))));
            let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(polled.is_pending(), matches!(end, End::Dropped), "{case}");
        }
        assert_eq!(state.is_sent(), sent, "{case}");
        assert_eq!(state.claim().is_first(), !sent, "{case}");
    }
}

/// A connection from before the settings were reloaded, or one that was created for another layer.
#[tokio::test]
async fn the_names_of_the_layer_and_of_the_connection_are_stripped() {
    let renamed = |name| HeaderSet::nginx().renamed("ssl-client-s-dn", name).unwrap();
    let forwarding = |name| Forwarding::none().on_every_request(renamed(name));
    let state = ConnectionState::new(client(), forwarding("x-old-user"));
    let names = ["x-user", "x_user", "x-old.user", "x-other"];
    let claims: [fn(&http::request::Parts) -> Option<Claim>; 2] = [
        |parts| parts.extensions.get().map(ConnectionState::claim),
        |parts| parts.extensions.get().map(ConnectionState::withhold),
    ];
    for claim in claims {
        let layer = ForwardLayer::with_claim(forwarding("x-user"), claim);
        let service = layer.layer(service_fn(|request: Request<StrippedBody<Frames>>| async {
            let (parts, body) = request.into_parts();
            let trailers = body.collect().await?.trailers().cloned().unwrap_or_default();
            Ok::<_, Infallible>(Response::new(vec![parts.headers, trailers]))
        }));
        let mut fields = HeaderMap::new();
        for name in names {
            fields.insert(name, HeaderValue::from_static("forged"));
        }
        let mut request = Request::new(Frames([Frame::trailers(fields.clone())].into()));
        *request.headers_mut() = fields;
        request.extensions_mut().insert(state.clone());
        for fields in service.oneshot(request).await.unwrap().into_body() {
            let forged = fields.iter().filter(|(_, value)| *value == "forged");
            assert_eq!(forged.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["x-other"]);
        }
    }
}

#[tokio::test]
async fn the_caller_decides_which_answers_commit() {
    let cases = [(200, false, false), (200, true, true), (502, true, true), (502, false, false)];
    for (status, marked, sent) in cases {
        let state = ConnectionState::new(client(), Forwarding::cloudflare());
        let service = ForwardLayer::new(Forwarding::cloudflare())
            .delivered_if(|answer| answer.headers.contains_key("x-upstream"))
            .layer(service_fn(move |_| async move {
                let mut answer = Response::builder().status(status);
                if marked {
                    answer = answer.header("x-upstream", "1");
                }
                Ok::<_, Infallible>(answer.body(()).unwrap())
            }));
        assert_eq!(service.oneshot(request(Some(&state))).await.unwrap().status(), status);
        assert_eq!(state.is_sent(), sent, "{status}, {marked}");
    }
}

#[tokio::test]
async fn a_tunnel_is_refused_and_no_other_protocol_is_asked_for() {
    let service = ForwardLayer::new(Forwarding::cloudflare()).layer(service_fn(
        |request: Request<_>| async {
            Ok::<_, Infallible>(Response::new(request.into_parts().0.headers))
        },
    ));
    let state = ConnectionState::new(client(), Forwarding::cloudflare());
    let mut connect = request(Some(&state));
    *connect.method_mut() = http::Method::CONNECT;
    let answer = service.clone().oneshot(connect).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_IMPLEMENTED);
    assert!(answer.body().is_empty());
    assert!(state.claim().is_first(), "the refused request used up the claim");
    for (protocol, passes) in [("h2c", false), ("websocket", true), ("connect-udp", false)] {
        let mut upgrade = request(None);
        for (name, value) in [
            ("connection", "Upgrade, HTTP2-Settings"),
            ("upgrade", protocol),
            ("http2-settings", ""),
        ] {
            upgrade.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        let headers = service.clone().oneshot(upgrade).await.unwrap().into_body();
        assert_eq!(headers.contains_key("upgrade"), passes, "{protocol}");
        assert_eq!(headers.contains_key("connection"), passes, "{protocol}");
        assert!(!headers.contains_key("http2-settings"), "{protocol}");
    }
}

#[tokio::test]
async fn a_hook_sees_what_was_prepared_and_may_answer() {
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (seen_by, limits) = (Arc::clone(&seen), Limits::new().encoded_leaf(100));
    let forwarding = Forwarding::cloudflare().limits(limits);
    let service = ForwardLayer::new(forwarding.clone())
        .hook(move |request, claim, applied| {
            let too_large: Vec<_> = claim.too_large().map(ToOwned::to_owned).collect();
            let refuses = request.uri.path() == "/strict" && !too_large.is_empty();
            seen_by.lock().unwrap().push((applied.stripped(), too_large));
            refuses.then(|| Response::builder().status(431).body("too large").unwrap())
        })
        .layer(service_fn(|_| async { Ok::<_, Infallible>(Response::new("origin")) }));
    let state = ConnectionState::new(client(), forwarding);
    let leaf = || vec!["Cf-Client-Cert-Der-Base64".to_owned()];
    let cases = [
        ("/strict", Some(&state), "too large", leaf(), false),
        ("/", None, "origin", vec![], false),
        ("/", Some(&state), "origin", leaf(), true),
        ("/strict", Some(&state), "origin", vec![], true),
    ];
    for (path, connection, body, too_large, sent) in cases {
        let mut request = request(connection);
        *request.uri_mut() = path.parse().unwrap();
        assert_eq!(service.clone().oneshot(request).await.unwrap().into_body(), body, "{path}");
        assert_eq!(seen.lock().unwrap().pop(), Some((3, too_large)), "{path}");
        assert_eq!(state.is_sent(), sent, "{path}");
    }
}

#[tokio::test]
async fn a_full_header_map_gets_no_lines_and_commits_nothing() {
    let state = ConnectionState::new(client(), Forwarding::cloudflare());
    let service = ForwardLayer::new(Forwarding::cloudflare()).layer(service_fn(
        |request: Request<_>| async {
            Ok::<_, Infallible>(Response::new(request.into_parts().0.headers))
        },
    ));
    let mut full = request(Some(&state));
    let name = |index: usize| HeaderName::try_from(format!("x-{index}")).unwrap();
    let value = HeaderValue::from_static("1");
    let headers = full.headers_mut();
    for name in ["cf-client-cert-sha256", "cf_client_cert_der_base64", "client-cert"] {
        headers.remove(name);
    }
    let more = (0..).take_while(|index| headers.try_insert(name(*index), value.clone()).is_ok());
    let more = more.count();
    let headers = service.oneshot(full).await.unwrap().into_body();
    assert_eq!(headers.len(), more + 1);
    assert!(!headers.contains_key("cf-client-cert-sha256"));
    assert!(state.claim().is_first(), "the claim is returned");
}

#[tokio::test]
async fn a_hook_gets_the_refusal_and_makes_the_answer() {
    let service = ReceiveLayer::new(Receiver::nginx(), Admission::Trusted)
        .hook(|request, refusal| {
            let why = match &refusal {
                Refusal::Malformed(error) => format!("{}: {error}", request.uri),
                Refusal::NotAdmitted(client) => client.cert_verified().to_owned(),
                _ => String::new(),
            };
            Response::builder().status(refusal.status().as_u16() + 1).body(why).unwrap()
        })
        .layer(service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::default()) }));
    let cases: [(&[&str], u16, &str); 4] = [
        (&["SUCCESS"], 200, ""),
        (&["NONE"], 404, "NONE"),
        (&["FAILED:certificate has expired"], 404, "FAILED:certificate has expired"),
        (&["NONE", "NONE"], 401, "/path: header ssl-client-verify: "),
    ];
    for (verify, status, why) in cases {
        let mut request = Request::get("/path").body(()).unwrap();
        for verify in verify {
            request.headers_mut().append("ssl-client-verify", HeaderValue::from_static(verify));
        }
        if status == 200 {
            request.headers_mut().append("ssl-client-s-dn", HeaderValue::from_static("CN=a"));
        }
        let answer = service.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{verify:?}");
        assert!(answer.body().starts_with(why), "{verify:?}: {}", answer.body());
    }
}

#[tokio::test]
async fn a_closure_claims_or_withholds_each_request() {
    let state = ConnectionState::new(client(), Forwarding::cloudflare());
    let of_state = state.clone();
    let layer = ForwardLayer::with_claim(Forwarding::cloudflare(), move |parts| {
        let forwards = parts.headers.get("host").is_some_and(|host| host == "a.example");
        Some(if forwards { of_state.claim() } else { of_state.withhold() })
    });
    let service = layer.layer(service_fn(|request: Request<_>| async {
        Ok::<_, Infallible>(Response::new(request.into_parts().0.headers))
    }));
    for (host, carries) in [("b.example", false), ("a.example", true), ("a.example", false)] {
        let mut request = request(None);
        request.headers_mut().insert("host", HeaderValue::from_static(host));
        let headers = service.clone().oneshot(request).await.unwrap().into_body();
        assert_eq!(headers.contains_key("cf-client-cert-sha256"), carries, "{host}");
    }
}

#[tokio::test]
async fn bodies_pass_and_their_trailers_are_stripped() {
    let mut service = ForwardLayer::new(Forwarding::cloudflare()).layer(service_fn(
        |request: Request<StrippedBody<Frames>>| async {
            let body = request.into_body();
            assert_eq!(body.size_hint().exact(), Some(4));
            assert!(!body.is_end_stream());
            let collected = body.collect().await?;
            let trailers = collected.trailers().cloned();
            Ok::<_, Infallible>(Response::new((collected.to_bytes(), trailers)))
        },
    ));
    let (data, trailers) = service.call(request(None)).await.unwrap().into_body();
    assert_eq!(&data[..], b"body");
    assert_eq!(names(&trailers.unwrap()), ["x-checksum"]);
}

/// A service that panics if it is called without `poll_ready` on the same value.
struct Ready {
    is_ready: bool,
    open: Arc<AtomicBool>,
    calls: Arc<AtomicUsize>,
}

impl<B> Service<Request<B>> for Ready {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = self.open.load(Ordering::Relaxed);
        if self.is_ready { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        assert!(self.is_ready, "called without being ready");
        self.is_ready = false;
        self.calls.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Ok(Response::new(())))
    }
}

#[tokio::test]
async fn a_layer_is_ready_when_its_inner_service_is() {
    let (open, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let inner = || Ready { is_ready: false, open: Arc::clone(&open), calls: Arc::clone(&calls) };
    let mut forward = ForwardLayer::new(Forwarding::cloudflare()).layer(inner());
    let mut receive = ReceiveLayer::new(Receiver::nginx(), Admission::Any).layer(inner());
    let mut context = Context::from_waker(Waker::noop());
    let ready = |result: Poll<Result<(), Infallible>>| result.is_ready();
    assert!(!ready(Service::<Request<Frames>>::poll_ready(&mut forward, &mut context)));
    assert!(!ready(Service::<Request<Frames>>::poll_ready(&mut receive, &mut context)));
    open.store(true, Ordering::Relaxed);
    poll_fn(|context| Service::<Request<Frames>>::poll_ready(&mut forward, context)).await.unwrap();
    poll_fn(|context| Service::<Request<Frames>>::poll_ready(&mut receive, context)).await.unwrap();
    forward.call(request(None)).await.unwrap();
    receive
        .call(Request::builder().header("ssl-client-verify", "NONE").body(()).unwrap())
        .await
        .unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn each_admission_has_its_status_for_each_client() {
    use Admission::{Any, Presented, Trusted};
    let layer = |receiver: &Receiver, admission| {
        ReceiveLayer::new(receiver.clone(), admission).layer(service_fn(
            |request: Request<()>| async move {
                let auth = request.extensions().get::<TlsClientAuth>().unwrap().clone();
                Ok::<_, Infallible>(Response::new(auth.cert_verified().to_owned()))
            },
        ))
    };
    let nginx = Receiver::nginx();
    let rfc9440 = Receiver::rfc9440(Unstated::Verified);
    let statuses =
        |any, presented, trusted| [(Any, any), (Presented, presented), (Trusted, trusted)];
    let (ok, refused, malformed) = (StatusCode::OK, StatusCode::FORBIDDEN, StatusCode::BAD_REQUEST);
    let dn = ("ssl-client-s-dn", "CN=a");
    let cases = [
        ("verified", &nginx, vec![("ssl-client-verify", "SUCCESS"), dn], statuses(ok, ok, ok)),
        (
            "failed",
            &nginx,
            vec![("ssl-client-verify", "FAILED:certificate has expired"), dn],
            statuses(ok, ok, refused),
        ),
        ("none", &nginx, vec![("ssl-client-verify", "NONE")], statuses(ok, refused, refused)),
        ("no verdict", &nginx, vec![dn], statuses(malformed, malformed, malformed)),
        (
            "twice",
            &nginx,
            vec![("ssl-client-verify", "SUCCESS"), ("ssl-client-verify", "NONE")],
            statuses(malformed, malformed, malformed),
        ),
        ("no header", &rfc9440, vec![], statuses(ok, refused, refused)),
        (
            "not a certificate",
            &rfc9440,
            vec![("client-cert", ":AAAA:")],
            statuses(malformed, malformed, malformed),
        ),
    ];
    for (case, receiver, headers, statuses) in cases {
        for (admission, status) in statuses {
            let mut request = Request::new(());
            for (name, value) in &headers {
                request.headers_mut().append(*name, HeaderValue::from_static(value));
            }
            let response = layer(receiver, admission).oneshot(request).await.unwrap();
            assert_eq!(response.status(), status, "{case}, {admission:?}");
            assert_eq!(response.body().is_empty(), status != ok, "{case}, {admission:?}");
        }
    }
}

#[tokio::test]
async fn grpc_is_refused_in_its_own_protocol() {
    let service = ReceiveLayer::new(Receiver::nginx(), Admission::Trusted)
        .layer(service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) }));
    type Case<'c> = (&'c str, &'c [(&'c str, &'c str)], StatusCode, &'c str, &'c str);
    let cases: [Case<'_>; 5] = [
        (
            "none",
            &[("ssl-client-verify", "NONE")],
            StatusCode::FORBIDDEN,
            "16",
            "no client certificate",
        ),
        (
            "failed",
            &[("ssl-client-verify", "FAILED:certificate has expired"), ("ssl-client-s-dn", "CN=a")],
            StatusCode::FORBIDDEN,
            "16",
            "client certificate not verified",
        ),
        (
            "twice",
            &[("ssl-client-verify", "NONE"), ("ssl-client-verify", "NONE")],
            StatusCode::BAD_REQUEST,
            "13",
            "malformed client certificate headers",
        ),
        ("no verdict", &[], StatusCode::BAD_REQUEST, "13", "malformed client certificate headers"),
        (
            "trusted",
            &[("ssl-client-verify", "SUCCESS"), ("ssl-client-s-dn", "CN=a")],
            StatusCode::OK,
            "",
            "",
        ),
    ];
    for (case, headers, status, code, message) in cases {
        for (content_type, is_grpc) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("Application/GRPC; charset=utf-8", true),
            ("application/grpc-web", false),
            ("text/plain", false),
        ] {
            let mut request = Request::post("/").header("content-type", content_type);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = service.clone().oneshot(request.body(()).unwrap()).await.unwrap();
            let text = |name| answer.headers().get(name).map_or("", |it| it.to_str().unwrap());
            let seen = (answer.status(), text("grpc-status"), text("grpc-message"));
            let expected = if is_grpc { (StatusCode::OK, code, message) } else { (status, "", "") };
            assert_eq!(seen, expected, "{case}, {content_type}");
        }
    }
}

#[tokio::test]
async fn the_receive_layer_reads_what_the_forward_layer_sends() {
    let forwarding = Forwarding::rfc9440();
    let origin = ReceiveLayer::new(Receiver::rfc9440(Unstated::Verified), Admission::Trusted)
        .layer(service_fn(|request: Request<_>| async move {
            let auth = request.extensions().get::<TlsClientAuth>().unwrap();
            Ok::<_, Infallible>(Response::new(auth.cert_subject_dn().to_owned()))
        }));
    let proxy = ForwardLayer::new(forwarding.clone()).layer(origin);
    let state = ConnectionState::new(client(), forwarding);
    let response = proxy.clone().oneshot(request(Some(&state))).await.unwrap();
    assert_eq!(response.body(), "CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE");
    let response = proxy.oneshot(request(None)).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_names_of_a_client_reach_the_handler() {
    let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    let value = format!("Hash={hash};URI=spiffe://example.org/web");
    let receiver = Receiver::envoy(Unstated::Verified).declares(["URI"]).unwrap();
    let mut service = ReceiveLayer::new(receiver, Admission::Trusted).layer(service_fn(
        |request: Request<()>| async move {
            let received = request.extensions().get::<Arc<Received>>().unwrap();
            let names: Vec<_> =
                received.names.iter().map(|name| name.as_str().to_owned()).collect();
            Ok::<_, Infallible>(Response::new(names.join(" ")))
        },
    ));
    // The second request is answered from the layer's memory.
    for _ in 0..2 {
        let request = Request::get("/").header("x-forwarded-client-cert", &value).body(()).unwrap();
        let answer = service.call(request).await.unwrap();
        assert_eq!(answer.into_body(), "spiffe://example.org/web");
    }
}
