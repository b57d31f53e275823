//! The proxy's side: a layer around the HTTP client that sends requests upstream.

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use http::{Extensions, Method, Request, Response, StatusCode, request, response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::ResponseFuture;
use crate::connection::Applied;
use crate::connection::{Claim, ConnectionState, Forwarding};
use crate::hosts::Decision;
use crate::http_body::StrippedBody;

/// Strips every request and adds its connection's headers.
///
/// Put a clone of the [`ConnectionState`] into each request's extensions where you accept connections;
/// [`with_claim`](Self::with_claim) gets it from elsewhere, or withholds it by your own rule. A request without one is treated as a
/// request without a certificate, and is stripped too. If the connection has another [`Forwarding`] than the layer, the names of
/// both are stripped. The request's trailers are also stripped, so the inner service receives the body as a
/// [`StrippedBody`](crate::http_body::StrippedBody).
///
/// # Order
///
/// Make it the outermost layer, around everything that sets headers: a client can list any header in `Connection` to have it
/// removed, and the proxy's own headers are removed too if they belong to a family (`X-SSL-Cipher`). If it cannot be the outermost
/// layer, run [`consume_connection`](crate::connection::consume_connection) in the outermost one:
/// `MapRequestLayer::new(|mut request: Request<_>| { consume_connection(request.headers_mut()); request })`.
///
/// # Commit
///
/// The claim is committed when the inner service answers and [`delivered_if`](Self::delivered_if) accepts the answer as the
/// origin's: by default any status except 502, 503 and 504. Otherwise, for an error, and when the future is dropped, the next request
/// carries the first request's headers. An answer from a cache is not the origin's, nor is one that another layer makes, such as 413
/// or 429: put these layers outside this one, or recognize their answers in `delivered_if`.
///
/// # Tunnels
///
/// `CONNECT` is answered with `501 Not Implemented` and an empty body, because nothing is stripped inside a tunnel; for the same
/// reason `Upgrade` is removed, except `Upgrade: websocket`. The response body needs `Default`. If it does not implement it, as
/// `hyper::body::Incoming`, map it inside the layer: `.map_response(|response| response.map(Body::new))`.
///
/// ```
/// use http::{Request, Response};
/// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};
/// use tls_client_auth::tower::ForwardLayer;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
///
/// let forwarding = Forwarding::cloudflare();
/// let upstream = ServiceBuilder::new()
///     .layer(ForwardLayer::new(forwarding.clone()))
///     .map_request(|mut request: Request<_>| {
///         request.headers_mut().insert("x-real-ip", http::HeaderValue::from_static("198.51.100.1"));
///         request
///     })
///     .service(service_fn(|request: Request<_>| async move {
///         Ok::<_, std::io::Error>(Response::new(request.headers().len()))
///     }));
/// let client = ClientCertificate::presented(der, Verification::Success);
/// let mut request = Request::new(http_body_util::Empty::<bytes::Bytes>::new());
/// request.headers_mut().insert("cf-client-cert-sha256", http::HeaderValue::from_static("forged"));
/// request.extensions_mut().insert(ConnectionState::new(client, forwarding));
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// assert_eq!(upstream.oneshot(request).await?.into_body(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ForwardLayer<F = fn(&request::Parts) -> Option<Claim>, H = NoHook> {
    forwarding: Forwarding,
    claim: F,
    is_delivered: fn(&response::Parts) -> bool,
    hook: H,
}

