//! The proxy of `proxy.rs` on loopback, clients of every kind in front of it and an origin behind it; fails unless the origin is told
//! of each what it should be.

mod proxy;

use clients::{Error, Scene, identities, origin};
use tls_client_auth::Dialect;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (authorities, identities) = identities()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let proxy = listener.local_addr()?;
    let (tls, root) = (proxy::acceptor(&authorities)?, authorities.root.clone());
    tokio::spawn(proxy::serve(listener, tls, root, origin().await?));
    let scene =
        Scene { proxy, library: Dialect::BoringSsl, verify: "x-cert-verify", resumes_chain: true };
    scene.run(&authorities, &identities).await
}
