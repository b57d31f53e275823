//! The proxy's side: around the client that sends a request upstream.

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use http::request::Parts;
use http::{Extensions, Request, Response};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::client::ClientCertificate;
use crate::connection::Forwarding;
use crate::connection::strip::strip;
use crate::connection::{Claim, ConnectionState};

/// Strips every request and adds what its connection forwards.
///
/// The connection's [`ConnectionState`] is expected among the request's extensions, where the accepting side puts a clone of it;
/// [`with_claim`](Self::with_claim) finds it elsewhere, or withholds it from some hosts. A request without one is treated as one
/// of a client without a certificate: it never passes unstripped.
///
/// The claim is committed when the inner service has answered, whatever the status, and given back when it fails or the
/// future is dropped. Trailers of the request are stripped too, which is why the inner service gets another body type.
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
///     .service(service_fn(|request: Request<_>| async move {
///         Ok::<_, std::io::Error>(Response::new(request.headers().len()))
///     }));
/// let client = ClientCertificate::presented(der, Verification::Success);
/// let mut request = Request::new(http_body_util::Empty::<bytes::Bytes>::new());
/// request.headers_mut().insert("cf-client-cert-sha256", http::HeaderValue::from_static("forged"));
/// request.extensions_mut().insert(ConnectionState::new(client, forwarding));
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// assert_eq!(upstream.oneshot(request).await?.into_body(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ForwardLayer<F = fn(&Parts) -> Option<Claim>> {
    forwarding: Forwarding,
    claim: F,
}

impl ForwardLayer {
    /// Takes the connection from the request's extensions. The forwarding is for requests that have none there.
    #[must_use]
    pub const fn new(forwarding: Forwarding) -> Self {
        Self { forwarding, claim: |parts| from_extensions(&parts.extensions) }
    }
}

impl<F> ForwardLayer<F>
where
    F: Fn(&Parts) -> Option<Claim> + Clone,
{
    /// Lets the closure find the connection and [claim](ConnectionState::claim) for the request, or
    /// [withhold](ConnectionState::withhold), by the request's host for one.
    #[must_use]
    pub const fn with_claim(forwarding: Forwarding, claim: F) -> Self {
        Self { forwarding, claim }
    }
}

fn from_extensions(extensions: &Extensions) -> Option<Claim> {
    extensions.get::<ConnectionState>().map(ConnectionState::claim)
}

impl<S, F: Clone> Layer<S> for ForwardLayer<F> {
    type Service = Forward<S, F>;

    fn layer(&self, inner: S) -> Self::Service {
        Forward { inner, layer: self.clone() }
    }
}

/// The service of [`ForwardLayer`].
#[derive(Clone, Debug)]
pub struct Forward<S, F = fn(&Parts) -> Option<Claim>> {
    inner: S,
    layer: ForwardLayer<F>,
}

impl<S, F, B, R> Service<Request<B>> for Forward<S, F>
where
    S: Service<Request<ForwardBody<B>>, Response = Response<R>>,
    F: Fn(&Parts) -> Option<Claim>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ForwardFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let claim = (self.layer.claim)(&parts).unwrap_or_else(|| {
            let nobody = ClientCertificate::none();
            ConnectionState::new(nobody, self.layer.forwarding.clone()).claim()
        });
        claim.apply(&mut parts.headers);
        let body = ForwardBody { inner: body, forwarding: claim.forwarding().clone() };
        let inner = self.inner.call(Request::from_parts(parts, body));
        ForwardFuture { inner, claim: Some(claim) }
    }
}

pin_project! {
    /// The future of [`Forward`].
    #[derive(Debug)]
    pub struct ForwardFuture<F> {
        #[pin]
        inner: F,
        claim: Option<Claim>,
    }
}

impl<F, R, E> Future for ForwardFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.inner.poll(context));
        let claim = this.claim.take();
        if answer.is_ok()
            && let Some(claim) = claim
        {
            claim.commit();
        }
        Poll::Ready(answer)
    }
}

pin_project! {
    /// A request's body whose trailers are stripped like its headers.
    #[derive(Debug)]
    pub struct ForwardBody<B> {
        #[pin]
        inner: B,
        forwarding: Forwarding,
    }
}

impl<B: Body> Body for ForwardBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.project();
        let mut frame = ready!(this.inner.poll_frame(context));
        if let Some(Ok(frame)) = &mut frame
            && let Some(trailers) = frame.trailers_mut()
        {
            strip(trailers, this.forwarding.owns());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
