//! Runs the proxy of `proxy.rs` on loopback with clients of every kind and an origin. Fails unless the origin receives the right headers
//! for each client.

mod proxy;
#[path = "../../requests.rs"]
mod requests;

use std::sync::Arc;

use clients::{Error, Scene, hosts, identities, origin, run_hosts};
use openssl::ssl::SslOptions;
use tls_client_auth::Dialect;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    println!("{}", openssl::version::version());
    let (authorities, identities) = identities()?;
    let hosts = Arc::new(hosts()?);
    let origin = origin().await?;
    for (sessions, options) in [
        ("tickets", SslOptions::empty()),
        ("session IDs, and tickets that are no more than that", SslOptions::NO_TICKET),
    ] {
        println!("\n{sessions}");
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let proxy = listener.local_addr()?;
        let acceptor = proxy::acceptor(&authorities, Arc::clone(&hosts), options)?;
        tokio::spawn(proxy::serve(listener, acceptor, origin, Arc::clone(&hosts)));
        let scene = Scene {
            proxy,
            library: Dialect::OpenSsl,
            verify: "ssl-client-verify",
            resumes_chain: options.contains(SslOptions::NO_TICKET),
        };
        scene.run(&authorities, &identities).await?;
        run_hosts(proxy, scene.verify, &authorities, &identities).await?;
    }
    Ok(())
}
