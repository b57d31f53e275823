//! pingora with OpenSSL: [`proxy`] is the part to copy. The rest starts an origin, the proxy and clients on loopback, and fails if the
//! origin does not receive the expected headers.

mod certificates;
mod proxy;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use pingora::prelude::{Server, http_proxy_service};
use pingora::server::configuration::ServerConf;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tls_client_auth::connection::is_owned_name;
use tls_client_auth::{Forwarding, HeaderSet};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use certificates::{Certificates, Error};
use proxy::Proxy;

/// The client-certificate headers of each request.
type Log = Arc<Mutex<Vec<Vec<(String, String)>>>>;

/// Name, whether the client has a certificate, protocol, requested paths, their statuses, and our headers that arrive.
type Case<'c> = (&'c str, bool, &'c [u8], &'c [&'c str], &'c [u16], &'c [&'c [&'c str]]);

/// In pingora the maximum of retries is the number of attempts.
const ATTEMPTS: usize = 3;
const FORGED: [(&str, &str); 4] = [
    ("Cf-Client-Cert-Sha256", "forged"),
    ("cf_client_cert_der_base64", "forged"),
    ("Client-Cert", ":forged:"),
    ("X-SSL-Client-Verify", "SUCCESS"),
];

#[tokio::main]
async fn main() -> Result<(), Error> {
    let certificates = Certificates::new()?;
    let log = Log::default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let origin = listener.local_addr()?;
    tokio::spawn(serve_origin(listener, Arc::clone(&log)));
    let proxy = start(&certificates, origin)?;

    let client = |with_certificate| client_config(&certificates, with_certificate);
    let pair: &[&str] = &["cf-client-cert-der-base64", "cf-client-cert-sha256"];
    let cases: [Case; 5] = [
        ("two requests, HTTP/1.1", true, b"http/1.1", &["/", "/"], &[200, 200], &[pair, &[]]),
        ("two requests, HTTP/2", true, b"h2", &["/", "/"], &[200, 200], &[pair, &[]]),
        ("a client without a certificate", false, b"http/1.1", &["/"], &[200], &[&[]]),
        (
            "an attempt that fails, and another",
            true,
            b"h2",
            &["/fails-once", "/"],
            &[200, 200],
            &[pair, pair, &[]],
        ),
        (
            "an outage, and the next request",
            true,
            b"h2",
            &["/fails", "/"],
            &[502, 200],
            &[pair; ATTEMPTS + 1],
        ),
    ];
    for (case, with_certificate, protocol, paths, expected_statuses, expected) in cases {
        println!("{case}");
        let statuses = requests(proxy, client(with_certificate)?, protocol, paths).await?;
        let seen = std::mem::take(&mut *log.lock().unwrap_or_else(PoisonError::into_inner));
        for headers in &seen {
            let shortened = headers.iter().map(|(name, value)| format!("{name}: {value:.40}"));
            println!("  the origin saw [{}]", shortened.collect::<Vec<_>>().join(", "));
        }
        let names: Vec<Vec<&str>> = seen
            .iter()
            .map(|headers| headers.iter().map(|(name, _)| name.as_str()).collect())
            .collect();
        assert_eq!(statuses, expected_statuses, "{case}");
        assert_eq!(names, expected, "{case}");
        let forged = |(_, value): &(String, String)| value.contains("forged");
        assert!(!seen.iter().flatten().any(forged), "{case}");
    }
    println!("as expected");
    // pingora's server runs until the process ends.
    std::process::exit(0)
}

/// Starts pingora in a new thread, and returns its address.
fn start(certificates: &Certificates, origin: SocketAddr) -> Result<SocketAddr, Error> {
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let forwarding = Forwarding::none().on_first_request(HeaderSet::cloudflare());
    let tls = proxy::tls(certificates, forwarding.clone())?;
    std::thread::spawn(move || {
        let configuration = ServerConf { max_retries: ATTEMPTS, ..ServerConf::default() };
        let mut server = Server::new_with_opt_and_conf(None, configuration);
        server.bootstrap();
        let proxy = Proxy { origin: origin.to_string(), forwarding };
        let mut service = http_proxy_service(&server.configuration, proxy);
        service.add_tls_with_settings(&address.to_string(), None, tls);
        server.add_service(service);
        server.run_forever()
    });
    Ok(address)
}

/// An origin that records its requests, and fails on demand.
async fn serve_origin(listener: TcpListener, log: Log) {
    let has_failed = Arc::new(AtomicBool::new(false));
    while let Ok((stream, _)) = listener.accept().await {
        let (log, has_failed) = (Arc::clone(&log), Arc::clone(&has_failed));
        let service = service_fn(move |request: Request<Incoming>| {
            let (log, has_failed) = (Arc::clone(&log), Arc::clone(&has_failed));
            async move {
                let ours = request
                    .headers()
                    .iter()
                    .filter(|(name, _)| is_owned_name(name.as_str().as_bytes()));
                let text =
                    |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
                let seen = ours.map(|(name, value)| (name.to_string(), text(value)));
                let mut seen: Vec<_> = seen.collect();
                seen.sort();
                log.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
                match request.uri().path() {
                    "/fails" => Err("an outage"),
                    "/fails-once" if !has_failed.swap(true, Ordering::Relaxed) => Err("an outage"),
                    _ => Ok(Response::new(Full::new(Bytes::from_static(b"seen\n")))),
                }
            }
        });
        let stream = TokioIo::new(stream);
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(stream, service));
    }
}

fn client_config(
    certificates: &Certificates,
    with_certificate: bool,
) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(certificates.root.clone()))?;
    let builder =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots);
    let chain = vec![CertificateDer::from(certificates.client.clone())];
    let key = PrivatePkcs8KeyDer::from(certificates.client_key.clone());
    Ok(match with_certificate {
        true => builder.with_client_auth_cert(chain, key.into())?,
        false => builder.with_no_client_auth(),
    })
}

/// Sends requests one after the other on one connection, each with forged headers, and returns their statuses.
async fn requests(
    proxy: SocketAddr,
    mut config: ClientConfig,
    protocol: &[u8],
    paths: &[&str],
) -> Result<Vec<u16>, Error> {
    config.alpn_protocols = vec![protocol.to_vec()];
    let mut patience = 100;
    let stream = loop {
        match TcpStream::connect(proxy).await {
            Ok(stream) => break stream,
            Err(error) if patience == 0 => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        patience -= 1;
    };
    let name = ServerName::try_from("localhost")?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let stream = TokioIo::new(stream);
    let mut statuses = Vec::new();
    let request = |path: &str| {
        let host = format!("https://localhost{path}");
        let uri = if protocol == b"h2" { host } else { path.to_owned() };
        let request = Request::get(uri);
        let request = if protocol == b"h2" { request } else { request.header("Host", "localhost") };
        let forge =
            |request: hyper::http::request::Builder, (name, value)| request.header(name, value);
        FORGED.into_iter().fold(request, forge).body(Empty::<Bytes>::new())
    };
    if protocol == b"h2" {
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await?;
        tokio::spawn(connection);
        for path in paths {
            let response = sender.send_request(request(path)?).await?;
            statuses.push(response.status().as_u16());
            response.into_body().collect().await?;
        }
    } else {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
        tokio::spawn(connection);
        for path in paths {
            sender.ready().await?;
            let response = sender.send_request(request(path)?).await?;
            statuses.push(response.status().as_u16());
            response.into_body().collect().await?;
        }
    }
    Ok(statuses)
}
