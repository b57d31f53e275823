//! Sends requests at a steady rate. Prints the median and the 99th percentile of their latency in microseconds, and their number.
//!
//! `latency PORT FOLDER RATE SECONDS CONNECTIONS`: a thread for each connection, HTTP/1.1 over TLS. The latency of a request counts from
//! the time when it was due, also if the previous one was not yet answered.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use load::Result;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nuser-agent: a value of some length\r\naccept: */*\r\n\
    accept-language: en\r\naccept-encoding: gzip\r\ncookie: session=1\r\nreferer: https://localhost/\r\n\r\n";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, folder, rate, seconds, connections] = &arguments[..] else {
        return Err("PORT FOLDER RATE SECONDS CONNECTIONS".into());
    };
    let (port, connections): (u16, u32) = (port.parse()?, connections.parse()?);
    let interval = Duration::from_secs_f64(f64::from(connections) / rate.parse::<f64>()?);
    let seconds = Duration::from_secs_f64(seconds.parse()?);
    let config = load::client_config(Path::new(folder), b"http/1.1")?;
    let connect = |number: u32| {
        let config = Arc::clone(&config);
        // The threads' requests are evenly spaced.
        let offset = interval * number / connections;
        thread::spawn(move || one(port, config, offset, interval, seconds))
    };
    let threads: Vec<_> = (0..connections).map(connect).collect();
    let mut all = Vec::new();
    for thread in threads {
        all.extend(thread.join().map_err(|_| "a thread panicked")??);
    }
    all.sort();
    let at =
        |part: usize| all.get(all.len() * part / 100).map_or(0.0, |took| took.as_secs_f64() * 1e6);
    println!("{:.1} {:.1} {}", at(50), at(99), all.len());
    Ok(())
}

fn one(
    port: u16,
    config: Arc<ClientConfig>,
    offset: Duration,
    interval: Duration,
    seconds: Duration,
) -> Result<Vec<Duration>> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    let tls = ClientConnection::new(config, ServerName::try_from("localhost")?)?;
    let mut stream = StreamOwned::new(tls, stream);
    for _ in 0..20 {
        ask(&mut stream)?;
    }
    let mut due = Instant::now() + offset;
    let until = due + seconds;
    let mut took = Vec::new();
    while due < until {
        let wait = due.saturating_duration_since(Instant::now());
        let start = if wait.is_zero() {
            due
        } else {
            thread::sleep(wait);
            // A late wake-up does not count as latency of the proxy.
            Instant::now()
        };
        ask(&mut stream)?;
        took.push(start.elapsed());
        due += interval;
    }
    Ok(took)
}

/// Sends a request and reads the answer up to its body, `ok`, which no header line ends with.
fn ask(stream: &mut StreamOwned<ClientConnection, TcpStream>) -> Result<()> {
    stream.write_all(REQUEST)?;
    let (mut answer, mut length) = ([0; 4096], 0);
    loop {
        let more = stream.read(&mut answer[length..])?;
        length += more;
        if answer[..length].ends_with(b"ok") || answer[..length].ends_with(b"ok\r\n0\r\n\r\n") {
            return Ok(());
        }
        if more == 0 {
            return Err(String::from_utf8_lossy(&answer[..length]).into());
        }
    }
}
