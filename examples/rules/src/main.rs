//! Enforces rules from a file on real connections with Cloudflare's own engine, `wirefilter`; blocked requests are answered with 403.
//!
//! Without arguments, it tries every file of `rules/`, and one with a fingerprint, with clients of every kind, and fails if a wrong
//! request is blocked. `rules-example FILE` checks the rules of a file.

#[cfg(test)]
mod agreement;
mod engine;
mod identities;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use engine::Rules;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, client, server};
use hyper_util::rt::TokioIo;
use identities::Identities;
use tls_client_auth::TlsClientAuth;
use tls_client_auth::hosts::{normal_host, request_host};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::{TlsAcceptor, TlsConnector};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const HOST: &str = "api.example.com";

fn rules_from(file: &Path) -> Result<Rules> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| named(&error))?;
    Ok(Rules::parse(&text).map_err(|error| named(&error))?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    if let Some(file) = std::env::args_os().nth(1) {
        rules_from(Path::new(&file))?;
        return Ok(println!("each rule can be used"));
    }
    let identities = Arc::new(Identities::new()?);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let fingerprint =
        std::env::temp_dir().join(format!("fingerprint-{}.rules", std::process::id()));
    let rule = format!(
        "http.host eq {HOST:?} and (not cf.tls_client_auth.cert_verified or cf.tls_client_auth.cert_revoked or \
         not cf.tls_client_auth.cert_fingerprint_sha256 in {{{:?}}})\n",
        identities.fingerprint
    );
    std::fs::write(&fingerprint, rule)?;
    // In the order of the clients: none, good, of another issuer, of an unknown one, expired, revoked.
    let cases = [
        (folder.join("template.rules"), [403, 200, 200, 403, 403, 200]),
        (folder.join("complete.rules"), [403, 200, 200, 403, 403, 403]),
        (folder.join("issuer.rules"), [403, 200, 403, 403, 403, 403]),
        (fingerprint.clone(), [403, 200, 403, 403, 403, 403]),
    ];
    let mut wrong = 0;
    for (file, expected) in &cases {
        println!("{}", file.file_name().unwrap_or_default().to_string_lossy());
        let address = serve(Arc::new(rules_from(file)?), Arc::clone(&identities)).await?;
        for ((name, config), expected) in identities.clients.iter().zip(expected) {
            let status = get(address, config).await?;
            println!("  {name:<24} {status}");
            if status != *expected {
                println!("  WRONG: not {expected}");
                wrong += 1;
            }
        }
    }
    std::fs::remove_file(fingerprint)?;
    let unknown = Rules::parse("not cf.tls_client_auth.cert_verify");
    let error = unknown.err().ok_or("an unknown field was accepted")?;
    println!("a rule with an unknown field is refused:\n{error}");
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} wrong").into()) }
}

/// A server that answers 403 to requests that the rules block.
async fn serve(rules: Arc<Rules>, identities: Arc<Identities>) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (rules, identities) = (Arc::clone(&rules), Arc::clone(&identities));
            tokio::spawn(async move {
                if let Err(error) = connection(stream, &rules, &identities).await {
                    eprintln!("connection: {error}");
                }
            });
        }
    });
    Ok(address)
}

async fn connection(stream: TcpStream, rules: &Rules, identities: &Identities) -> Result<()> {
    let stream = TlsAcceptor::from(Arc::clone(&identities.server)).accept(stream).await?;
    let client = identities.client(stream.get_ref().1.peer_certificates())?;
    // Once per connection.
    let record = &TlsClientAuth::new(&client);
    let service = service_fn(|request: Request<Incoming>| async move {
        Ok::<_, Infallible>(answer(rules, record, &request))
    });
    Ok(server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?)
}

/// A rule that cannot be evaluated blocks too. An invalid host matches no rule by name.
fn answer(
    rules: &Rules,
    record: &TlsClientAuth,
    request: &Request<Incoming>,
) -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    let Some(host) = normal_host(request_host(request.uri(), request.headers())) else {
        *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
        return response;
    };
    match rules.blocks(&host, record) {
        Ok(None) => return response,
        Ok(Some(rule)) => println!("    blocked by {rule:.60}…"),
        Err(error) => println!("    blocked: {error}"),
    }
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// The status of a request for [`HOST`] on a new connection.
async fn get(address: SocketAddr, config: &Arc<ClientConfig>) -> Result<StatusCode> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(HOST)?;
    let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get("/").header("Host", HOST).body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    response.into_body().collect().await?;
    Ok(status)
}