/// Is called with every request that a [`ForwardLayer`] has prepared, and may answer it.
///
/// Implemented for closures `Fn(&request::Parts, &Claim, Applied) -> Option<Response<R>>`.
///
/// ```
/// use http::{Request, Response, request::Parts};
/// use tls_client_auth::connection::Applied;
/// use tls_client_auth::tower::ForwardHook;
/// use tls_client_auth::{Claim, Forwarding};
///
/// let hook = |_: &Parts, _: &Claim, applied: Applied| (applied.stripped() > 0).then(|| Response::new("forged"));
///
/// let (mut parts, ()) = Request::get("/").header("client-cert", ":AA==:").body(())?.into_parts();
/// let claim = Forwarding::rfc9440().claim(None);
/// let applied = claim.apply(&mut parts.headers);
/// assert_eq!(hook.prepared(&parts, &claim, applied).map(Response::into_body), Some("forged"));
/// # Ok::<(), http::Error>(())
/// ```
pub trait ForwardHook<R> {
    /// Receives the request as it will be sent, the claim with the headers that are [too large](Claim::too_large), and the number of
    /// [stripped](Applied::stripped) headers. If it returns a response, the request is not sent, and the claim is not committed.
    fn prepared(
        &self,
        request: &request::Parts,
        claim: &Claim,
        applied: Applied,
    ) -> Option<Response<R>>;
}

/// The default [`ForwardHook`]: does nothing.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct NoHook;

impl<R> ForwardHook<R> for NoHook {
    fn prepared(&self, _: &request::Parts, _: &Claim, _: Applied) -> Option<Response<R>> {
        None
    }
}

impl<R, H: Fn(&request::Parts, &Claim, Applied) -> Option<Response<R>>> ForwardHook<R> for H {
    fn prepared(
        &self,
        request: &request::Parts,
        claim: &Claim,
        applied: Applied,
    ) -> Option<Response<R>> {
        self(request, claim, applied)
    }
}

impl ForwardLayer {
    /// Creates a layer that takes the connection from the request's extensions. The forwarding applies to requests without one.
    ///
    /// If the extensions also have a [`Decision`], as behind [`EnforceLayer`](super::EnforceLayer), the certificate is
    /// [withheld](ConnectionState::withhold) unless it is [`Decision::Forward`].
    #[must_use]
    pub const fn new(forwarding: Forwarding) -> Self {
        Self::with_claim(forwarding, |parts| from_extensions(&parts.extensions))
    }
}

impl<F: Fn(&request::Parts) -> Option<Claim> + Clone> ForwardLayer<F> {
    /// Creates a layer with a closure that finds the connection and [claims](ConnectionState::claim) or
    /// [withholds](ConnectionState::withhold) for the request, for example by its host. `None` is a request without a connection.
    ///
    /// ```
    /// use http::request::Parts;
    /// use tls_client_auth::tower::ForwardLayer;
    /// use tls_client_auth::{Claim, ConnectionState, Forwarding};
    ///
    /// // Only `api.example` receives the certificate.
    /// let layer = ForwardLayer::with_claim(Forwarding::rfc9440(), |request: &Parts| -> Option<Claim> {
    ///     let connection = request.extensions.get::<ConnectionState>()?;
    ///     let is_api = request.headers.get("host").is_some_and(|host| host == "api.example");
    ///     Some(if is_api { connection.claim() } else { connection.withhold() })
    /// });
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub const fn with_claim(forwarding: Forwarding, claim: F) -> Self {
        Self { forwarding, claim, is_delivered: is_of_origin, hook: NoHook }
    }
}

impl<F, H> ForwardLayer<F, H> {
    /// Sets the predicate for answers of the origin. Only those commit the claim.
    ///
    /// ```
    /// use tls_client_auth::Forwarding;
    /// use tls_client_auth::tower::ForwardLayer;
    ///
    /// // The inner service marks the origin's answers.
    /// let layer = ForwardLayer::new(Forwarding::cloudflare()).delivered_if(|answer| answer.headers.contains_key("x-upstream"));
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn delivered_if(self, is_delivered: fn(&response::Parts) -> bool) -> Self {
        Self { is_delivered, ..self }
    }

