//! The command line: every bad argument and unreadable file gets a message of its own.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use hyper::http::uri::{Authority, PathAndQuery, Scheme, Uri};
use tls_client_auth::hosts::HostnameAssociation;

use crate::Result;
use crate::forwarding::Chosen;
use crate::hosts;
use crate::pem;
use crate::proxy::{Admission, Limits, Options, Settings, Sink};

pub const HELP: &str = "\
A TLS-terminating proxy that forwards its clients' certificates to an origin.

Usage: mtls_proxy                      run a demonstration on loopback
       mtls_proxy --listen ADDR --origin URL --cert FILE --key FILE --client-ca FILE [OPTIONS]

  --listen ADDR       the address for TLS: 127.0.0.1:8443
  --origin URL        the origin: http://127.0.0.1:8080, or https:// with --origin-ca
  --origin-ca FILE    the CAs for the certificate of an https origin, PEM
  --origin-http2      use HTTP/2 to the origin, without TLS with prior knowledge, as gRPC servers do; upgrades use HTTP/1.1
  --cert FILE         the server's certificate chain, PEM
  --key FILE          its private key, PEM
  --client-ca FILE    the CAs for clients' certificates, PEM
  --ca ID=FILE        the CAs for hosts with this mtls_certificate_id in --hosts; repeatable
  --client-crl FILE   certificate revocation lists, PEM, one for each CA in a client's chain
  --optional          admit clients without a certificate
  --optional-no-ca    admit every client; sets with a verdict tell the origin the reason of a failure

  --hosts FILE        Cloudflare's hostname association, JSON: the hosts that ask for a certificate, verified with --client-ca
                      or with the --ca of the mtls_certificate_id; repeatable  [all ask]
  --enforce HOST      answer 403 without a verified certificate, and log the reason; repeatable. Needs --optional or
                      --optional-no-ca: otherwise such a client's handshake fails at every host that asks
  --settings FILE     Cloudflare's hostname settings, JSON: the hosts that forward the certificate  [all do]
  --forward WHEN      first: on the first request of a connection, as Cloudflare does; every: on every request  [first]
  --headers SET       the header set; repeatable  [cloudflare]
  --only NAME         send only this header of the sets; repeatable  [all]
  --rename OLD=NEW    rename a header of the sets; repeatable
  --header NAME=FIELD add a header, such as X-Subject=subject:rfc2253; repeatable
  --also-strip NAME   also strip this header; repeatable
  --forwarding FILE   the header options as a file, TOML or *.json, instead of the options above
  --upgrade PROTOCOL  also tunnel this protocol, not only websocket; repeatable
  --log               print a line for each request: time, peer, host, request, status, verdict, fingerprint, subject

  --max-connections N         the number of open connections; further ones wait  [1000]
  --max-header-bytes N        the size of a request's head, at least 8192  [65536]
  --handshake-timeout SECONDS [10]
  --header-timeout SECONDS    for a request's head, and between two requests of HTTP/1.1  [30]
  --connect-timeout SECONDS   for connecting to the origin  [10]
  --answer-timeout SECONDS    until the origin's answer begins  [60]
  --idle-timeout SECONDS      for idle connections and tunnels, on both sides  [60]
  --drain-timeout SECONDS     for requests in progress at shutdown  [10]

  --help              print this help

SIGHUP reloads all files: TLS settings apply to new connections; the hosts that enforce and forward apply to all at once.
SIGTERM and SIGINT stop the proxy after the requests in progress; a second signal stops it immediately.
";

pub struct Arguments {
    pub listen: String,
    pub options: Options,
    pub settings: Settings,
}

