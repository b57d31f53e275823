//! Shows what an origin would be told of a certificate, file by file: as text, as JSON, or as header lines. With `--receive` it
//! shows what an origin reads of a request's header lines.
//!
//! `cargo run --release --example inspect -- --help` lists the options.

mod arguments;
mod receive;

use std::fs;
use std::io::{self, BufWriter, Read as _, Write};
use std::process::ExitCode;

use serde_json::json;
use tls_client_auth::field::Limits;
use tls_client_auth::x509::{Certificate, ErrorKind, SubjectAltName, certificates_from_pem};
use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, TlsClientAuth};

use arguments::{Format, HELP, Options, options};

/// A file may be larger than what a handshake brings.
const LARGEST: usize = 1024 * 1024;

fn limits() -> Limits {
    Limits::new().certificate(LARGEST)
}

fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let result = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => match &options.receiver {
            Some(receiver) => receive::run(receiver, &options.files, &mut out),
            None => run(&options, &mut out),
        },
        Ok(None) if std::env::args().any(|argument| argument == "--list") => {
            list(&mut out).map(|()| true)
        }
        Ok(None) => write!(out, "{HELP}").map(|()| true),
        Err(message) => {
            eprintln!("inspect: {message}");
            return ExitCode::from(2);
        }
    };
    match result.and_then(|all_read| out.flush().map(|()| all_read)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Who reads us has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("inspect: standard output: {error}");
            ExitCode::from(2)
        }
    }
}

fn list(out: &mut impl Write) -> io::Result<()> {
    for set in HeaderSet::all() {
        writeln!(out, "{}", set.name())?;
    }
    writeln!(out)?;
    receive::FURTHER.iter().try_for_each(|name| writeln!(out, "{name}"))
}

/// Shows every file; whether all could be read.
fn run(options: &Options, out: &mut impl Write) -> io::Result<bool> {
    let mut all_read = true;
    for (index, file) in options.files.iter().enumerate() {
        let client = read(file).and_then(|bytes| client(options, &bytes));
        if let Err(message) = &client {
            all_read = false;
            if options.format != Format::Json {
                out.flush()?;
                eprintln!("{file}: {message}");
                continue;
            }
        }
        match (options.format, client) {
            (Format::Json, Ok(client)) => writeln!(out, "{}", json_line(options, file, &client))?,
            (Format::Json, Err(message)) => {
                writeln!(out, "{}", json!({ "file": file, "error": message }))?;
            }
            (_, Err(_)) => {}
            (Format::Headers, Ok(client)) => {
                if options.files.len() > 1 {
                    writeln!(out, "{}# {file}", if index > 0 { "\n" } else { "" })?;
                }
                for set in &options.sets {
                    let lines = set.lines(&client, limits());
                    for line in lines.iter() {
                        writeln!(out, "{}: {}", line.name(), line.value())?;
                    }
                    for name in lines.too_large() {
                        writeln!(out, "# {name}: left out, its value is over the limit")?;
                    }
                }
            }
            (Format::Text, Ok(client)) => {
                writeln!(out, "{}{file}", if index > 0 { "\n" } else { "" })?;
                text(options, &client, out)?;
            }
        }
    }
    Ok(all_read)
}

pub(crate) fn read(file: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    match file {
        "-" => io::stdin().read_to_end(&mut bytes).map(|_| bytes),
        _ => fs::read(file),
    }
    .map_err(|error| error.to_string())
}

/// The certificates of a file: PEM, or the DER of one.
pub(crate) fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    if bytes.starts_with(&[0x30]) {
        return Ok(vec![bytes.to_vec()]);
    }
    certificates_from_pem(bytes).map_err(|error| match other_label(bytes) {
        Some(label) if error.kind() == ErrorKind::Missing => {
            format!("holds {label}, which is not a certificate")
        }
        _ => error.to_string(),
    })
}

/// The label of the first PEM block that is not a certificate's.
fn other_label(pem: &[u8]) -> Option<String> {
    let is_label = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
    pem.split(|byte| matches!(byte, b'\n' | b'\r')).find_map(|line| {
        let label = line.trim_ascii().strip_prefix(b"-----BEGIN ")?.strip_suffix(b"-----")?;
        let is_other =
            label.len() <= 40 && label.iter().all(is_label) && !label.ends_with(b"CERTIFICATE");
        is_other.then(|| String::from_utf8_lossy(label).into_owned())
    })
}

