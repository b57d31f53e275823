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
A TLS-terminating proxy that tells its origin who the client is.

Usage: mtls_proxy                      demonstrate it on loopback
       mtls_proxy --listen ADDR --origin URL --cert FILE --key FILE --client-ca FILE [OPTIONS]

  --listen ADDR       where to accept TLS: 127.0.0.1:8443
  --origin URL        where requests go: http://127.0.0.1:8080, or https:// with --origin-ca
  --origin-ca FILE    the CAs that the certificate of an https origin must lead to, for the host of its URL, PEM
  --origin-http2      the origin speaks HTTP/2, without TLS at once, as gRPC servers do; upgrades take HTTP/1.1
  --cert FILE         the server's certificate chain, PEM
  --key FILE          its private key, PEM
  --client-ca FILE    the CAs that clients' certificates must lead to, PEM
  --ca ID=FILE        those of the hosts whose association in --hosts has this mtls_certificate_id; can be given several times
  --client-crl FILE   what all these CAs have revoked, PEM; each CA in a client's chain needs a list
  --optional          let clients without a certificate in
  --optional-no-ca    let every client in; a set with a verdict tells the origin what was wrong

  --hosts FILE        Cloudflare's hostname association, JSON: which hosts ask for a certificate, judged by --client-ca or by
                      the --ca of its mtls_certificate_id; can be given several times  [all ask]
  --enforce HOST      answer 403 without a verified certificate, and log why; can be given several times. Without --optional
                      or --optional-no-ca there is no 403: such a client's handshake fails at every host that asks
  --settings FILE     Cloudflare's hostname settings, JSON: which hosts forward the certificate  [all do]
  --forward WHEN      first: on a connection's first request, as Cloudflare does; every: on every one, as other proxies do
                      [first]
  --headers SET       the header set; can be given several times  [cloudflare]
  --only NAME         of the sets' headers this one; can be given several times  [all]
  --rename OLD=NEW    another name for a header of the sets; can be given several times
  --header NAME=FIELD a header of one's own, as X-Subject=subject:rfc2253; can be given several times
  --also-strip NAME   a header that clients may not send either; can be given several times
  --forwarding FILE   all of this from a file, TOML or *.json, in place of the options
  --upgrade PROTOCOL  tunnel this protocol too, beside websocket; can be given several times
  --log               print a line for each request: time, peer, host, request, status, verdict, fingerprint, subject

  --max-connections N         open at a time; more wait  [1000]
  --max-header-bytes N        of a request's head, from 8192  [65536]
  --handshake-timeout SECONDS [10]
  --header-timeout SECONDS    for a request's head, and between two of HTTP/1.1  [30]
  --connect-timeout SECONDS   until the origin accepts a connection  [10]
  --answer-timeout SECONDS    until the origin's answer begins  [60]
  --idle-timeout SECONDS      for connections and tunnels in which nothing moves, on both sides  [60]
  --drain-timeout SECONDS     for what is under way at the end  [10]

  --help              print this and end

SIGHUP reads all files anew: new connections get what they say, open ones go on; which hosts enforce and forward counts at once
for all.
SIGTERM and SIGINT end the proxy when what is under way has ended, a second one at once.
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
        // A host of another CA must not be judged by this one.
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
            Duration::ZERO => Err(format!("{name} 0: from 1").into()),
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
            return Err("--max-connections: from 1 to 1000000".into());
        }
        // hyper's buffer holds no less.
        if !(8192..=16 << 20).contains(&limits.header_bytes) {
            return Err("--max-header-bytes: from 8192 to 16777216".into());
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

/// RFC 9110 §16.7's registry: these carry requests that nobody would strip.
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