impl Arguments {
    pub fn parse(arguments: Vec<OsString>) -> Result<Self> {
        let mut line = Line(pico_args::Arguments::from_vec(arguments));
        let admission = match (line.0.contains("--optional"), line.0.contains("--optional-no-ca")) {
            (_, true) => Admission::Any,
            (true, false) => Admission::VerifiedOrNone,
            (false, false) => Admission::Verified,
        };
        let (listen, origin) = (line.required("--listen")?, line.required("--origin")?);
        let cert = line.required("--cert")?;
        let key = line.required("--key")?;
        let client_ca = line.required("--client-ca")?;
        let uploaded: Vec<(String, String)> = line.pairs("--ca")?;
        let client_crl: Option<String> = line.value("--client-crl")?;
        let origin_ca: Option<String> = line.value("--origin-ca")?;
        let associations: Vec<String> = line.0.values_from_str("--hosts")?;
        let enforced: Vec<String> = line.0.values_from_str("--enforce")?;
        let settings: Option<String> = line.value("--settings")?;
        let forwarding = Chosen {
            file: line.value("--forwarding")?,
            when: line.value("--forward")?,
            sets: line.0.values_from_str("--headers")?,
            only: line.0.values_from_str("--only")?,
            renamed: line.pairs("--rename")?,
            own: line.pairs("--header")?,
            also_strip: line.0.values_from_str("--also-strip")?,
        };
        let (scheme, origin) = self::origin(&origin)?;
        let options = Options {
            origin,
            origin_http2: line.0.contains("--origin-http2"),
            upgrades: line.0.values_from_fn("--upgrade", upgrade)?,
            limits: line.limits()?,
            access_log: line.0.contains("--log").then(standard_output),
            error_log: standard_error(),
        };
        let rest = line.0.finish();
        if let Some(argument) = rest.first() {
            let argument = argument.to_string_lossy();
            return Err(format!("{argument}: unknown or duplicated option; see --help").into());
        }
        let authorities = pem::authorities(&client_ca, &uploaded, client_crl.as_deref())?;
        let settings = Settings {
            tls: pem::tls(&cert, &key, authorities, admission)?,
            origin_tls: pem::origin_tls(&scheme, origin_ca.as_deref())?,
            forwarding: forwarding.read()?,
            hosts: hosts::read(&associations, &enforced, settings.as_deref())?,
            forwards_all: settings.is_none(),
        };
        // Clients of a host with another CA must not be verified with this one.
        for identifier in settings.hosts.associations().iter().map(HostnameAssociation::authority) {
            settings.tls.judge(identifier)?;
        }
        Ok(Self { listen, options, settings })
    }
}

/// What is left of the command line.
struct Line(pico_args::Arguments);

impl Line {
    fn value<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>> {
        Ok(self.0.opt_value_from_str(name).map_err(|error| format!("{name}: {error}"))?)
    }

    fn pairs(&mut self, name: &'static str) -> Result<Vec<(String, String)>> {
        Ok(self.0.values_from_fn(name, pair).map_err(|error| format!("{name}: {error}"))?)
    }

    fn required(&mut self, name: &'static str) -> Result<String> {
        self.value(name)?.ok_or_else(|| format!("{name} is missing; see --help").into())
    }

    fn seconds(&mut self, name: &'static str, default: Duration) -> Result<Duration> {
        match self.value(name)?.map_or(default, Duration::from_secs) {
            Duration::ZERO => Err(format!("{name} 0: must be at least 1").into()),
            seconds => Ok(seconds),
        }
    }

    fn limits(&mut self) -> Result<Limits> {
        let default = Limits::default();
        let limits = Limits {
            connections: self.value("--max-connections")?.unwrap_or(default.connections),
            header_bytes: self.value("--max-header-bytes")?.unwrap_or(default.header_bytes),
            handshake: self.seconds("--handshake-timeout", default.handshake)?,
            head: self.seconds("--header-timeout", default.head)?,
            connect: self.seconds("--connect-timeout", default.connect)?,
            answer: self.seconds("--answer-timeout", default.answer)?,
            idle: self.seconds("--idle-timeout", default.idle)?,
            drain: self.seconds("--drain-timeout", default.drain)?,
        };
        if !(1..=1_000_000).contains(&limits.connections) {
            return Err("--max-connections: must be from 1 to 1000000".into());
        }
        // hyper's buffer holds no less.
        if !(8192..=16 << 20).contains(&limits.header_bytes) {
            return Err("--max-header-bytes: must be from 8192 to 16777216".into());
        }
        Ok(limits)
    }
}

/// A closed pipe must not end the proxy.
fn standard_output() -> Sink {
    Arc::new(|line| drop(writeln!(io::stdout(), "{line}")))
}

fn standard_error() -> Sink {
    Arc::new(|line| drop(writeln!(io::stderr(), "{line}")))
}

/// Protocols of RFC 9110 §16.7's registry that carry requests, which would not be stripped.
fn upgrade(protocol: &str) -> std::result::Result<String, &'static str> {
    let name = protocol.split('/').next().unwrap_or_default().to_ascii_lowercase();
    match name.as_str() {
        "h2c" | "http" | "tls" => Err("would carry requests that are not stripped"),
        _ => Ok(protocol.to_owned()),
    }
}

/// The two sides of `OLD=NEW`.
fn pair(text: &str) -> std::result::Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("two parts with = between them")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn origin(url: &str) -> Result<(Scheme, Authority)> {
    let uri: Uri = url.parse().map_err(|error| format!("--origin {url}: {error}"))?;
    let known = |scheme: &&Scheme| [Scheme::HTTP, Scheme::HTTPS].contains(scheme);
    match (
        uri.scheme().filter(known),
        uri.path_and_query().map(PathAndQuery::as_str),
        uri.authority(),
    ) {
        (Some(scheme), None | Some("/"), Some(authority)) if !authority.as_str().contains('@') => {
            Ok((scheme.clone(), authority.clone()))
        }
        _ => Err(format!(
            "--origin {url}: an http or https URL without a path, as http://127.0.0.1:8080"
        )
        .into()),
    }
}