fn client(options: &Options, bytes: &[u8]) -> Result<ClientCertificate, String> {
    let certificates = certificates(bytes)?;
    let (leaf, chain) = certificates.split_first().ok_or("no certificate")?;
    Certificate::from_der_up_to(leaf, LARGEST).map_err(|error| error.to_string())?;
    let client = ClientCertificate::presented(leaf.as_slice(), options.verification.clone())
        .chain(chain.iter().chain(&options.chain))
        .revoked(options.revoked)
        .dialect(options.dialect.unwrap_or_default());
    Ok(match options.now {
        Some(now) => client.seen_at(now),
        None => client,
    })
}

fn json_line(options: &Options, file: &str, client: &ClientCertificate) -> String {
    #[derive(serde::Serialize)]
    struct Line<'a> {
        file: &'a str,
        #[serde(rename = "tlsClientAuth")]
        auth: TlsClientAuth,
        #[serde(skip_serializing_if = "Option::is_none")]
        headers: Option<Vec<(String, String)>>,
    }
    let headers = (!options.sets.is_empty()).then(|| {
        let lines = options.sets.iter().map(|set| set.lines(client, limits()));
        lines
            .flat_map(|lines| {
                lines
                    .iter()
                    .map(|line| (line.name().to_owned(), line.value().to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect()
    });
    let line = Line { file, auth: TlsClientAuth::with_limits(client, limits()), headers };
    serde_json::to_string(&line).unwrap_or_default()
}

fn text(options: &Options, client: &ClientCertificate, out: &mut impl Write) -> io::Result<()> {
    let auth = TlsClientAuth::with_limits(client, limits());
    let mut row = |name: &str, value: &str| {
        if value.is_empty() { Ok(()) } else { writeln!(out, "  {name:<19}{value}") }
    };
    row("subject", auth.cert_subject_dn())?;
    row("issuer", auth.cert_issuer_dn())?;
    row("serial", auth.cert_serial())?;
    row("valid from", auth.cert_not_before())?;
    row("valid to", auth.cert_not_after())?;
    if let Ok(certificate) = auth.certificate() {
        row(
            "version",
            &certificate.version().map_or_else(String::new, |version| version.to_string()),
        )?;
        for name in certificate.subject_alt_names() {
            row("alternative name", &alternative_name(&name, options.dialect.unwrap_or_default()))?;
        }
    }
    row("subject key", auth.cert_ski())?;
    row("issuer key", auth.cert_issuer_ski())?;
    row("issuer serial", auth.cert_issuer_serial())?;
    row("SHA-1", auth.cert_fingerprint_sha1())?;
    row("SHA-256", auth.cert_fingerprint_sha256())?;
    if let Ok(certificate) = auth.certificate() {
        let key: String =
            certificate.public_key_sha256().iter().map(|byte| format!("{byte:02x}")).collect();
        row("public key SHA-256", &key)?;
    }
    row("verified", &format!("{} (as told)", auth.cert_verified()))?;
    if auth.is_revoked() {
        row("revoked", "yes (as told)")?;
    }
    for set in &options.sets {
        for line in set.lines(client, limits()).iter() {
            writeln!(out, "  {}: {}", line.name(), line.value())?;
        }
    }
    Ok(())
}

fn alternative_name(name: &SubjectAltName<'_>, dialect: Dialect) -> String {
    match name {
        SubjectAltName::Dns(name) => format!("DNS {name}"),
        SubjectAltName::Email(name) => format!("email {name}"),
        SubjectAltName::Uri(name) => format!("URI {name}"),
        SubjectAltName::Ip(address) => format!("IP {address}"),
        SubjectAltName::Directory(name) => {
            format!("directory {}", name.rfc2253(dialect).unwrap_or_else(|| "(unreadable)".into()))
        }
        SubjectAltName::RegisteredId(identifier) => {
            format!("registered ID {}", identifier.dotted(dialect))
        }
        SubjectAltName::Other(kind, value) => {
            format!("other name {}, {} bytes", kind.dotted(dialect), value.len())
        }
        _ => "(unreadable)".into(),
    }
}
