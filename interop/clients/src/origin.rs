//! An origin that answers with the header lines that it received.

use std::convert::Infallible;
use std::net::SocketAddr;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::Error;

/// Starts the origin, and returns its address.
pub async fn origin() -> Result<SocketAddr, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service_fn(|request: Request<Incoming>| async move {
                let lines: String = request
                    .headers()
                    .iter()
                    .map(|(name, value)| {
                        format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))
                    })
                    .collect();
                Ok::<_, Infallible>(Response::new(lines))
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}
