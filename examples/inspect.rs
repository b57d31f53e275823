//! Shows what an origin would be told of a certificate, file by file: as text, as JSON, or as header lines.
//!
//! `cargo run --release --example inspect -- --help` lists the options.

use std::fs;
use std::io::{self, BufRead as _, BufWriter, Read as _, Write};
use std::process::ExitCode;

use serde_json::json;
use time::OffsetDateTime;
use tls_client_auth::field::Limits;
use tls_client_auth::x509::{Certificate, SubjectAltName, certificates_from_pem};
use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, TlsClientAuth, Verification};

const HELP: &str = "\
Shows what an origin would be told of a client certificate.

Usage: inspect [OPTIONS] [FILE|-]...

FILE is a certificate in DER or PEM (the certificates after the first are its chain); - is standard input.

  --format text|json|headers    for people, one JSON line a file, or header lines  [text]
  --dialect boringssl|openssl   whose spelling                          [boringssl]
  --headers SET                 the header set to show; can be given several times
  --verified STATUS             SUCCESS, NONE or FAILED:reason, as if the handshake had said so  [SUCCESS]
  --revoked                     as if the certificate were revoked
  --now SECONDS                 the time from which remaining days are counted, as Unix time  [the clock]
  --chain FILE                  the certificates the client sent after the leaf, DER or PEM
  --files-from PATH|-           more files, one name a line
  --list                        print the names of the header sets and end
  --help                        print this and end

SUCCESS is the default as if the handshake had verified the certificate: nothing is verified here.
The exit status is 1 if a file could not be read at all.
";

/// A file may be larger than what a handshake brings.
const LARGEST: usize = 1024 * 1024;

fn limits() -> Limits {
    Limits::new().certificate(LARGEST)
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Text,
    Json,
    Headers,
}

struct Options {
    format: Format,
    dialect: Dialect,
    sets: Vec<HeaderSet>,
    verification: Verification,
    revoked: bool,
    now: Option<OffsetDateTime>,
    chain: Vec<Vec<u8>>,
    files: Vec<String>,
}

fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let result = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => run(&options, &mut out),
        Ok(None) if std::env::args().any(|argument| argument == "--list") => HeaderSet::all()
            .iter()
            .try_for_each(|set| writeln!(out, "{}", set.name()))
            .map(|()| true),
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

/// `None` where the arguments ask for help or a list.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options {
        format: Format::Text,
        dialect: Dialect::default(),
        sets: Vec::new(),
        verification: Verification::Success,
        revoked: false,
        now: None,
        chain: Vec::new(),
        files: Vec::new(),
    };
    let mut only_files = false;
    while let Some(argument) = arguments.next() {
        if only_files || argument == "-" || !argument.starts_with('-') {
            options.files.push(argument);
            continue;
        }
        // `--name value` and `--name=value` are the same.
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        let mut value = || {
            attached
                .clone()
                .or_else(|| arguments.next())
                .ok_or_else(|| format!("{name} needs a value"))
        };
        match name {
            "--format" => {
                options.format = match value()?.as_str() {
                    "text" => Format::Text,
                    "json" => Format::Json,
                    "headers" => Format::Headers,
                    other => return Err(format!("--format {other}: text, json or headers")),
                }
            }
            "--dialect" => {
                options.dialect = match value()?.as_str() {
                    "boringssl" => Dialect::BoringSsl,
                    "openssl" => Dialect::OpenSsl,
                    other => return Err(format!("--dialect {other}: boringssl or openssl")),
                }
            }
            "--headers" => {
                let wanted = value()?;
                let set = HeaderSet::all().into_iter().find(|set| set.name() == wanted);
                options.sets.push(
                    set.ok_or_else(|| format!("--headers {wanted}: no such set; see --list"))?,
                );
            }
            "--verified" => {
                let status = value()?;
                options.verification = Verification::from_text(&status).ok_or_else(|| {
                    format!("--verified {status}: SUCCESS, NONE or FAILED:reason")
                })?;
            }
            "--now" => {
                let seconds = value()?;
                let time = seconds.parse().ok().map(OffsetDateTime::from_unix_timestamp);
                let time = time.and_then(Result::ok);
                options.now =
                    Some(time.ok_or_else(|| format!("--now {seconds}: no number of seconds"))?);
            }
            "--chain" => {
                let file = value()?;
                let chain = read(&file).and_then(|bytes| certificates(&bytes));
                options.chain.extend(chain.map_err(|message| format!("{file}: {message}"))?);
            }
            "--files-from" => {
                let list = value()?;
                let bytes = read(&list).map_err(|message| format!("{list}: {message}"))?;
                let lines: Result<Vec<String>, _> = bytes.lines().collect();
                options.files.extend(lines.map_err(|error| format!("{list}: {error}"))?);
            }
            "--revoked" => options.revoked = true,
            "--" => only_files = true,
            "--help" | "-h" | "--list" => return Ok(None),
            _ => return Err(format!("{name}: no such option; see --help")),
        }
    }
    if options.files.is_empty() {
        return Err("no file; see --help".into());
    }
    if options.format == Format::Headers && options.sets.is_empty() {
        options.sets.push(HeaderSet::cloudflare());
    }
    Ok(Some(options))
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

fn read(file: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    match file {
        "-" => io::stdin().read_to_end(&mut bytes).map(|_| bytes),
        _ => fs::read(file),
    }
    .map_err(|error| error.to_string())
}

/// The certificates of a file: PEM, or the DER of one.
fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    if bytes.starts_with(&[0x30]) {
        return Ok(vec![bytes.to_vec()]);
    }
    certificates_from_pem(bytes).map_err(|error| error.to_string())
}

fn client(options: &Options, bytes: &[u8]) -> Result<ClientCertificate, String> {
    let certificates = certificates(bytes)?;
    let (leaf, chain) = certificates.split_first().ok_or("no certificate")?;
    Certificate::from_der_up_to(leaf, LARGEST).map_err(|error| error.to_string())?;
    let client = ClientCertificate::presented(leaf.as_slice(), options.verification.clone())
        .chain(chain.iter().chain(&options.chain))
        .revoked(options.revoked)
        .dialect(options.dialect);
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
            row("alternative name", &alternative_name(&name, options.dialect))?;
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
