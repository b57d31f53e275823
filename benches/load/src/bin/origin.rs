//! An origin on axum, without the crate and with its `ReceiveLayer` for each set.
//!
//! `origin FOLDER without=PORT SET=PORT …`. It writes the headers that a proxy would send into the folder: `SET-1.headers` for one client,
//! `SET-1024.headers` for 1,024 clients, separated by empty lines.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use load::Result;
use tls_client_auth::field::Limits;
use tls_client_auth::tower::{Admission, ReceiveLayer};
use tls_client_auth::{ClientCertificate, HeaderSet, TlsClientAuth, Verification};
use tokio::net::TcpListener;

const CLIENT: &[u8] = include_bytes!("../../../certificates/ec.der");
const MANY: usize = 1024;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, listeners @ ..] = &arguments[..] else {
        return Err("FOLDER without=PORT SET=PORT …".into());
    };
    load::runtime()?.block_on(async {
        for (set, _) in load::received() {
            for clients in [1, MANY] {
                let file = Path::new(folder).join(format!("{}-{clients}.headers", set.name()));
                std::fs::write(file, headers(&set, clients)?)?;
            }
        }
        for listener in listeners {
            let (name, port) = listener.split_once('=').ok_or("SET=PORT")?;
            let received = load::received().into_iter().find(|(set, _)| set.name() == name);
            let router = match received {
                None => Router::new().route("/", get(|| async { "ok" })),
                Some((_, receiver)) => Router::new()
                    .route("/", get(answer))
                    .layer(ReceiveLayer::new(receiver, Admission::Trusted)),
            };
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.parse()?)).await?;
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        std::future::pending().await
    })
}

/// Reads the client's name, as an application does.
async fn answer(request: Request) -> &'static str {
    match request.extensions().get::<TlsClientAuth>() {
        Some(auth) if !auth.cert_subject_dn().is_empty() => "ok",
        _ => "nobody",
    }
}

/// The headers of clients that differ in the last bytes of their signatures, which are not verified here.
fn headers(set: &HeaderSet, clients: usize) -> Result<String> {
    let mut text = String::new();
    for number in 0..clients {
        let mut der = CLIENT.to_vec();
        if let (Some(end), Ok(number)) = (der.last_chunk_mut(), u16::try_from(number)) {
            *end = number.to_be_bytes();
        }
        let client = ClientCertificate::presented(der, Verification::Success);
        for line in set.lines(&client, Limits::new()).iter() {
            writeln!(text, "{}: {}", line.name(), line.value())?;
        }
        text.push('\n');
    }
    Ok(text)
}
