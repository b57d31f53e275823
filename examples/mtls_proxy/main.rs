//! A TLS-terminating proxy that forwards its clients' certificates to an origin, with hyper and rustls, for HTTP/1.1 and HTTP/2.
//!
//! Without arguments it runs a demonstration on loopback with a temporary CA, an origin and real clients. It prints the headers that the
//! origin receives, and fails if anything is not as expected. With `--listen` it is a proxy: see `--help`.
//!
//! The crate is used in `proxy/mod.rs` and `proxy/tls.rs`; the other files are what any proxy needs.

#![allow(unreachable_pub, reason = "the modules of a program")]

mod arguments;
mod demonstration;
mod forwarding;
mod hosts;
mod pem;
mod proxy;
mod signals;

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;

use arguments::{Arguments, HELP};
use proxy::{Proxy, Shutdown};
use signals::{Signal, Signals};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
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

/// Runs the proxy until a signal, then shuts it down gracefully.
async fn serve(arguments: Vec<OsString>) -> Result<()> {
    let Arguments { listen, options, settings } = Arguments::parse(arguments.clone())?;
    let mut signals = Signals::new()?;
    let listener =
        TcpListener::bind(&listen).await.map_err(|error| format!("--listen {listen}: {error}"))?;
    // A closed pipe or a full disk must not end the proxy.
    let _ = writeln!(
        io::stdout(),
        "https://{} to {}, until Ctrl-C",
        listener.local_addr()?,
        options.origin
    );
    let drain = options.limits.drain;
    let proxy = Arc::new(Proxy::new(options, settings)?);
    let shutdown = Shutdown::new();
    {
        let mut accepting = std::pin::pin!(Arc::clone(&proxy).accept(listener, &shutdown));
        loop {
            let signal = tokio::select! {
                () = &mut accepting => break,
                signal = signals.next() => signal,
            };
            match signal {
                Signal::End => break,
                Signal::Reload => {
                    let read = Arguments::parse(arguments.clone());
                    let reloaded = read.and_then(|read| proxy.reload(read.settings));
                    let _ = match reloaded {
                        Ok(()) => writeln!(io::stderr(), "mtls_proxy: files reloaded"),
                        Err(error) => {
                            writeln!(io::stderr(), "mtls_proxy: nothing reloaded: {error}")
                        }
                    };
                }
            }
        }
    }
    // A second signal, or the timeout, ends the rest.
    tokio::select! {
        () = shutdown.shutdown() => {}
        () = tokio::time::sleep(drain) => {}
        () = signals.end() => {}
    }
    Ok(())
}
