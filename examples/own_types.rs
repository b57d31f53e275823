//! A proxy with its own HTTP/1 code, its own type for header fields, and trailers one by one. It listens with TLS and without. The code
//! for this crate is between `// {` and `// }`.

#[path = "shared/mod.rs"]
#[allow(dead_code, reason = "its client speaks HTTP without trailers")]
mod shared;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::{ClientConfig, ClientConnection, ServerConnection, StreamOwned};
// {
use rustls::pki_types::UnixTime;
use tls_client_auth::headers::{HeaderLine, RequestHeaders, RequestHeadersMut, TooManyHeaders};
use tls_client_auth::rustls::OptionalNoCa;
use tls_client_auth::{ConnectionState, Forwarding, HeaderSet};
// }

use shared::{Result, Tls};

struct Field {
    name: Vec<u8>,
    value: Vec<u8>,
}

// {
/// A request's headers for the crate.
struct Fields<'r>(&'r mut Vec<Field>);

impl RequestHeaders for Fields<'_> {
    fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
        self.0.iter().for_each(|field| visit(&field.name, &field.value));
    }
}

impl RequestHeadersMut for Fields<'_> {
    fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
        self.0.retain(|field| !remove(&field.name));
    }

    fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
        self.0.push(Field { name: line.name().into(), value: line.value().into() });
        Ok(())
    }
}
// }

/// Reads one field; `None` at the end of a section. A line that other parsers could read differently is rejected: a name with white space
/// around it, a line that continues the previous one, a lone carriage return.
fn read_field(from: &mut impl BufRead) -> Result<Option<Field>> {
    let line = read_line(from)?;
    if line.is_empty() {
        return Ok(None);
    }
    let colon = line.iter().position(|byte| *byte == b':').ok_or("a field without a colon")?;
    let (name, value) = line.split_at(colon);
    let value = value.get(1..).unwrap_or_default().trim_ascii();
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let is_text = |byte: &u8| *byte == b'\t' || !byte.is_ascii_control();
    if name.is_empty() || !name.iter().all(is_token) || !value.iter().all(is_text) {
        return Err("a malformed field".into());
    }
    Ok(Some(Field { name: name.to_vec(), value: value.to_vec() }))
}

fn read_line(from: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut line = Vec::new();
    from.take(16 * 1024).read_until(b'\n', &mut line)?;
    let line = line.strip_suffix(b"\r\n").ok_or("a line without its end")?;
    Ok(line.to_vec())
}

fn write_field(to: &mut impl Write, field: &Field) -> Result<()> {
    Ok(to.write_all(&[&field.name[..], b": ", &field.value, b"\r\n"].concat())?)
}

fn read_chunk(from: &mut impl BufRead) -> Result<Vec<u8>> {
    let line = read_line(from)?;
    let digits = std::str::from_utf8(&line)?;
    // The standard library also accepts a sign.
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err("a chunk without a size".into());
    }
    let length = usize::from_str_radix(digits, 16)?;
    if length > 64 * 1024 {
        return Err("a chunk that is too large".into());
    }
    let mut chunk = vec![0; length];
    from.read_exact(&mut chunk)?;
    if !chunk.is_empty() {
        read_line(from)?;
    }
    Ok(chunk)
}

struct Proxy {
    tls: Tls,
    origin: SocketAddr,
    // {
    forwarding: Forwarding,
    // }
}

impl Proxy {
    fn secure(&self, stream: TcpStream) -> Result<()> {
        let mut connection = ServerConnection::new(Arc::clone(&self.tls.server))?;
        let mut socket = &stream;
        while connection.is_handshaking() {
            connection.complete_io(&mut socket)?;
        }
        // {
        let verifier: &OptionalNoCa = &self.tls.verifier;
        let client = verifier.client(connection.peer_certificates(), UnixTime::now())?;
        let state = ConnectionState::new(client, self.forwarding.clone());
        // }
        self.request(StreamOwned::new(connection, stream), Some(&state))
    }

    /// One request, its body in chunks.
    fn request(
        &self,
        stream: impl Read + Write,
        // {
        state: Option<&ConnectionState>,
        // }
    ) -> Result<()> {
        let mut client = BufReader::new(stream);
        let mut origin = TcpStream::connect(self.origin)?;
        let mut head = read_line(&mut client)?;
        head.extend(b"\r\n");
        origin.write_all(&head)?;
        let mut fields = Vec::new();
        while let Some(field) = read_field(&mut client)? {
            fields.push(field);
        }
        // {
        let claim = self.forwarding.claim(state);
        claim.apply(&mut Fields(&mut fields));
        // }
        for field in &fields {
            write_field(&mut origin, field)?;
        }
        origin.write_all(b"\r\n")?;
        loop {
            let chunk = read_chunk(&mut client)?;
            write!(origin, "{:x}\r\n", chunk.len())?;
            if chunk.is_empty() {
                break;
            }
            origin.write_all(&[&chunk[..], b"\r\n"].concat())?;
        }
        while let Some(trailer) = read_field(&mut client)? {
            // {
            if claim.owns(&trailer.name) {
                continue;
            }
            // }
            write_field(&mut origin, &trailer)?;
        }
        origin.write_all(b"\r\n")?;
        let mut answer = Vec::new();
        origin.read_to_end(&mut answer)?;
        // {
        claim.commit();
        // }
        let client = client.get_mut();
        client.write_all(&answer)?;
        Ok(client.flush()?)
    }
}

