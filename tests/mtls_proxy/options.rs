//! The example proxy's command line: options, files and error messages.

use super::*;
use forwarding::Chosen;

#[test]
fn every_bad_argument_has_a_message() {
    let needed = "--listen 127.0.0.1:0 --origin http://127.0.0.1:1 --cert /dev/null --key /dev/null --client-ca /dev/null";
    let with = "--listen a --cert a --key a --client-ca a";
    let cases = [
        ("--origin http://127.0.0.1:1", "--listen is missing; see --help"),
        ("--listen", "--listen: the '--listen' option doesn't have an associated value"),
        ("WITH --origin ftp://a", "--origin ftp://a: an http or https URL"),
        ("WITH --origin a:80", "--origin a:80: an http or https URL"),
        ("WITH --origin http://a/b", "--origin http://a/b: an http or https URL"),
        ("WITH --origin http://a/?b", "--origin http://a/?b: an http or https URL"),
        ("WITH --origin http://me:secret@a", "a: an http or https URL"),
        ("NEEDED --frobnicate", "--frobnicate: unknown or duplicated option"),
        ("NEEDED --listen 127.0.0.1:1", "--listen: unknown or duplicated option"),
        ("NEEDED --log --log", "--log: unknown or duplicated option"),
        ("NEEDED --max-connections 0", "--max-connections: must be from 1"),
        ("NEEDED --max-connections many", "--max-connections: failed to parse 'many'"),
        ("NEEDED --max-header-bytes=8191", "--max-header-bytes: must be from 8192"),
        ("NEEDED --idle-timeout 0", "--idle-timeout 0: must be at least 1"),
        ("NEEDED --upgrade h2c", "would carry requests that are not stripped"),
        ("NEEDED --upgrade TLS/1.0", "would carry requests that are not stripped"),
        ("NEEDED --upgrade HTTP/2.0", "would carry requests that are not stripped"),
        (
            "NEEDED --log --origin-http2 --upgrade tcp --optional",
            "--client-ca /dev/null: no PEM block of this kind",
        ),
        ("NEEDED --hosts /dev/null --enforce a.example", "--client-ca /dev/null: "),
    ];
    for (line, message) in cases {
        let line = line.replace("NEEDED", needed).replace("WITH", with);
        let arguments = line.split(' ').map(Into::into).collect();
        let error = Arguments::parse(arguments).err().unwrap().to_string();
        assert!(error.contains(message), "{line}: {error}");
    }
}

/// The choice without any option about headers.
pub fn none() -> Chosen {
    Chosen {
        file: None,
        when: None,
        sets: Vec::new(),
        only: Vec::new(),
        renamed: Vec::new(),
        own: Vec::new(),
        also_strip: Vec::new(),
    }
}

