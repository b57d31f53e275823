//! Feature `axum`: the request's client as a handler's argument.

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use core::fmt;
use http::StatusCode;
use http::request::Parts;

use crate::record::TlsClientAuth;

/// Extracts a client that verified and is not revoked, from the request's extensions, where a
/// [`ReceiveLayer`](crate::tower::ReceiveLayer) or the accepting side put it. Other requests are answered with a
/// [`TlsClientAuthRejection`].
///
/// `Option<TlsClientAuth>` is `None` for a client without a certificate, and still rejects one that did not verify. To handle those,
/// use `axum::Extension<TlsClientAuth>` and check [`TlsClientAuth::is_trusted`].
///
/// ```
/// use axum::{Router, routing::get};
/// use tls_client_auth::{Receiver, TlsClientAuth};
/// use tls_client_auth::tower::{Admission, ReceiveLayer};
///
/// async fn who(auth: TlsClientAuth) -> String {
///     auth.cert_subject_dn().to_owned()
/// }
///
/// async fn maybe(auth: Option<TlsClientAuth>) -> String {
///     auth.map_or("nobody".to_owned(), |auth| auth.cert_subject_dn().to_owned())
/// }
///
/// let app: Router = Router::new()
///     .route("/", get(who))
///     .route("/maybe", get(maybe))
///     .layer(ReceiveLayer::new(Receiver::nginx(), Admission::Any));
/// # let _ = app;
/// ```
impl<S: Sync> FromRequestParts<S> for TlsClientAuth {
    type Rejection = TlsClientAuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let auth = find(parts)?;
        if !auth.is_presented() {
            return Err(TlsClientAuthRejection::NotPresented);
        }
        trusted(auth)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for TlsClientAuth {
    type Rejection = TlsClientAuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        let auth = find(parts)?;
        if auth.is_presented() { trusted(auth).map(Some) } else { Ok(None) }
    }
}

fn find(parts: &Parts) -> Result<&TlsClientAuth, TlsClientAuthRejection> {
    parts.extensions.get().ok_or(TlsClientAuthRejection::Missing)
}

fn trusted(auth: &TlsClientAuth) -> Result<TlsClientAuth, TlsClientAuthRejection> {
    auth.is_trusted().then(|| auth.clone()).ok_or(TlsClientAuthRejection::NotTrusted)
}

/// The reason for which a request is rejected before its handler. The response has the status and the reason's text.
///
/// ```
/// use axum::response::IntoResponse;
/// use tls_client_auth::axum::TlsClientAuthRejection;
///
/// let rejection = TlsClientAuthRejection::NotPresented;
/// assert_eq!(rejection.to_string(), "a client certificate is required");
/// assert_eq!(rejection.into_response().status(), 403);
/// assert_eq!(TlsClientAuthRejection::NotTrusted.into_response().status(), 403);
/// assert_eq!(TlsClientAuthRejection::Missing.into_response().status(), 500);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TlsClientAuthRejection {
    /// `403`: the client presented no certificate.
    NotPresented,
    /// `403`: the certificate did not verify or is revoked.
    NotTrusted,
    /// `500`: there is no [`TlsClientAuth`] in the request's extensions.
    Missing,
}

impl fmt::Display for TlsClientAuthRejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotPresented => "a client certificate is required",
            Self::NotTrusted => "the client certificate is not accepted",
            Self::Missing => "no TlsClientAuth in the request's extensions: is a layer missing?",
        })
    }
}

impl core::error::Error for TlsClientAuthRejection {}

impl IntoResponse for TlsClientAuthRejection {
    fn into_response(self) -> Response {
        use alloc::string::ToString as _;

        let status = match self {
            Self::NotPresented | Self::NotTrusted => StatusCode::FORBIDDEN,
            Self::Missing => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, self.to_string()).into_response()
    }
}
