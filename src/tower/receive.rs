//! The origin's side: a layer around the service that answers requests.

use alloc::sync::Arc;
use core::task::{Context, Poll};

use http::{Request, Response, StatusCode, request};
use tower_layer::Layer;
use tower_service::Service;

use super::{ResponseFuture, grpc};
use crate::hosts;
use crate::receive::{Memory, ReceiveError, Receiver};
use crate::record::TlsClientAuth;

/// The requests that a [`ReceiveLayer`] passes to the service.
///
/// ```
/// use http::{Request, Response};
/// use tls_client_auth::Receiver;
/// use tls_client_auth::tower::{Admission, ReceiveLayer};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// // With `Any`, the service checks `TlsClientAuth::is_trusted` itself.
/// for (admission, statuses) in [
///     (Admission::Any, [200, 200, 200]),
///     (Admission::Presented, [403, 200, 200]),
///     (Admission::Trusted, [403, 403, 200]),
/// ] {
///     for (verdict, status) in ["NONE", "FAILED:certificate has expired", "SUCCESS"].into_iter().zip(statuses) {
///         let service = ServiceBuilder::new()
///             .layer(ReceiveLayer::new(Receiver::nginx(), admission))
///             .service(service_fn(|_: Request<()>| async { Ok::<_, std::io::Error>(Response::new(String::new())) }));
///         let request = Request::get("/").header("ssl-client-verify", verdict).body(())?;
///         assert_eq!(service.oneshot(request).await?.status(), status);
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Admission {
    /// All requests with valid headers.
    Any,
    /// Requests of clients that presented a certificate, verified or not.
    Presented,
    /// Requests of clients with a certificate that verified and is not revoked.
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

/// Parses every request's headers, and adds the [`TlsClientAuth`] to its extensions, together with an
/// [`Arc<Received>`](crate::receive::Received), which has the certificate's names, such as a SPIFFE ID.
///
/// Results are [cached](Memory) for requests with the same header values: up to 256 of at most 16 KiB each, unless
/// [`memory`](Self::memory) sets another cache.
///
/// Requests with headers that break the [`Receiver`]'s rules are answered with `400 Bad Request`, and clients that the [`Admission`]
/// excludes with `403 Forbidden`. Both answers have an empty body, unless a [`hook`](Self::hook) creates the answer. A gRPC request
/// gets a gRPC answer with a [`grpc-status`](Refusal::grpc_status). As for the receiver, only the proxy must be able to reach the
/// service.
///
/// # Access log
///
/// The record in the extensions identifies the client. Its texts are printable ASCII; names contain spaces, so quote them:
///
/// ```
/// use tls_client_auth::{Receiver, TlsClientAuth};
///
/// /// Verdict, fingerprint, serial number and subject; `-` for what is not known.
/// fn client(auth: &TlsClientAuth) -> String {
///     let known = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
///     let [verdict, subject] = [auth.cert_verified(), auth.cert_subject_dn()].map(|text| format!("{:?}", known(text)));
///     let [sha256, serial] = [auth.cert_fingerprint_sha256(), auth.cert_serial()].map(known);
///     format!("{verdict} {sha256} {serial} {subject}")
/// }
///
/// let auth = Receiver::nginx().receive(&[("ssl-client-verify", "SUCCESS"), ("ssl-client-s-dn", "CN=a b")])?;
/// assert_eq!(client(&auth), r#""SUCCESS" - - "CN=a b""#);
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
///
/// # Example
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
pub struct ReceiveLayer<H = EmptyAnswer> {
    memory: Arc<Memory>,
    admission: Admission,
    hook: H,
}

/// The reason for which a [`ReceiveLayer`] rejects a request.
///
/// ```
/// use http::StatusCode;
/// use tls_client_auth::Receiver;
/// use tls_client_auth::tower::Refusal;
///
/// let receive = |verdict| Receiver::nginx().receive(&[("ssl-client-verify", verdict)]);
/// let refusal = Refusal::NotAdmitted(receive("NONE")?);
/// assert_eq!((refusal.status(), refusal.grpc_status()), (StatusCode::FORBIDDEN, 16));
/// let refusal = Refusal::Malformed(receive("yes").unwrap_err());
/// assert_eq!((refusal.status(), refusal.grpc_status()), (StatusCode::BAD_REQUEST, 13));
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// The headers break the receiver's rules.
    Malformed(ReceiveError),
    /// The [`Admission`] excludes the client.
    NotAdmitted(TlsClientAuth),
}

impl Refusal {
    /// The status that the layer answers with: `400 Bad Request` or `403 Forbidden`.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::NotAdmitted(_) => StatusCode::FORBIDDEN,
        }
    }

    /// The gRPC status code: 16 (`UNAUTHENTICATED`) for a client without a valid certificate; 13 (`INTERNAL`), gRPC's mapping of
    /// `400 Bad Request`, for headers that break the receiver's rules.
    #[must_use]
    pub fn grpc_status(&self) -> u8 {
        self.of_grpc().0
    }

    fn of_grpc(&self) -> (u8, &'static str) {
        let refusal = match self {
            Self::Malformed(_) => return (13, "malformed client certificate headers"),
            Self::NotAdmitted(auth) if !auth.is_presented() => hosts::Refusal::Missing,
            Self::NotAdmitted(auth) if auth.is_revoked() => hosts::Refusal::Revoked,
            Self::NotAdmitted(_) => hosts::Refusal::Failed,
        };
        (refusal.grpc_status(), refusal.text())
    }
}

