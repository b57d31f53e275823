//! The command line.

use std::ffi::OsString;

use time::OffsetDateTime;
use tls_client_auth::{Dialect, HeaderSet, Receiver, Unstated, Verification};

use crate::receive::{self, Reads};
use crate::sets;
use crate::words::{Line, take_diff};

pub(crate) const HELP: &str = "\
Prints a client certificate and the headers that an origin receives for it, or
parses the headers of recorded requests.

  inspect client.pem                   the certificate, and how long it is valid
  inspect --headers nginx client.pem   also the header lines that nginx sends
  openssl s_client -connect example.com:443 -showcerts </dev/null | inspect -

Usage: inspect [OPTIONS] FILE...
       inspect --diff SET SET [FILE...]
       inspect --receive FORMAT [OPTIONS] FILE...

A FILE contains a certificate in DER or PEM, then its chain. Text around PEM is
skipped. - is standard input. Certificates are not verified.

  --headers SET         print the lines of this header set; repeatable
  --rename OLD=NEW      rename a header of the sets; repeatable
  --header NAME=FIELD   add a line, such as X-DN=subject:rfc2253; repeatable
  --diff SET SET        compare two sets, for FILE or in general
  --side-by-side        print several files in columns; * marks differences
  --format FORMAT       text, json (one line for each file) or headers  [text]
  --dialect LIBRARY     boringssl or openssl: the form of names and dates
                        [boringssl; with --receive the proxy's]
  --verified STATUS     the handshake's result: SUCCESS, NONE, FAILED or
                        FAILED:reason  [SUCCESS]
  --revoked             treat the certificate as revoked
  --now SECONDS         the current time, as Unix time
  --chain FILE          the certificates sent after the leaf
  --files-from FILE     more files, one name on each line
  --list                list all sets and formats

With --receive, a FILE contains the header lines of one request, \"Name: value\".
The output is one JSON line for each FILE. --dialect, --rename and --files-from
also apply, and:

  --unstated verified|not-verified   the meaning of a missing verdict
  --declares KEY,KEY...              the keys that Envoy or Traefik sends [all]
  --only NAME                        read only this header; repeatable

Exit status: 1 if a file could not be read, 2 if the options are wrong.
";

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    Text,
    Json,
    Headers,
}

#[derive(Debug)]
pub(crate) enum Command {
    Help,
    List,
    /// These files hold header lines.
    Receive(Receiver, Vec<String>),
    Run(Options),
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) format: Format,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) sets: Vec<HeaderSet>,
    /// Whether the two sets are compared.
    pub(crate) is_diff: bool,
    pub(crate) side_by_side: bool,
    pub(crate) verification: Verification,
    pub(crate) revoked: bool,
    pub(crate) now: Option<OffsetDateTime>,
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) files: Vec<String>,
}

