//! The origin's side: around the service that answers.

use alloc::sync::Arc;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::receive::Receiver;
use crate::record::TlsClientAuth;

/// Which requests a [`ReceiveLayer`] lets through to the service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Admission {
    /// All whose headers can be read.
    Any,
    /// Those of clients that presented a certificate, whatever was found of it.
    Presented,
    /// Those of clients whose certificate verified and is not revoked.
    Trusted,
}

impl Admission {
    fn admits(self, auth: &TlsClientAuth) -> bool {
        match self {
            Self::Any => true,
            Self::Presented => auth.is_presented(),
            Self::Trusted => auth.is_trusted(),
        }
    }
}

/// Reads every request's headers and puts the [`TlsClientAuth`] into its extensions.
///
/// Headers that break the [`Receiver`]'s rules are answered with `400 Bad Request`, clients that the [`Admission`] does not let in
/// with `403 Forbidden`; both with an empty body. As with the receiver itself, only the proxy may be able to reach the service.
///
/// ```
/// use http::{Request, Response, StatusCode};
/// use tls_client_auth::{Receiver, TlsClientAuth};
/// use tls_client_auth::tower::{Admission, ReceiveLayer};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// let service = ServiceBuilder::new()
///     .layer(ReceiveLayer::new(Receiver::nginx(), Admission::Trusted))
///     .service(service_fn(|request: Request<()>| async move {
///         let auth = request.extensions().get::<TlsClientAuth>().cloned();
///         Ok::<_, std::io::Error>(Response::new(auth.map_or(0, |auth| auth.cert_subject_dn().len())))
///     }));
/// let request = |verify| Request::get("/").header("ssl-client-verify", verify).header("ssl-client-s-dn", "CN=a").body(());
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let good = service.clone().oneshot(request("SUCCESS")?).await?;
/// assert_eq!((good.status(), good.into_body()), (StatusCode::OK, 4));
/// let bad = service.oneshot(request("FAILED:certificate has expired")?).await?;
/// assert_eq!(bad.status(), StatusCode::FORBIDDEN);
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ReceiveLayer {
    receiver: Arc<Receiver>,
    admission: Admission,
}

impl ReceiveLayer {
    /// Reads what this receiver knows, and lets in whom the admission names.
    #[must_use]
    pub fn new(receiver: Receiver, admission: Admission) -> Self {
        Self { receiver: Arc::new(receiver), admission }
    }
}

impl<S> Layer<S> for ReceiveLayer {
    type Service = Receive<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Receive { inner, layer: self.clone() }
    }
}

/// The service of [`ReceiveLayer`].
#[derive(Clone, Debug)]
pub struct Receive<S> {
    inner: S,
    layer: ReceiveLayer,
}

impl<S, B, R> Service<Request<B>> for Receive<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ReceiveFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let refused = match self.layer.receiver.receive(request.headers()) {
            Err(_) => StatusCode::BAD_REQUEST,
            Ok(auth) if !self.layer.admission.admits(&auth) => StatusCode::FORBIDDEN,
            Ok(auth) => {
                request.extensions_mut().insert(auth);
                return ReceiveFuture::Admitted { inner: self.inner.call(request) };
            }
        };
        ReceiveFuture::Refused { status: refused }
    }
}

pin_project! {
    /// The future of [`Receive`].
    #[derive(Debug)]
    #[project = Projection]
    #[non_exhaustive]
    #[allow(missing_docs)]
    pub enum ReceiveFuture<F> {
        /// The service answers.
        Admitted { #[pin] inner: F },
        /// The layer does.
        Refused { status: StatusCode },
    }
}

impl<F, R, E> Future for ReceiveFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Default,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match self.project() {
            Projection::Admitted { inner } => ready!(inner.poll(context)),
            Projection::Refused { status } => {
                let mut response = Response::new(R::default());
                *response.status_mut() = *status;
                Ok(response)
            }
        })
    }
}
