//! A TLS-terminating proxy that tells its origin who the client is: hyper and rustls, HTTP/1.1 and HTTP/2.
//!
//! Without arguments it demonstrates itself: a throwaway CA, an origin, the proxy and real clients, all on loopback; it prints what the
//! origin saw and fails if anything is not as promised. With `--listen` it is a plain proxy: see `--help`.

#![allow(unreachable_pub, reason = "the modules of a program")]

mod arguments;
mod demonstration;
mod proxy;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

use arguments::{Arguments, HELP};
use proxy::Proxy;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    // Also an argument that is no text gets a message.
    let arguments = std::env::args_os().skip(1);
    let arguments: Vec<String> =
        arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
    if arguments.is_empty() {
        return match demonstration::run().await {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("mtls_proxy: {error}");
                ExitCode::FAILURE
            }
        };
    }
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match serve(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mtls_proxy: {error}");
            ExitCode::from(2)
        }
    }
}

/// How long requests may take to end after Ctrl-C.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Proxies until Ctrl-C, then lets what is under way end.
async fn serve(arguments: Vec<String>) -> Result<()> {
    let Arguments { listen, origin, tls, forwarding, settings } = Arguments::parse(arguments)?;
    let listener =
        TcpListener::bind(&listen).await.map_err(|error| format!("--listen {listen}: {error}"))?;
    println!("https://{} to {origin}, until Ctrl-C", listener.local_addr()?);
    let proxy = Arc::new(Proxy::new(tls, origin, forwarding, settings));
    let shutdown = GracefulShutdown::new();
    tokio::select! {
        () = proxy.accept(listener, &shutdown) => {}
        interrupt = tokio::signal::ctrl_c() => interrupt?,
    }
    // A second Ctrl-C, or the time, ends what does not end.
    tokio::select! {
        () = shutdown.shutdown() => {}
        () = tokio::time::sleep(LAST_REQUESTS) => {}
        interrupt = tokio::signal::ctrl_c() => interrupt?,
    }
    Ok(())
}