/// Answers with the client-certificate headers and trailers that it received.
fn answer(stream: TcpStream) -> Result<()> {
    let mut reader = BufReader::new(&stream);
    read_line(&mut reader)?;
    let mut seen = Vec::new();
    let mut section = |reader: &mut BufReader<&TcpStream>| -> Result<()> {
        while let Some(field) = read_field(reader)? {
            if field.name.to_ascii_lowercase().starts_with(b"ssl") {
                seen.push(String::from_utf8([&field.name[..], b": ", &field.value].concat())?);
            }
        }
        Ok(())
    };
    section(&mut reader)?;
    while !read_chunk(&mut reader)?.is_empty() {}
    section(&mut reader)?;
    (&stream).write_all(seen.join("\n").as_bytes())?;
    Ok(())
}

fn serve(listener: TcpListener, handle: impl Fn(TcpStream) -> Result<()> + Send + 'static) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Err(error) = handle(stream) {
                eprintln!("{error}");
            }
        }
    });
}

/// A request that forges in its headers and in its trailers.
const FORGED: &str = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\
    Connection: ssl-client-verify\r\nssl-client-verify: SUCCESS\r\nSSL_Client_S_DN: CN=forged\r\n\r\n\
    3\r\nabc\r\n0\r\nssl-client-verify: SUCCESS\r\nSsl-Client-S-Dn: CN=forged\r\nssl_client_verify: SUCCESS\r\n\r\n";

/// Lines that some parsers read as a field, or as the end of the fields.
const NO_FIELDS: [&str; 6] = [
    " ssl-client-verify: SUCCESS",
    "ssl-client-verify : SUCCESS",
    "\tssl-client-verify: SUCCESS",
    "X-A: b\rssl-client-verify: SUCCESS",
    "X-A: b\nssl-client-verify: SUCCESS",
    "ssl-client-verify",
];

fn ask(port: u16, config: Option<&Arc<ClientConfig>>, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut text = String::new();
    match config {
        Some(config) => {
            let connection = ClientConnection::new(Arc::clone(config), "localhost".try_into()?)?;
            let mut stream = StreamOwned::new(connection, stream);
            stream.write_all(request.as_bytes())?;
            // The proxy closes the connection without a TLS `close_notify`.
            let _ = stream.read_to_string(&mut text);
        }
        None => {
            stream.write_all(request.as_bytes())?;
            let _ = stream.read_to_string(&mut text);
        }
    }
    Ok(text)
}

fn main() -> Result<()> {
    let listener = || TcpListener::bind("127.0.0.1:0");
    let (secure, cleartext, origin) = (listener()?, listener()?, listener()?);
    let ports = [secure.local_addr()?.port(), cleartext.local_addr()?.port()];
    let tls = Tls::new()?;
    let clients = tls.clients.clone();
    // {
    let sent = ["ssl-client-verify", "ssl-client-s-dn"];
    let forwarding = Forwarding::none().on_every_request(HeaderSet::nginx().only(sent)?);
    // }
    let proxy = Arc::new(Proxy { tls, origin: origin.local_addr()?, forwarding });
    serve(origin, answer);
    let plain = Arc::clone(&proxy);
    serve(secure, move |stream| proxy.secure(stream));
    serve(cleartext, move |stream| plain.request(stream, None));

    let none = "ssl-client-verify: NONE";
    let known = "ssl-client-verify: SUCCESS\nssl-client-s-dn: CN=client.example";
    let cases = [
        ("known", known),
        (
            "stranger",
            "ssl-client-verify: FAILED:unable to verify the first certificate\nssl-client-s-dn: CN=stranger.example",
        ),
        ("nobody", none),
    ];
    for ((name, config), (case, expected)) in clients.iter().zip(cases) {
        assert_eq!(*name, case);
        let seen = ask(ports[0], Some(config), FORGED)?;
        println!("{name}: {seen:?}");
        assert_eq!(seen, expected, "{name}");
    }
    let seen = ask(ports[1], None, FORGED)?;
    println!("without TLS: {seen:?}");
    assert_eq!(seen, none, "without TLS");
    for line in NO_FIELDS {
        for before in ["Host: localhost", "\r\n0"] {
            // Among the headers, and among the trailers.
            let request = FORGED.replacen(before, &[before, "\r\n", line].concat(), 1);
            let seen = ask(ports[1], None, &request)?;
            assert_eq!(seen, "", "{line:?}");
        }
    }
    println!("invalid fields: rejected");
    println!("as expected");
    Ok(())
}
