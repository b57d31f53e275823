//! gRPC on both sides: a proxy of tonic's [channel](proxy) and a tonic [origin]. The rest starts them and clients on loopback, and fails
//! if an answer is not as expected.

mod certificates;
mod origin;
mod proxy;

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use certificates::Tls;
use proxy::Proxy;

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

const FORGED: [(&str, &str); 4] = [
    ("ssl-client-verify", "SUCCESS"),
    ("ssl-client-s-dn", "CN=forged"),
    ("ssl_client_verify", "SUCCESS"),
    ("ssl-client-s-dn-legacy", "/CN=forged"),
];

#[tokio::main]
async fn main() -> Result<()> {
    let tls = Tls::new()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(origin::serve(listener));
    let port = start(&tls, address).await?;
    let closed = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let broken = start(&tls, closed).await?;

    let name = || Ok("CN=client.example".to_owned());
    let refused = |code, message: &str| Err((code, message.to_owned()));
    let missing = || refused(Code::Unauthenticated, "no client certificate");
    let unavailable = || refused(Code::Unavailable, "the origin does not answer");
    let cases = [
        ("known", port, Some(tls.known.clone()), name()),
        ("nobody", port, None, missing()),
        ("known, in an outage", broken, Some(tls.known.clone()), unavailable()),
    ];
    for (case, port, identity, expected) in cases {
        let mut client = HealthClient::new(channel(&tls, port, identity)?);
        for call in ["check", "check", "watch"] {
            let answer = match call {
                "check" => check(&mut client).await,
                _ => watch(&mut client).await,
            };
            let answer = answer.map_err(|status| (status.code(), status.message().to_owned()));
            println!("{case}, {call}: {answer:?}");
            assert_eq!(answer, expected, "{case}, {call}");
        }
    }
    let mut client = HealthClient::new(channel(&tls, port, Some(tls.stranger.clone()))?);
    let answer = check(&mut client).await;
    println!("stranger: {:?}", answer.as_ref().map_err(Status::code));
    assert!(answer.is_err(), "a stranger's handshake fails");
    println!("as expected");
    Ok(())
}

/// Starts a proxy in front of this origin, and returns its port.
async fn start(tls: &Tls, origin: SocketAddr) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(Proxy::new(tls, origin)?.serve(listener));
    Ok(port)
}

fn channel(tls: &Tls, port: u16, identity: Option<Identity>) -> Result<Channel> {
    let config =
        ClientTlsConfig::new().ca_certificate(tls.trusted.clone()).domain_name("localhost");
    let config = match identity {
        Some(identity) => config.identity(identity),
        None => config,
    };
    let endpoint = Endpoint::from_shared(format!("https://127.0.0.1:{port}"))?;
    Ok(endpoint.tls_config(config)?.connect_lazy())
}

fn request() -> Request<HealthCheckRequest> {
    let mut request = Request::new(HealthCheckRequest::default());
    for (name, value) in FORGED {
        request.metadata_mut().insert(name, value.parse().expect("a metadata value"));
    }
    request
}

/// The client's name in the origin's answer.
async fn check(client: &mut HealthClient<Channel>) -> Result<String, Status> {
    let answer = client.check(request()).await?;
    Ok(name(answer.metadata()))
}

/// The same for a stream, read to its trailers.
async fn watch(client: &mut HealthClient<Channel>) -> Result<String, Status> {
    let answer = client.watch(request()).await?;
    let name = name(answer.metadata());
    let mut stream = answer.into_inner();
    let mut messages = 0;
    while stream.message().await?.is_some() {
        messages += 1;
    }
    assert_eq!(messages, 2);
    Ok(name)
}

fn name(metadata: &tonic::metadata::MetadataMap) -> String {
    metadata.get("x-client").and_then(|name| name.to_str().ok()).unwrap_or_default().to_owned()
}