#[test]
fn headers_are_chosen_by_options_or_a_file() {
    let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    assert_eq!(none().read().unwrap(), Forwarding::cloudflare());
    let chosen = Chosen {
        when: Some("every".to_owned()),
        sets: vec!["nginx".to_owned(), "rfc9440".to_owned()],
        renamed: pair("SSL-Client-Verify", "X-Verify"),
        own: pair("X-Subject", "subject:rfc2253"),
        also_strip: vec!["X-Tenant".to_owned()],
        ..none()
    };
    let own = [("X-Subject", "subject:rfc2253".parse().unwrap())];
    let expected = Forwarding::none()
        .on_every_request(HeaderSet::nginx().renamed("ssl-client-verify", "X-Verify").unwrap())
        .on_every_request(HeaderSet::rfc9440())
        .on_every_request(HeaderSet::new("own", Dialect::OpenSsl, own).unwrap())
        .also_strip(["X-Tenant"])
        .unwrap();
    assert_eq!(chosen.read().unwrap(), expected);

    let two = ["nginx", "rfc9440"].map(str::to_owned);
    let only = ["SSL-Client-Verify", "client-cert"].map(str::to_owned);
    let chosen = Chosen { sets: two.to_vec(), only: only.to_vec(), ..none() };
    let expected = Forwarding::none()
        .on_first_request(HeaderSet::nginx().only(["ssl-client-verify"]).unwrap())
        .on_first_request(HeaderSet::rfc9440().only(["Client-Cert"]).unwrap());
    assert_eq!(chosen.read().unwrap(), expected);

    let folder = std::env::temp_dir();
    for (end, text) in [
        ("toml", "every-request = [\"rfc9440\"]\n"),
        ("json", "{\"every-request\": [\"rfc9440\"]}"),
    ] {
        let file = folder.join(format!("forwarding-{}.{end}", std::process::id()));
        std::fs::write(&file, text).unwrap();
        let file = || Some(file.to_str().unwrap().to_owned());
        assert_eq!(Chosen { file: file(), ..none() }.read().unwrap(), Forwarding::rfc9440());
        let both = Chosen { file: file(), sets: vec!["nginx".to_owned()], ..none() };
        assert!(both.read().is_err(), "not both");
        let both = Chosen { file: file(), only: only.to_vec(), ..none() };
        assert!(both.read().is_err(), "not both");
        std::fs::remove_file(file().unwrap()).unwrap();
    }
    let wrong = [
        ("--headers nginks: ", Chosen { sets: vec!["nginks".to_owned()], ..none() }),
        (
            "--only ssl-client-verfy: ",
            Chosen { only: vec!["ssl-client-verfy".to_owned()], ..none() },
        ),
        ("--rename a=b: ", Chosen { renamed: pair("a", "b"), ..none() }),
        ("--header a=subjekt: ", Chosen { own: pair("a", "subjekt"), ..none() }),
        ("--also-strip: ", Chosen { also_strip: vec!["host".to_owned()], ..none() }),
        ("--forward often: ", Chosen { when: Some("often".to_owned()), ..none() }),
        ("--forwarding /nowhere: ", Chosen { file: Some("/nowhere".to_owned()), ..none() }),
    ];
    for (message, chosen) in wrong {
        let error = chosen.read().unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn an_expired_certificate_is_reported_by_its_subject() {
    let key = rcgen::KeyPair::generate().unwrap();
    for (year, expired) in [(2001, Some("CN=CA")), (2999, None)] {
        let mut params = rcgen::CertificateParams::new([]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, "CA");
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        assert_eq!(pem::has_expired(certificate.der()).as_deref(), expired);
    }
    assert_eq!(pem::has_expired(b"no certificate"), None);
}

#[test]
fn the_help_names_every_option() {
    let source = include_str!("../../examples/mtls_proxy/arguments.rs");
    let (_, code) = source.split_once("pub struct Arguments").unwrap();
    let options: Vec<&str> = code
        .split('"')
        .filter(|text| text.starts_with("--") && !text.contains([' ', ':']) && text.len() > 2)
        .collect();
    assert!(options.len() > 20, "{options:?}");
    for option in options {
        assert!(HELP.contains(&format!("  {option} ")), "{option}");
    }
}

/// A temporary file, removed on drop.
struct File(String);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("options-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path.to_str().unwrap().to_owned())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

#[test]
fn the_files_of_every_option_are_read() {
    const OTHER: &str = "0b0b0b0b-2555-4acf-be5b-26c48136575e";
    let key = rcgen::KeyPair::generate().unwrap();
    let ca = rcgen::CertificateParams::new(["ca".to_owned()]).unwrap().self_signed(&key).unwrap();
    let ca = File::new("ca.pem", &ca.pem());
    let key = File::new("key.pem", &key.serialize_pem());
    let host = |identifier: &str| {
        let text = format!(r#"{{"hostnames":["a.example"],"mtls_certificate_id":"{identifier}"}}"#);
        File::new(&format!("{identifier}.json"), &text)
    };
    let (partner, other) = (host(&PARTNER.to_uppercase()), host(OTHER));
    let (ca, key) = (&ca.0, &key.0);
    let needed = format!("--listen a:1 --cert {ca} --key {key} --client-ca {ca}");
    let [http, https] = ["http", "https"].map(|scheme| format!("--origin {scheme}://[::1]:1"));
    let by_partner = format!("{http} --hosts {} --ca", partner.0);
    let cases = [
        (http.clone(), ""),
        (format!("{https} --origin-ca {ca}"), ""),
        (format!("{https} --origin-ca {ca} --origin-http2"), ""),
        (https.clone(), "--origin-ca is missing: the origin's URL is https"),
        (format!("{http} --origin-ca {ca}"), "--origin-ca: the origin's URL is not https"),
        (format!("{https} --origin-ca {key}"), "key.pem: no PEM block of this kind"),
        (format!("{https} --origin-ca /nowhere"), "--origin-ca /nowhere: "),
        (format!("{by_partner} {PARTNER}={ca}"), ""),
        (format!("{http} --ca {PARTNER}={ca}"), ""),
        (
            format!("{http} --hosts {}", other.0),
            &format!("mtls_certificate_id {OTHER}: no --ca for it"),
        ),
        (format!("{by_partner} {OTHER}={ca}"), ": no --ca for it"),
        (format!("{by_partner} {ca}"), "--ca: failed to parse"),
        (format!("{by_partner} {PARTNER}=/nowhere"), "--ca /nowhere: "),
        (format!("{by_partner} {PARTNER}={ca} --ca {PARTNER}={ca}"), ": is duplicated"),
        (format!("{http} --key {ca}"), "--key: unknown or duplicated option"),
        (format!("{http} --client-crl {ca}"), "ca.pem: no PEM block of this kind"),
    ];
    for (line, message) in cases {
        let line = format!("{needed} {line}");
        let error = Arguments::parse(line.split(' ').map(Into::into).collect()).err();
        let error = error.map_or_else(String::new, |error| error.to_string());
        assert!(
            error.contains(message) && error.is_empty() == message.is_empty(),
            "{line}: {error}"
        );
    }
}
