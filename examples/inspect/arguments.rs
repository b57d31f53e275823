//! The command line.

use std::io::BufRead as _;

use time::OffsetDateTime;
use tls_client_auth::{Dialect, HeaderSet, Receiver, Unstated, Verification};

use crate::receive::{self, Reads};
use crate::{certificates, read};

pub(crate) const HELP: &str = "\
Shows what an origin would be told of a client certificate, or what it reads of a request's headers.

Usage: inspect [OPTIONS] [FILE|-]...
       inspect --receive FORMAT [OPTIONS] [FILE|-]...

FILE is a certificate in DER or PEM (the certificates after the first are its chain); - is standard input.

  --format text|json|headers    for people, one JSON line a file, or header lines  [text]
  --dialect boringssl|openssl   whose spelling       [boringssl; with --receive the proxy's]
  --headers SET                 the header set to show; can be given several times
  --verified STATUS             SUCCESS, NONE, FAILED or FAILED:reason, as if the handshake had said so  [SUCCESS]
  --revoked                     as if the certificate were revoked
  --now SECONDS                 the time from which remaining days are counted, as Unix time  [the clock]
  --chain FILE                  the certificates the client sent after the leaf, DER or PEM
  --files-from PATH|-           more files, one name a line
  --list                        print the names of the header sets, then those of --receive alone, and end
  --help                        print this and end

SUCCESS is the default as if the handshake had verified the certificate: nothing is verified here.
The exit status is 1 if a file could not be read at all.

With --receive each FILE holds the header lines of one request, \"Name: value\". The output is one JSON line a file.

  --receive FORMAT              the proxy's headers that are read: a header set's name, or another of --list
  --unstated verified|not-verified   what a certificate means where FORMAT has no verdict
  --declares KEY,KEY...         the keys that this Envoy, or the groups that this Traefik, sends  [all]
  --only NAME                   read this header of FORMAT, and others given so, alone
  --rename OLD=NEW              read NEW where FORMAT has OLD
";

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Format {
    Text,
    Json,
    Headers,
}

pub(crate) struct Options {
    pub(crate) format: Format,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) sets: Vec<HeaderSet>,
    pub(crate) verification: Verification,
    pub(crate) revoked: bool,
    pub(crate) now: Option<OffsetDateTime>,
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) files: Vec<String>,
    /// Files of header lines are read with it, instead of certificates.
    pub(crate) receiver: Option<Receiver>,
}

/// `None` where the arguments ask for help or a list.
pub(crate) fn options(
    mut arguments: impl Iterator<Item = String>,
) -> Result<Option<Options>, String> {
    let mut options = Options {
        format: Format::Text,
        dialect: None,
        sets: Vec::new(),
        verification: Verification::Success,
        revoked: false,
        now: None,
        chain: Vec::new(),
        files: Vec::new(),
        receiver: None,
    };
    let mut receive = None;
    let mut reads = Reads::default();
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
                    "boringssl" => Some(Dialect::BoringSsl),
                    "openssl" => Some(Dialect::OpenSsl),
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
            "--receive" => receive = Some(value()?),
            "--unstated" => {
                reads.unstated = match value()?.as_str() {
                    "verified" => Some(Unstated::Verified),
                    "not-verified" => Some(Unstated::NotVerified),
                    other => return Err(format!("--unstated {other}: verified or not-verified")),
                }
            }
            "--declares" => {
                let keys = value()?;
                let keys = keys.split(',').map(str::trim).filter(|key| !key.is_empty());
                reads.declares.get_or_insert_default().extend(keys.map(str::to_owned));
            }
            "--only" => reads.only.push(value()?),
            "--rename" => {
                let names = value()?;
                let (old, new) =
                    names.split_once('=').ok_or_else(|| format!("--rename {names}: OLD=NEW"))?;
                reads.renames.push((old.to_owned(), new.to_owned()));
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
    reads.dialect = options.dialect;
    match receive {
        Some(format) => options.receiver = Some(receive::receiver(&format, reads)?),
        None if reads != Reads { dialect: reads.dialect, ..Reads::default() } => {
            return Err("--unstated, --declares, --only and --rename belong to --receive".into());
        }
        None => {}
    }
    if options.format == Format::Headers && options.sets.is_empty() {
        options.sets.push(HeaderSet::cloudflare());
    }
    Ok(Some(options))
}
