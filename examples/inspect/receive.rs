//! `--receive`: parses a request's header lines as an origin does.

use std::io::{self, Write};

use tls_client_auth::receive::Received;
use tls_client_auth::{Dialect, HeaderSet, Receiver, TlsClientAuth, Unstated};

use crate::input::read;

/// Formats without a header set.
pub(crate) const FURTHER: [&str; 4] =
    ["certificate", "certificate-and-verdict", "cloudflare-worker-as-published", "envoy-appended"];

/// The options for a format.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Reads {
    pub(crate) unstated: Option<Unstated>,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) declares: Option<Vec<String>>,
    pub(crate) only: Vec<String>,
    /// Old and new names.
    pub(crate) renames: Vec<(String, String)>,
}

/// The receiver with this name and these options.
pub(crate) fn receiver(format: &str, reads: Reads) -> Result<Receiver, String> {
    let mut receiver =
        named(format, reads.unstated.unwrap_or(Unstated::NotVerified)).ok_or_else(|| {
            match HeaderSet::named(format) {
                Ok(_) => format!("--receive {format}: no header of this set can be read back"),
                Err(_) => format!("--receive {format}: no such format; see --list"),
            }
        })?;
    if !reads.only.is_empty() {
        // A header may also be given by its new name.
        let original = |name: &String| {
            let renamed = reads.renames.iter().find(|(_, new)| new.eq_ignore_ascii_case(name));
            renamed.map_or_else(|| name.clone(), |(old, _)| old.clone())
        };
        let names: Vec<String> = reads.only.iter().map(original).collect();
        receiver = receiver
            .only(names.iter().map(String::as_str))
            .map_err(|error| format!("--only: {error}"))?;
    }
    for (old, new) in &reads.renames {
        receiver =
            receiver.renamed(old, new).map_err(|error| format!("--rename {old}={new}: {error}"))?;
    }
    match reads.unstated {
        Some(_) if receiver.has_verdict() => {
            return Err(format!(
                "--unstated: {format} carries a verdict of its own; leave --unstated out"
            ));
        }
        Some(unstated) => receiver = receiver.unstated(unstated),
        None if !receiver.has_verdict() => {
            return Err(format!(
                "--receive {format}: these headers carry no verdict; add --unstated verified where the proxy \
                 forwards verified certificates only, else --unstated not-verified"
            ));
        }
        None => {}
    }
    if let Some(keys) = &reads.declares {
        receiver = receiver
            .declares(keys.iter().map(String::as_str))
            .map_err(|error| format!("--declares: {error}"))?;
    }
    Ok(match reads.dialect {
        Some(dialect) => receiver.dialect(dialect),
        None => receiver,
    })
}

fn named(format: &str, unstated: Unstated) -> Option<Receiver> {
    Some(match format {
        "certificate" => Receiver::certificate("X-SSL-CERT", unstated).ok()?,
        "certificate-and-verdict" => {
            Receiver::certificate_and_verdict("X-SSL-CERT", "X-SSL-VERIFY").ok()?
        }
        "cloudflare" => Receiver::cloudflare(unstated),
        "cloudflare-worker" => Receiver::cloudflare_worker(),
        "cloudflare-worker-as-published" => Receiver::cloudflare_worker_as_published(unstated),
        "cloudflare-managed" => Receiver::cloudflare_managed(),
        "rfc9440" => Receiver::rfc9440(unstated),
        "nginx" => Receiver::nginx(),
        "ingress-nginx" => Receiver::ingress_nginx(),
        "apache" | "apache-legacy" => Receiver::apache(),
        "haproxy" => Receiver::haproxy(),
        "haproxy-manual" => Receiver::haproxy_manual(),
        "envoy" | "envoy-json" => Receiver::envoy(unstated),
        "envoy-appended" => Receiver::envoy_appended(unstated),
        "traefik" | "traefik-escaped" => Receiver::traefik(unstated),
        "caddy" => Receiver::caddy(unstated),
        "aws-alb" => Receiver::aws_alb(unstated),
        "aws-alb-passthrough" => Receiver::aws_alb_passthrough(unstated),
        "cloudfront" => Receiver::cloudfront(unstated),
        "google" => Receiver::google(),
        "azure-app-service" => Receiver::azure_app_service(unstated),
        "azure-application-gateway" => Receiver::azure_application_gateway(),
        "kong" => Receiver::kong(unstated),
        "linkerd" => Receiver::linkerd(unstated),
        "cloud-foundry" => Receiver::cloud_foundry(unstated),
        // A set without a receiver of its own.
        name => {
            let set = HeaderSet::named(name).ok()?;
            Receiver::of(&set, None).or_else(|_| Receiver::of(&set, Some(unstated))).ok()?
        }
    })
}

/// Prints a JSON line for every file; returns whether all could be read.
pub(crate) fn run(receiver: &Receiver, files: &[String], out: &mut dyn Write) -> io::Result<bool> {
    let mut all_read = true;
    for file in files {
        let received = read(file).and_then(|bytes| received(receiver, &bytes));
        all_read &= received.is_ok();
        writeln!(out, "{}", json_line(file, received))?;
    }
    Ok(all_read)
}

fn received(receiver: &Receiver, request: &[u8]) -> Result<Received, String> {
    let lines = header_lines(request)?;
    receiver.receive_with_names(&lines).map_err(|error| error.to_string())
}

