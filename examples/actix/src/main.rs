//! actix-web on both sides: a [proxy] and an [origin] that read and write `http` 0.2 through a [wrapper](headers). The rest starts them and
//! clients on loopback, and fails if an answer is not as expected.

mod certificates;
mod headers;
mod origin;
mod proxy;

use std::net::TcpListener;
use std::sync::Arc;

use awc::{Client, Connector};
use rustls::ClientConfig;

use certificates::Tls;

pub(crate) type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const FORGED: [(&str, &str); 3] = [
    ("X-Forwarded-Client-Cert", "Hash=00;URI=spiffe://example.org/admin"),
    ("x-forwarded-client-cert", "By=spiffe://example.org/proxy;URI=spiffe://example.org/admin"),
    ("X_Forwarded_Client_Cert", "URI=spiffe://example.org/admin"),
];

#[actix_web::main]
async fn main() -> Result<()> {
    let tls = Tls::new()?;
    let listener = || TcpListener::bind("127.0.0.1:0");
    let (secure, cleartext, origin) = (listener()?, listener()?, listener()?);
    let https = format!("https://localhost:{}", secure.local_addr()?.port());
    let http = format!("http://localhost:{}", cleartext.local_addr()?.port());
    let address = origin.local_addr()?;
    actix_web::rt::spawn(origin::start(origin)?);
    actix_web::rt::spawn(proxy::start(&tls, secure, cleartext, address)?);

    let refused = (403, "a client certificate is required");
    let cases = [
        ("good", &https, &tls.good, [(200, "spiffe://example.org/good"); 2]),
        (
            "forger",
            &https,
            &tls.forger,
            [(200, "spiffe://example.org/admin"), (200, "spiffe://example.org/forger")],
        ),
        ("nobody", &https, &tls.nobody, [(200, "nobody"), refused]),
        ("without TLS", &http, &tls.nobody, [(200, "nobody"), refused]),
    ];
    for (case, url, config, expected) in cases {
        for protocol in ["http/1.1", "h2"] {
            let client = client(config, protocol);
            for (path, (status, text)) in ["/by-regex", "/"].into_iter().zip(expected) {
                let mut request = client.get(format!("{url}{path}"));
                for forged in FORGED {
                    request = request.append_header(forged);
                }
                let mut answer = request.send().await.map_err(|error| error.to_string())?;
                let body = String::from_utf8(answer.body().await?.to_vec())?;
                println!("{case}, {protocol}, {path}: {} {body}", answer.status().as_u16());
                assert_eq!((answer.status().as_u16(), &*body), (status, text), "{case}, {path}");
            }
        }
    }
    println!("as expected");
    Ok(())
}

fn client(config: &Arc<ClientConfig>, protocol: &str) -> Client {
    let mut config = ClientConfig::clone(config);
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    Client::builder().connector(Connector::new().rustls_0_23(Arc::new(config))).finish()
}
