//! Feature `http-body`: request bodies without forged trailers.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::connection::Forwarding;
use crate::connection::{Claim, ConnectionState, strip};
use crate::headers::families::Families;

pin_project! {
    /// A request body with its trailers stripped like headers. Data is unchanged.
    ///
    /// Created by [`Claim::strip_body`] or [`ConnectionState::strip_body`].
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{HeaderMap, HeaderValue};
    /// use http_body_util::{BodyExt, Full};
    /// use tls_client_auth::Forwarding;
    ///
    /// let mut trailers = HeaderMap::new();
    /// trailers.insert("client_cert", HeaderValue::from_static(":AA==:"));
    /// trailers.insert("x-checksum", HeaderValue::from_static("1"));
    /// let body = Full::new(Bytes::from("data")).with_trailers(async { Some(Ok(trailers)) });
    /// let body = Forwarding::rfc9440().claim(None).strip_body(body);
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let collected = body.collect().await?;
    /// assert!(collected.trailers().is_some_and(|trailers| trailers.keys().eq(["x-checksum"])));
    /// assert_eq!(collected.to_bytes(), "data");
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct StrippedBody<B> {
        #[pin]
        inner: B,
        forwarding: Forwarding,
        kept: Families,
        // Another forwarding whose names are stripped too.
        other: Option<(Forwarding, Families)>,
    }
}

impl Claim {
    /// Wraps the request's body, to strip its trailers.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::Request;
    /// use http_body::Body;
    /// use http_body_util::Full;
    /// use tls_client_auth::Forwarding;
    ///
    /// let claim = Forwarding::rfc9440().claim(None);
    /// let request = Request::new(Full::new(Bytes::from("data"))).map(|body| claim.strip_body(body));
    /// assert_eq!(request.body().size_hint().exact(), Some(4));
    /// ```
    pub fn strip_body<B>(&self, body: B) -> StrippedBody<B> {
        let other = self.other().map(|(other, kept)| (other.clone(), kept));
        StrippedBody {
            inner: body,
            forwarding: self.forwarding().clone(),
            kept: self.kept(),
            other,
        }
    }
}

impl ConnectionState {
    /// Wraps a request's body, to strip its trailers. For a request that is [withheld](Self::withhold), call [`Claim::strip_body`]: it
    /// strips [kept](Forwarding::keep_family) families too.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http_body::Body;
    /// use http_body_util::Full;
    /// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};
    ///
    /// let connection = ConnectionState::new(ClientCertificate::none(), Forwarding::rfc9440());
    /// let body = connection.strip_body(Full::new(Bytes::from("data")));
    /// assert_eq!(body.size_hint().exact(), Some(4));
    /// ```
    pub fn strip_body<B>(&self, body: B) -> StrippedBody<B> {
        let (forwarding, kept) = (self.forwarding().clone(), self.kept());
        StrippedBody { inner: body, forwarding, kept, other: None }
    }
}

impl<B: fmt::Debug> fmt::Debug for StrippedBody<B> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("StrippedBody").field(&self.inner).finish()
    }
}

impl<B: Body> Body for StrippedBody<B> {
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
            strip::strip(trailers, this.forwarding.owner(*this.kept));
            if let Some((other, kept)) = this.other {
                strip::strip(trailers, other.owner(*kept));
            }
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
