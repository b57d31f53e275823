//! The proxy's side: answers the requests that its hosts reject.

use alloc::sync::Arc;
use core::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use super::{ResponseFuture, grpc};
use crate::client::ClientCertificate;
use crate::hosts::{Decision, Handshake, Hosts, request_host};

/// Answers requests with `403 Forbidden` or `421 Misdirected Request` according to [`Hosts::decide`], and passes the others on.
///
/// Put a clone of the connection's [`Handshake`] into each request's extensions where you accept connections. A request without one
/// is treated as a request without a server name and without a certificate. [`request_host`] gives the request's host. A request
/// that is passed on has the [`Decision`] in its extensions. A [`ForwardLayer`] behind this layer withholds the certificate unless the
/// host forwards it.
///
/// Your closure creates the body of an answer, and can log the reason. A rejected gRPC request gets a gRPC answer instead, with a
/// `grpc-status` of 7 (`PERMISSION_DENIED`) or 16 (`UNAUTHENTICATED`) and without a body.
///
/// [`ForwardLayer`]: super::ForwardLayer
///
/// ```
/// use std::sync::Arc;
///
/// use http::{Request, Response, StatusCode};
/// use tls_client_auth::ClientCertificate;
/// use tls_client_auth::hosts::{Decision, Handshake, Hosts};
/// use tls_client_auth::tower::EnforceLayer;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// let hosts = Hosts::new().ask(["api.example.com"])?.enforce(["api.example.com"])?;
/// let answer = |_: &http::request::Parts, decision: Decision| match decision {
///     Decision::Refuse(reason) => format!("{reason}\n"),
///     _ => String::new(),
/// };
/// let service = ServiceBuilder::new()
///     .layer(EnforceLayer::new(Arc::new(hosts), answer))
///     .service(service_fn(|_: Request<()>| async { Ok::<_, std::io::Error>(Response::new(String::new())) }));
/// let mut request = Request::get("https://api.example.com/").body(())?;
/// request.extensions_mut().insert(Handshake::new(Some("api.example.com"), ClientCertificate::none()));
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let response = service.oneshot(request).await?;
/// assert_eq!((response.status(), &**response.body()), (StatusCode::FORBIDDEN, "no client certificate\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct EnforceLayer<A> {
    hosts: Arc<Hosts>,
    answer: A,
}

impl<A> EnforceLayer<A> {
    /// Creates a layer with these hosts and a closure that creates the body of an answer from the request's head and the decision.
    #[must_use]
    pub const fn new(hosts: Arc<Hosts>, answer: A) -> Self {
        Self { hosts, answer }
    }

    fn decide(&self, parts: &Parts) -> Decision {
        let host = request_host(&parts.uri, &parts.headers);
        match parts.extensions.get::<Handshake>() {
            Some(handshake) => self.hosts.decide(handshake.server_name(), host, handshake.client()),
            None => self.hosts.decide(None, host, &ClientCertificate::none()),
        }
    }

    /// The answer to a request that is not passed on.
    fn refuse<R: Default>(&self, decision: Decision, parts: &Parts) -> Option<Response<R>>
    where
        A: Fn(&Parts, Decision) -> R,
    {
        let status = StatusCode::from_u16(decision.status()?).ok()?;
        let body = (self.answer)(parts, decision);
        if let Decision::Refuse(refusal) = decision
            && grpc::is_grpc(&parts.headers)
        {
            return Some(grpc::refusal(refusal.grpc_status(), refusal.text()));
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        Some(response)
    }
}

impl<S, A: Clone> Layer<S> for EnforceLayer<A> {
    type Service = Enforce<S, A>;

    fn layer(&self, inner: S) -> Self::Service {
        Enforce { inner, layer: self.clone() }
    }
}

/// The service of [`EnforceLayer`].
#[derive(Clone, Debug)]
pub struct Enforce<S, A> {
    inner: S,
    layer: EnforceLayer<A>,
}

impl<S, A, B, R> Service<Request<B>> for Enforce<S, A>
where
    S: Service<Request<B>, Response = Response<R>>,
    A: Fn(&Parts, Decision) -> R,
    R: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let decision = self.layer.decide(&parts);
        if let Some(response) = self.layer.refuse(decision, &parts) {
            return ResponseFuture::answered(response);
        }
        parts.extensions.insert(decision);
        ResponseFuture::passed(self.inner.call(Request::from_parts(parts, body)))
    }
}