pub(crate) fn options(mut arguments: Vec<OsString>) -> Result<Command, String> {
    // What follows `--` is files.
    let end = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let files = arguments.split_off(end);
    let diff = take_diff(&mut arguments)?;
    let mut line = Line(pico_args::Arguments::from_vec(arguments));
    if line.0.contains(["-h", "--help"]) {
        return Ok(Command::Help);
    }
    if line.0.contains("--list") {
        return Ok(Command::List);
    }
    let dialect = line
        .one_of("--dialect", &[("boringssl", Dialect::BoringSsl), ("openssl", Dialect::OpenSsl)])?;
    let unstated = [("verified", Unstated::Verified), ("not-verified", Unstated::NotVerified)];
    let mut reads = Reads {
        unstated: line.one_of("--unstated", &unstated)?,
        declares: line.declares()?,
        only: line.values("--only")?,
        ..Reads::default()
    };
    let format: Option<String> = line.value("--receive")?;
    if format.is_none() && reads != Reads::default() {
        return Err("--unstated, --declares and --only belong to --receive FORMAT".into());
    }
    let renames = line.pairs("--rename", "OLD=NEW")?;
    let mut names: Vec<String> = line.values("--headers")?;
    let own = line.pairs("--header", "NAME=FIELD")?;
    let formats = [("text", Format::Text), ("json", Format::Json), ("headers", Format::Headers)];
    let mut options = Options {
        format: line.one_of("--format", &formats)?.unwrap_or(Format::Text),
        dialect,
        sets: Vec::new(),
        is_diff: diff.is_some(),
        side_by_side: line.0.contains("--side-by-side"),
        verification: line.verification()?,
        revoked: line.0.contains("--revoked"),
        now: line.now()?,
        chain: line.chain()?,
        files: Vec::new(),
    };
    let listed = line.listed_files()?;
    options.files = line.files(files)?.into_iter().chain(listed).collect();
    if options.files.is_empty() && !options.is_diff {
        return Err("no FILE given; - is standard input, and --help shows examples".into());
    }
    if let Some(format) = format {
        if options.is_diff || !own.is_empty() {
            return Err("--diff and --header don't go with --receive".into());
        }
        reads.dialect = dialect;
        reads.renames = renames;
        return Ok(Command::Receive(receive::receiver(&format, reads)?, options.files));
    }
    if let Some(sets) = diff {
        if !names.is_empty() || !own.is_empty() || options.format != Format::Text {
            return Err("--diff takes two sets and prints text: --headers, --header and --format don't go with it".into());
        }
        names = sets.into();
    } else if options.format == Format::Headers && names.is_empty() && own.is_empty() {
        names.push("cloudflare".into());
    }
    options.sets = sets::chosen(&names, &renames, &own, dialect)?;
    Ok(Command::Run(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &str) -> Result<Command, String> {
        options(arguments.split_whitespace().map(OsString::from).collect())
    }

    fn run(arguments: &str) -> Options {
        match parsed(arguments) {
            Ok(Command::Run(options)) => options,
            other => panic!("{arguments}: {other:?}"),
        }
    }

    #[test]
    fn help_fits_a_screen() {
        assert!(HELP.lines().count() <= 40 && HELP.lines().all(|line| line.len() <= 80));
    }

    #[test]
    fn sets_are_chosen_renamed_and_compared() {
        let names = |arguments: &str| -> Vec<String> {
            let sets = run(&format!("{arguments} f")).sets;
            sets.iter()
                .flat_map(|set| set.rows().map(|(name, _)| name.to_owned()).collect::<Vec<_>>())
                .collect()
        };
        assert!(names("").is_empty());
        assert_eq!(names("--format=headers").len(), HeaderSet::cloudflare().rows().len());
        assert_eq!(names("--headers rfc9440 --headers=linkerd").len(), 3);
        assert_eq!(
            names("--headers rfc9440 --rename client-cert=X-Cert"),
            ["X-Cert", "Client-Cert-Chain"]
        );
        assert_eq!(names("--format headers --header X-DN=subject:rfc2253"), ["X-DN"]);
        assert_eq!(names("--headers linkerd --header X-DN=subject:go").len(), 2);
        assert!(run("--diff nginx envoy").is_diff && run("--diff nginx envoy f").files == ["f"]);
        assert_eq!(run("--diff nginx linkerd --rename ssl-client-verify=X-V").sets.len(), 2);
    }

    #[test]
    fn files_are_read_among_and_after_options() {
        assert_eq!(run("a --revoked - -- --list -").files, ["a", "-", "--list", "-"]);
    }

    #[test]
    fn every_bad_argument_has_a_message() {
        for (arguments, expected) in [
            ("", "no FILE given; - is standard input, and --help shows examples"),
            ("--format xml f", "--format xml: must be text or json or headers"),
            ("--format", "--format needs a value; see --help"),
            ("--fromat json f", "--fromat: unknown or duplicated option; see --help"),
            ("--revoked --revoked f", "--revoked: unknown or duplicated option; see --help"),
            ("--headers ngnix f", "header set \"ngnix\": is not known, did you mean \"nginx\"?"),
            ("--rename a f", "--rename a: must be OLD=NEW"),
            ("--rename a=b f", "--rename a=b: no chosen set has a; --headers chooses sets"),
            (
                "--headers linkerd --rename l5d-client-id=Host f",
                "--rename l5d-client-id=Host: header name \"Host\"",
            ),
            ("--header a f", "--header a: must be NAME=FIELD"),
            ("--header a=sbject f", "--header a=sbject: "),
            ("--header Host=tls:word f", "--header: header name \"Host\""),
            ("--diff nginx", "--diff needs the names of two sets, as in --diff nginx envoy"),
            ("--diff nginx --revoked f", "--diff needs the names of two sets"),
            ("--diff nginx envoy --format json f", "--diff takes two sets and prints text"),
            ("--diff nginx envoy --headers caddy f", "--diff takes two sets and prints text"),
            (
                "--receive nginx --header a=tls:word f",
                "--diff and --header don't go with --receive",
            ),
            ("--verified OK f", "--verified OK: must be SUCCESS, NONE, FAILED or FAILED:reason"),
            ("--now soon f", "--now soon: must be seconds since 1970"),
            ("--chain /nowhere f", "--chain /nowhere: "),
            ("--files-from /nowhere", "--files-from /nowhere: "),
            ("--only x f", "--unstated, --declares and --only belong to --receive FORMAT"),
        ] {
            let message = parsed(arguments).unwrap_err();
            assert!(message.starts_with(expected), "{arguments}: {message}");
        }
    }
}
