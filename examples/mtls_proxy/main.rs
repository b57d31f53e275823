//! A TLS-terminating proxy that tells its origin who the client is: hyper and rustls, HTTP/1.1 and HTTP/2.
//!
//! Without arguments it demonstrates itself: a throwaway CA, an origin, the proxy and real clients, all on loopback; it prints what the
//! origin saw and fails if anything is not as promised. With `--listen` it is a plain proxy: see `--help`.
//!
//! `proxy/mod.rs` shows how the crate is used, `proxy/tls.rs` who a client is; the rest is what any proxy needs.

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

/// Proxies until told to end, then lets what is under way end.
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
    // A second signal, or the time, ends what does not end.
    tokio::select! {
        () = shutdown.shutdown() => {}
        () = tokio::time::sleep(drain) => {}
        () = signals.end() => {}
    }
    Ok(())
}