    /// Calls the hook for every prepared request: to count forgeries, to report headers that are too large, or to answer instead of
    /// the origin.
    ///
    /// ```
    /// use http::{Response, StatusCode};
    /// use tls_client_auth::Forwarding;
    /// use tls_client_auth::tower::ForwardLayer;
    ///
    /// let layer = ForwardLayer::new(Forwarding::cloudflare()).hook(
    ///     |request, claim, applied| {
    ///         if applied.stripped() > 0 {
    ///             eprintln!("{}: {} forged headers", request.uri, applied.stripped());
    ///         }
    ///         let fits = applied.is_complete() && claim.too_large().next().is_none();
    ///         (!fits).then(|| {
    ///             let mut answer = Response::new(String::from("the client certificate is too large"));
    ///             *answer.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    ///             answer
    ///         })
    ///     },
    /// );
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn hook<N, R>(self, hook: N) -> ForwardLayer<F, N>
    where
        N: Fn(&request::Parts, &Claim, Applied) -> Option<Response<R>>,
    {
        let Self { forwarding, claim, is_delivered, hook: _ } = self;
        ForwardLayer { forwarding, claim, is_delivered, hook }
    }
}

fn from_extensions(extensions: &Extensions) -> Option<Claim> {
    let connection = extensions.get::<ConnectionState>()?;
    Some(match extensions.get::<Decision>() {
        None | Some(Decision::Forward) => connection.claim(),
        Some(_) => connection.withhold(),
    })
}

/// A gateway generates the other three if the origin did not answer.
fn is_of_origin(answer: &response::Parts) -> bool {
    !matches!(answer.status.as_u16(), 502..=504)
}

impl<S, F: Clone, H: Clone> Layer<S> for ForwardLayer<F, H> {
    type Service = Forward<S, F, H>;

    fn layer(&self, inner: S) -> Self::Service {
        Forward { inner, layer: self.clone() }
    }
}

/// The service of [`ForwardLayer`].
#[derive(Clone, Debug)]
pub struct Forward<S, F = fn(&request::Parts) -> Option<Claim>, H = NoHook> {
    inner: S,
    layer: ForwardLayer<F, H>,
}

impl<S, F, H, B, R> Service<Request<B>> for Forward<S, F, H>
where
    S: Service<Request<StrippedBody<B>>, Response = Response<R>>,
    F: Fn(&request::Parts) -> Option<Claim>,
    H: ForwardHook<R>,
    R: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ForwardFuture<S::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let ForwardLayer { forwarding, claim, is_delivered, hook } = &self.layer;
        let is_delivered = *is_delivered;
        let answered = |answer| {
            let response = ResponseFuture::answered(answer);
            ForwardFuture { response, claim: None, is_delivered }
        };
        let (mut parts, body) = request.into_parts();
        if parts.method == Method::CONNECT {
            let mut answer = Response::new(R::default());
            *answer.status_mut() = StatusCode::NOT_IMPLEMENTED;
            return answered(answer);
        }
        let claim = match claim(&parts) {
            Some(claim) => claim.beside(forwarding),
            None => forwarding.claim(None),
        };
        let applied = claim.apply(&mut parts.headers);
        if let Some(answer) = hook.prepared(&parts, &claim, applied) {
            return answered(answer);
        }
        let body = claim.strip_body(body);
        let inner = self.inner.call(Request::from_parts(parts, body));
        let response = ResponseFuture::passed(inner);
        ForwardFuture { response, claim: Some(claim), is_delivered }
    }
}

pin_project! {
    /// The future of [`Forward`].
    #[derive(Debug)]
    pub struct ForwardFuture<F, R> {
        #[pin]
        response: ResponseFuture<F, R>,
        // `None` if the layer answers.
        claim: Option<Claim>,
        is_delivered: fn(&response::Parts) -> bool,
    }
}

impl<F, R, E> Future for ForwardFuture<F, R>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.response.poll(context));
        let claim = this.claim.take();
        let (parts, body) = match answer {
            Ok(answer) => answer.into_parts(),
            Err(error) => return Poll::Ready(Err(error)),
        };
        if let Some(claim) = claim
            && (this.is_delivered)(&parts)
        {
            claim.commit();
        }
        Poll::Ready(Ok(Response::from_parts(parts, body)))
    }
}
