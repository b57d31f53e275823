//! The command line.

use super::*;
use forwarding::Chosen;

#[test]
fn every_bad_argument_has_a_message() {
    let needed = "--listen 127.0.0.1:0 --origin http://127.0.0.1:1 --cert /dev/null --key /dev/null --client-ca /dev/null";
    let cases = [
        ("--origin http://127.0.0.1:1", "--listen is missing; see --help"),
        ("--listen", "--listen: the '--listen' option doesn't have an associated value"),
        (
            "--listen a --origin ftp://a --cert a --key a --client-ca a",
            "--origin ftp://a: an http URL",
        ),
        (
            "--listen a --origin http://a/b --cert a --key a --client-ca a",
            "--origin http://a/b: an http URL",
        ),
        ("NEEDED --frobnicate", "--frobnicate: no such option, or given twice"),
        ("NEEDED --listen 127.0.0.1:1", "--listen: no such option, or given twice"),
        ("NEEDED --log --log", "--log: no such option, or given twice"),
        ("NEEDED --max-connections 0", "--max-connections: from 1"),
        ("NEEDED --max-connections many", "--max-connections: failed to parse 'many'"),
        ("NEEDED --max-header-bytes=8191", "--max-header-bytes: from 8192"),
        ("NEEDED --idle-timeout 0", "--idle-timeout 0: from 1"),
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
        let line = line.replace("NEEDED", needed);
        let arguments = line.split(' ').map(Into::into).collect();
        let error = Arguments::parse(arguments).err().unwrap().to_string();
        assert!(error.contains(message), "{line}: {error}");
    }
}

#[test]
fn headers_are_chosen_by_options_or_a_file() {
    let none = || Chosen {
        file: None,
        when: None,
        sets: Vec::new(),
        renamed: Vec::new(),
        own: Vec::new(),
        also_strip: Vec::new(),
    };
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
        std::fs::remove_file(file().unwrap()).unwrap();
    }
    let wrong = [
        ("--headers nginks: ", Chosen { sets: vec!["nginks".to_owned()], ..none() }),
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
