//! s2n-tls: [`proxy`] is the part to copy. The rest starts an origin, the proxy and clients on loopback, and fails if an answer is not as
//! expected.

mod certificates;
mod proxy;

use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, client, server};
use hyper_util::rt::TokioIo;
use s2n_tls::config::Config;
use s2n_tls::enums::ClientAuthType;
use s2n_tls::security::DEFAULT_TLS13;
use s2n_tls_tokio::TlsConnector;
use tls_client_auth::receive::ReceiveError;
use tls_client_auth::{Receiver, Unstated};
use tokio::net::{TcpListener, TcpStream};

use certificates::{Certificates, Identity};

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

const FORGED: [(&str, &str); 3] =
    [("Client-Cert", ":Zm9yZ2Vk:"), ("client_cert", "forged"), ("Client-Cert-Chain", ":Zm9yZ2Vk:")];

#[tokio::main]
async fn main() -> Result<()> {
    let certificates = Certificates::new()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let origin = listener.local_addr()?;
    tokio::spawn(serve_origin(listener));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(proxy::serve(listener, proxy::config(&certificates)?, origin));

    let cases = [
        ("known", Some(&certificates.known), Some("CN=client.example, 1 certificate after it")),
        ("nobody", None, Some("nobody")),
        ("stranger", Some(&certificates.stranger), None),
    ];
    for (case, identity, expected) in cases {
        let config = client_config(&certificates, identity)?;
        let answer = get(port, config).await;
        println!("{case}: {}", answer.as_deref().unwrap_or("refused in the handshake"));
        assert_eq!(answer.ok().as_deref(), expected, "{case}");
    }
    println!("as expected");
    Ok(())
}

async fn serve_origin(listener: TcpListener) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let connection = server::conn::http1::Builder::new();
        tokio::spawn(connection.serve_connection(TokioIo::new(stream), service_fn(who)));
    }
}

/// Answers with the client's name.
async fn who(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, ReceiveError> {
    let auth = Receiver::rfc9440(Unstated::Verified).receive(request.headers())?;
    let chain = auth.client_certificate().chain_certificates().len();
    let text = match auth.is_trusted() {
        true => format!("{}, {chain} certificate after it", auth.cert_subject_dn()),
        false => "nobody".to_owned(),
    };
    Ok(Response::new(Full::from(text)))
}

fn client_config(certificates: &Certificates, identity: Option<&Identity>) -> Result<Config> {
    let mut config = Config::builder();
    config
        .set_security_policy(&DEFAULT_TLS13)?
        .with_system_certs(false)?
        .trust_pem(certificates.root.as_bytes())?
        .set_client_auth_type(ClientAuthType::Optional)?
        .set_max_blinding_delay(1)?;
    if let Some(Identity { chain, key }) = identity {
        config.load_pem(chain.as_bytes(), key.as_bytes())?;
    }
    Ok(config.build()?)
}

/// One request on a new connection, with forged headers; the answer's text.
async fn get(port: u16, config: Config) -> Result<String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let stream = TlsConnector::new(config).connect("localhost", stream).await?;
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = Request::get("/").header("Host", "localhost");
    for (name, value) in FORGED {
        request = request.header(name, value);
    }
    let answer = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
    let body = answer.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(body.to_vec())?)
}
