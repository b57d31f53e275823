//! A proxy from HTTP/3 to HTTP/1.1, with one [`ConnectionState`] for each QUIC connection.
//!
//! `cargo run` starts the proxy and an origin, sends fifty concurrent requests over one connection, resets some of them, and shows that
//! one answered request carried the certificate. A second connection has no certificate and forges the headers.

mod certificates;
mod origin;
mod proxy;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use h3::client::SendRequest;
use h3::error::Code;
use h3_quinn::OpenStreams;
use hyper::Request;
use quinn::Endpoint;
use quinn::crypto::rustls::QuicClientConfig;
use tokio::task::JoinSet;

use certificates::Tls;
use origin::Origin;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const REQUESTS: usize = 50;
/// One request in this number is reset before its answer.
const RESET_EACH: usize = 5;

#[tokio::main]
async fn main() -> Result<()> {
    let tls = Tls::new()?;
    let origin = Origin::start().await?;
    let address = proxy::start(tls.server, tls.root, origin.port)?;

    let (answered, reset) = burst(address, &tls.known).await?;
    println!("with a certificate: {answered} answered, {reset} reset");
    println!(
        "  requests that the origin answered with a certificate on them: {}",
        origin.certificates()
    );
    println!("  forged headers that arrived: {}", origin.forged());
    assert_eq!((answered, reset), (REQUESTS - REQUESTS / RESET_EACH, REQUESTS / RESET_EACH));
    assert_eq!((origin.certificates(), origin.forged()), (1, 0));

    let (answered, _) = burst(address, &tls.nobody).await?;
    println!("without a certificate: {answered} answered");
    println!(
        "  certificates and forged headers that arrived: {}, {}",
        origin.certificates() - 1,
        origin.forged()
    );
    assert_eq!((origin.certificates(), origin.forged()), (1, 0));
    println!("as expected");
    Ok(())
}

/// Requests at once over one connection: how many were answered and how many reset.
async fn burst(proxy: SocketAddr, config: &Arc<rustls::ClientConfig>) -> Result<(usize, usize)> {
    let mut endpoint = Endpoint::client((Ipv4Addr::LOCALHOST, 0).into())?;
    let config = QuicClientConfig::try_from(Arc::clone(config))?;
    endpoint.set_default_client_config(quinn::ClientConfig::new(Arc::new(config)));
    let connection = endpoint.connect(proxy, "localhost")?.await?;
    let (mut driver, sender) = h3::client::new(h3_quinn::Connection::new(connection)).await?;
    let driving = tokio::spawn(async move { driver.wait_idle().await });

    let mut requests = JoinSet::new();
    for index in 0..REQUESTS {
        requests.spawn(request(sender.clone(), index.is_multiple_of(RESET_EACH)));
    }
    let (mut answered, mut reset) = (0, 0);
    while let Some(outcome) = requests.join_next().await {
        if outcome?? {
            answered += 1;
        } else {
            reset += 1;
        }
    }
    drop(sender);
    driving.abort();
    endpoint.close(0u32.into(), b"");
    Ok((answered, reset))
}

/// One request with a forged header: whether it was answered.
async fn request(mut sender: SendRequest<OpenStreams, Bytes>, resets: bool) -> Result<bool> {
    let request = Request::get("https://localhost/")
        .header("Cf-Client-Cert-Sha256", "forged")
        .header("cf_client_cert_der_base64", "forged");
    let mut stream = sender.send_request(request.body(())?).await?;
    if resets {
        stream.stop_stream(Code::H3_REQUEST_CANCELLED);
        stream.stop_sending(Code::H3_REQUEST_CANCELLED);
        return Ok(false);
    }
    stream.finish().await?;
    let status = stream.recv_response().await?.status();
    while stream.recv_data().await?.is_some() {}
    Ok(status.is_success())
}