/// A header's name and value.
type Header = (Vec<u8>, Vec<u8>);

/// `Name: value` lines, as bytes; a line that begins with white space continues the one before.
fn header_lines(bytes: &[u8]) -> Result<Vec<Header>, String> {
    let mut headers: Vec<Header> = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        if let ([b' ' | b'\t', ..], Some((_, value))) = (line, headers.last_mut()) {
            value.push(b'\n');
            value.extend_from_slice(line);
            continue;
        }
        let mut parts = line.splitn(2, |byte| *byte == b':');
        match (parts.next(), parts.next()) {
            (Some(name @ [_, ..]), Some(value)) => {
                headers.push((name.to_vec(), value.trim_ascii().to_vec()));
            }
            _ => return Err(format!("line {number}: is not \"Name: value\"")),
        }
    }
    Ok(headers)
}

fn json_line(file: &str, received: Result<Received, String>) -> String {
    #[derive(serde::Serialize)]
    #[serde(untagged)]
    enum Line<'a> {
        Read {
            file: &'a str,
            trusted: bool,
            #[serde(rename = "tlsClientAuth")]
            auth: &'a TlsClientAuth,
            names: Vec<(&'a str, &'a str)>,
        },
        Refused {
            file: &'a str,
            error: &'a str,
        },
    }
    let line = match &received {
        Ok(Received { auth, names, .. }) => Line::Read {
            file,
            trusted: auth.is_trusted(),
            auth,
            names: names.iter().map(|name| (name.kind(), name.as_str())).collect(),
        },
        Err(error) => Line::Refused { file, error },
    };
    serde_json::to_string(&line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Command, options};
    use tls_client_auth::HeaderSet;

    fn parsed(arguments: &str) -> Result<Receiver, String> {
        let arguments = arguments.split_whitespace().chain(["FILE"]).map(Into::into);
        match options(arguments.collect())? {
            Command::Receive(receiver, _) => Ok(receiver),
            other => Err(format!("{other:?}")),
        }
    }

    fn line(arguments: &str, request: &str) -> String {
        json_line("f", received(&parsed(arguments).unwrap(), request.as_bytes()))
    }

    #[test]
    fn every_format_is_known_and_requires_a_verdict_or_unstated() {
        let sets = HeaderSet::all();
        let names = sets.iter().map(|set| set.name()).chain(FURTHER);
        for name in names {
            let receiver = named(name, Unstated::Verified).unwrap_or_else(|| panic!("{name}"));
            let without = parsed(&format!("--receive {name}"));
            assert_eq!(without.is_ok(), receiver.has_verdict(), "{name}");
            for unstated in ["verified", "not-verified"] {
                let with = parsed(&format!("--receive {name} --unstated {unstated}"));
                assert_eq!(with.is_ok(), !receiver.has_verdict(), "{name}");
            }
        }
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for arguments in [
            "--receive nothing",
            "--receive kubernetes --unstated verified",
            "--receive nginx --only x",
            "--receive nginx --rename x=y",
            "--receive nginx --rename x",
            "--receive nginx --declares URI",
            "--receive envoy --unstated yes",
            "--receive nginx --only ssl-client-s-dn",
            "--unstated verified",
            "--only x",
        ] {
            assert!(parsed(arguments).is_err(), "{arguments}");
        }
    }

    #[test]
    fn lines_of_json() {
        let refused = line("--receive nginx", "Host: a\r\n\r\n");
        assert_eq!(refused, r#"{"file":"f","error":"header ssl-client-verify: is missing"}"#);
        let refused = line("--receive nginx", "no header line");
        assert_eq!(refused, r#"{"file":"f","error":"line 1: is not \"Name: value\""}"#);
        let hash = "ab".repeat(32);
        let read = line(
            "--receive envoy --unstated verified --declares Subject,URI",
            &format!("X-Forwarded-Client-Cert: Hash={hash};Subject=\"CN=a\";URI=spiffe://a\n"),
        );
        assert!(
            read.starts_with(r#"{"file":"f","trusted":true,"tlsClientAuth":{"certPresented":"1""#)
        );
        assert!(read.contains(r#""certSubjectDN":"CN=a""#), "{read}");
        assert!(read.ends_with(r#""names":[["uri","spiffe://a"]]}"#), "{read}");
    }

    #[test]
    fn renamed_headers_are_received() {
        let read = line(
            "--receive nginx --only ssl-client-s-dn --rename ssl-client-s-dn=X-DN --unstated not-verified",
            "X_SSL: 1\nx-dn: CN=a\nssl-client-verify: SUCCESS\n",
        );
        assert!(read.contains(r#""trusted":false"#) && read.contains("CN=a"), "{read}");
        let renamed = line(
            "--receive nginx --only X-DN --only X-Verify --rename ssl-client-s-dn=X-DN --rename ssl-client-verify=X-Verify",
            "X-DN: CN=a\nX-Verify: SUCCESS\n",
        );
        assert!(renamed.contains(r#""trusted":true"#), "{renamed}");
    }

    #[test]
    fn a_folded_line_is_one() {
        let headers = header_lines(b"A: 1\n\t2\nB:3\n 4").unwrap();
        let expected = [(b"A".to_vec(), b"1\n\t2".to_vec()), (b"B".to_vec(), b"3\n 4".to_vec())];
        assert_eq!(headers, expected);
    }
}
