//! Runs the proxy of `proxy.rs` on loopback with clients of every kind and an origin. Fails unless the origin receives the right headers
//! for each client.

mod proxy;
#[path = "../../requests.rs"]
mod requests;

use std::sync::Arc;

use clients::{Error, Scene, hosts, identities, origin, run_hosts};
use tls_client_auth::Dialect;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (authorities, identities) = identities()?;
    let hosts = Arc::new(hosts()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let proxy = listener.local_addr()?;
    let tls = proxy::acceptor(&authorities, Arc::clone(&hosts))?;
    tokio::spawn(proxy::serve(listener, tls, authorities.root.clone(), origin().await?, hosts));
    let scene =
        Scene { proxy, library: Dialect::BoringSsl, verify: "x-cert-verify", resumes_chain: true };
    scene.run(&authorities, &identities).await?;
    run_hosts(proxy, scene.verify, &authorities, &identities).await
}
