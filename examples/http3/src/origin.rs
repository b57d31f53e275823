//! An origin that counts requests with certificates and with forged headers.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::Result;

#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) port: u16,
    certificates: Arc<AtomicUsize>,
    forged: Arc<AtomicUsize>,
}

impl Origin {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let origin = Self { port, certificates: Arc::default(), forged: Arc::default() };
        let own = origin.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                let service = service_fn(move |request| own.clone().answer(request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Ok(origin)
    }

    async fn answer(
        self,
        request: Request<Incoming>,
    ) -> std::result::Result<Response<Full<Bytes>>, Infallible> {
        // Long enough that resets arrive before the answer.
        sleep(Duration::from_millis(20)).await;
        let headers = request.headers();
        if headers.contains_key("Cf-Client-Cert-Der-Base64") {
            self.certificates.fetch_add(1, Ordering::Relaxed);
        }
        if headers.values().any(|value| value == "forged") {
            self.forged.fetch_add(1, Ordering::Relaxed);
        }
        Ok(Response::new(Full::from("seen\n")))
    }

    /// Requests that were answered and carried a certificate.
    pub(crate) fn certificates(&self) -> usize {
        self.certificates.load(Ordering::Relaxed)
    }

    /// Requests with a forged header.
    pub(crate) fn forged(&self) -> usize {
        self.forged.load(Ordering::Relaxed)
    }
}