/// Answers the requests that a [`ReceiveLayer`] rejects.
///
/// Implemented for closures `Fn(&request::Parts, Refusal) -> Response<R>`.
///
/// ```
/// use http::{Request, Response};
/// use tls_client_auth::Receiver;
/// use tls_client_auth::tower::{EmptyAnswer, Refusal, RefusalHook};
///
/// let (parts, ()) = Request::new(()).into_parts();
/// let nobody = Receiver::nginx().receive(&[("ssl-client-verify", "NONE")])?;
/// let answer: Response<String> = EmptyAnswer::default().refused(&parts, Refusal::NotAdmitted(nobody));
/// assert_eq!(answer.status(), 403);
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
pub trait RefusalHook<R> {
    /// Returns the answer to a rejected request.
    fn refused(&self, request: &request::Parts, refusal: Refusal) -> Response<R>;
}

/// The default [`RefusalHook`]: answers with the [status](Refusal::status) and an empty body; a gRPC request with `200 OK`, the
/// [`grpc-status`](Refusal::grpc_status) and a `grpc-message` with the reason.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct EmptyAnswer;

impl<R: Default> RefusalHook<R> for EmptyAnswer {
    fn refused(&self, request: &request::Parts, refusal: Refusal) -> Response<R> {
        if grpc::is_grpc(&request.headers) {
            let (code, message) = refusal.of_grpc();
            return grpc::refusal(code, message);
        }
        let mut response = Response::new(R::default());
        *response.status_mut() = refusal.status();
        response
    }
}

impl<R, H: Fn(&request::Parts, Refusal) -> Response<R>> RefusalHook<R> for H {
    fn refused(&self, request: &request::Parts, refusal: Refusal) -> Response<R> {
        self(request, refusal)
    }
}

impl ReceiveLayer {
    /// Creates a layer with this receiver and admission.
    #[must_use]
    pub fn new(receiver: Receiver, admission: Admission) -> Self {
        Self { memory: Arc::new(Memory::new(receiver)), admission, hook: EmptyAnswer }
    }
}

impl<H> ReceiveLayer<H> {
    /// Sets the cache, and with it the receiver.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    /// use tls_client_auth::receive::Memory;
    /// use tls_client_auth::tower::{Admission, ReceiveLayer};
    ///
    /// let small = Memory::with_sizes(Receiver::nginx(), 16, 4096);
    /// let layer = ReceiveLayer::new(Receiver::nginx(), Admission::Trusted).memory(small);
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn memory(self, memory: Memory) -> Self {
        Self { memory: Arc::new(memory), ..self }
    }

    /// Calls the hook for every rejected request: to log the reason, and to create the answer.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tls_client_auth::Receiver;
    /// use tls_client_auth::tower::{Admission, ReceiveLayer, Refusal};
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    ///
    /// let layer = ReceiveLayer::new(Receiver::nginx(), Admission::Trusted).hook(|request, refusal| {
    ///     let reason = match &refusal {
    ///         Refusal::Malformed(error) => error.to_string(),
    ///         Refusal::NotAdmitted(client) => client.cert_verified().to_owned(),
    ///         _ => String::new(),
    ///     };
    ///     eprintln!("{}: {reason}", request.uri);
    ///     let mut answer = Response::new(reason);
    ///     *answer.status_mut() = refusal.status();
    ///     answer
    /// });
    /// let service = ServiceBuilder::new()
    ///     .layer(layer)
    ///     .service(service_fn(|_: Request<()>| async { Ok::<_, std::io::Error>(Response::new(String::new())) }));
    /// let request = Request::get("/").header("ssl-client-verify", "FAILED:certificate has expired").body(())?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// assert_eq!(service.oneshot(request).await?.into_body(), "FAILED:certificate has expired");
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn hook<N, R>(self, hook: N) -> ReceiveLayer<N>
    where
        N: Fn(&request::Parts, Refusal) -> Response<R>,
    {
        let Self { memory, admission, hook: _ } = self;
        ReceiveLayer { memory, admission, hook }
    }
}

impl<S, H: Clone> Layer<S> for ReceiveLayer<H> {
    type Service = Receive<S, H>;

    fn layer(&self, inner: S) -> Self::Service {
        Receive { inner, layer: self.clone() }
    }
}

/// The service of [`ReceiveLayer`].
#[derive(Clone, Debug)]
pub struct Receive<S, H = EmptyAnswer> {
    inner: S,
    layer: ReceiveLayer<H>,
}

impl<S, H, B, R> Service<Request<B>> for Receive<S, H>
where
    S: Service<Request<B>, Response = Response<R>>,
    H: RefusalHook<R>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let ReceiveLayer { memory, admission, hook } = &self.layer;
        let refusal = match memory.receive(request.headers()) {
            Err(error) => Refusal::Malformed(error),
            Ok(received) if !admission.admits(&received.auth) => {
                Refusal::NotAdmitted(received.auth.clone())
            }
            Ok(received) => {
                request.extensions_mut().insert(received.auth.clone());
                request.extensions_mut().insert(received);
                return ResponseFuture::passed(self.inner.call(request));
            }
        };
        ResponseFuture::answered(hook.refused(&request.into_parts().0, refusal))
    }
}
