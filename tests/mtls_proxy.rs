//! What the example's proxy does as any proxy must: upgrades, HTTP/2 to the origin, limits, logs, settings read anew.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "tests, and the modules of a program"
)]

#[path = "../examples/mtls_proxy/arguments.rs"]
mod arguments;
#[path = "../examples/mtls_proxy/demonstration/certificates.rs"]
mod certificates;
#[path = "../examples/mtls_proxy/demonstration/clients.rs"]
mod clients;
#[path = "../examples/mtls_proxy/forwarding.rs"]
mod forwarding;
#[path = "../examples/mtls_proxy/demonstration/origin.rs"]
mod origin;
#[path = "../examples/mtls_proxy/proxy/mod.rs"]
mod proxy;
#[path = "../examples/mtls_proxy/demonstration/stage.rs"]
mod stage;

use std::time::Duration;

use hyper::{StatusCode, Version};
use rustls::ClientConfig;
use tls_client_auth::field::Limits;
use tls_client_auth::{
    ClientCertificate, Dialect, Forwarding, HeaderSet, TlsClientAuth, Verification,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use arguments::{Arguments, HELP};
use certificates::Certificates;
use clients::{Http1, Http2};
use forwarding::Chosen;
use origin::Origin;
use proxy::log::Errors;
use proxy::{Admission, Options, Settings};
use stage::{Lines, Stage};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const SHORT: Duration = Duration::from_millis(150);
const PATIENCE: Duration = Duration::from_secs(10);
const SHA256: &str = "cf-client-cert-sha256";

/// An origin, a proxy in front of it, and a client with a certificate.
struct Scene {
    origin: Origin,
    proxy: Stage,
    client: ClientConfig,
    certificates: Certificates,
}

impl Scene {
    async fn new(change: impl FnOnce(&mut Options)) -> Self {
        let certificates = Certificates::new().unwrap();
        let origin = Origin::start().await.unwrap();
        let settings = settings(&certificates);
        let proxy = Stage::start(origin.port, settings, change).await.unwrap();
        let client = certificates.client_config(true).unwrap();
        Self { origin, proxy, client, certificates }
    }

    async fn http1(&self) -> Http1 {
        Http1::connect(self.proxy.port, &self.client).await.unwrap()
    }

    async fn http2(&self) -> Http2 {
        Http2::connect(self.proxy.port, &self.client).await.unwrap()
    }

    /// What comes back on a connection of its own until it is closed.
    async fn raw(&self, request: &[u8]) -> String {
        let mut stream = clients::tls(self.proxy.port, &self.client, b"http/1.1").await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        // A connection that ends without TLS's own sign ends all the same.
        let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn settings(certificates: &Certificates) -> Settings {
    let tls = certificates.tls(Admission::VerifiedOrNone).unwrap();
    Settings { tls, forwarding: Forwarding::cloudflare(), hosts: None }
}

#[tokio::test]
async fn only_what_carries_no_requests_is_tunnelled() {
    use StatusCode as Status;
    let scene = Scene::new(|options| options.upgrades = vec!["kitchen/1".to_owned()]).await;
    let upgrade = ("Connection", "keep-alive, Upgrade");
    // What the client sends, and what the origin is asked for.
    let cases: &[(&str, clients::Headers<'_>, Option<&str>)] = &[
        ("websocket", &[upgrade, ("Upgrade", "websocket")], Some("websocket")),
        ("in capitals", &[upgrade, ("Upgrade", "WebSocket")], Some("WebSocket")),
        ("the operator's", &[upgrade, ("Upgrade", "kitchen/1")], Some("kitchen/1")),
        ("the second choice", &[upgrade, ("Upgrade", "h2c, websocket")], Some("websocket")),
        ("h2c", &[upgrade, ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk")], None),
        ("TLS", &[upgrade, ("Upgrade", "TLS/1.2")], None),
        ("another version", &[upgrade, ("Upgrade", "HTTP/2.0")], None),
        ("one that nobody knows", &[upgrade, ("Upgrade", "kitchen/2")], None),
        ("not listed in Connection", &[("Upgrade", "websocket")], None),
        ("no upgrade", &[upgrade], None),
    ];
    for (name, headers, asked) in cases {
        let (status, _) = scene.http1().await.switch("/echo", headers, b"").await.unwrap();
        let seen = &scene.origin.take()[0];
        assert_eq!(seen.value("upgrade"), *asked, "{name}");
        assert_eq!(seen.value("connection"), asked.map(|_| "upgrade"), "{name}");
        assert_eq!(seen.value("http2-settings"), None, "{name}");
        assert!(seen.value(SHA256).is_some(), "{name}: the handshake is a request");
        // This origin knows websocket alone, whatever it is asked for.
        let expected = match asked {
            Some(asked) if asked.eq_ignore_ascii_case("websocket") => Status::SWITCHING_PROTOCOLS,
            Some(_) => Status::BAD_GATEWAY,
            None => Status::UPGRADE_REQUIRED,
        };
        assert_eq!(status, expected, "{name}");
    }
    let status = scene.http1().await.get("app.example", "/unasked", &[]).await.unwrap();
    assert_eq!(status, Status::BAD_GATEWAY);
    let lines = scene.proxy.error_log.take();
    assert_eq!(lines.iter().filter(|line| line.contains("101 without")).count(), 2, "{lines:?}");
    assert!(scene.raw(b"CONNECT app.example:443 HTTP/1.1\r\nHost: app.example:443\r\nConnection: close\r\n\r\n").await.starts_with("HTTP/1.1 501"));
}

#[tokio::test]
async fn a_tunnel_passes_bytes_until_nothing_moves() {
    let scene = Scene::new(|options| options.limits.idle = SHORT).await;
    let mut stream = clients::tls(scene.proxy.port, &scene.client, b"http/1.1").await.unwrap();
    let request = "GET /echo HTTP/1.1\r\nHost: app.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"early") {
        assert_ne!(timeout(PATIENCE, stream.read_buf(&mut answer)).await.unwrap().unwrap(), 0);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101 "));
    // More than any buffer holds, both ways at once, for longer than a tunnel may rest.
    let (mut from, mut to) = tokio::io::split(stream);
    let sender = tokio::spawn(async move {
        for _ in 0..10 {
            to.write_all(&[7; 1 << 17]).await.unwrap();
            tokio::time::sleep(SHORT / 2).await;
        }
        to
    });
    let mut came = vec![0; 10 << 17];
    timeout(PATIENCE, from.read_exact(&mut came)).await.unwrap().unwrap();
    assert!(came.iter().all(|byte| *byte == 7));
    let to = sender.await.unwrap();
    let ended = timeout(PATIENCE, from.read(&mut came)).await;
    assert!(matches!(ended, Ok(Ok(0) | Err(_))), "{ended:?}");
    drop(to);
}

#[tokio::test]
async fn grpc_passes_over_http2_with_its_trailers() {
    let scene = Scene::new(|options| options.origin_http2 = true).await;
    let connection = scene.http2().await;
    let trailers = [("x-sum", "7"), (SHA256, "f0f0"), ("Client-Cert", ":Zm9yZ2Vk:")];
    for carries in [true, false] {
        let answered = connection.clone().call("app.example", &trailers).await.unwrap();
        assert_eq!(answered["grpc-status"], "0");
        let seen = &scene.origin.take()[0];
        assert_eq!(seen.version, Version::HTTP_2);
        assert_eq!(seen.value(":authority"), Some("app.example"));
        assert_eq!((seen.value("host"), seen.value("te")), (None, Some("trailers")));
        assert_eq!(seen.value("x-sum"), Some("7"));
        assert_eq!(seen.carries_certificate(), carries);
        assert!(!seen.has_forged());
    }
    let status = scene.http1().await.get("app.example", "/", &[]).await.unwrap();
    assert_eq!((status, scene.origin.take()[0].version), (StatusCode::OK, Version::HTTP_2));
    let headers = [("Connection", "Upgrade"), ("Upgrade", "websocket")];
    let switched = scene.http1().await.switch("/echo", &headers, b"echo").await.unwrap();
    assert_eq!(switched, (StatusCode::SWITCHING_PROTOCOLS, b"echo".to_vec()));
    assert_eq!(scene.origin.take()[0].version, Version::HTTP_11);
    assert_eq!(scene.origin.open_connections(), 1, "one for all requests");
    // The origin closes it, as at a restart: the next request makes another.
    assert_eq!(connection.clone().get("app.example", "/fails", &[]).await.unwrap(), 502);
    assert_eq!(connection.get("app.example", "/", &[]).await.unwrap(), StatusCode::OK);
}

#[tokio::test]
async fn an_origin_that_hangs_or_is_gone_is_no_answer() {
    for http2 in [false, true] {
        let scene = Scene::new(|options| {
            options.limits.answer = SHORT;
            options.origin_http2 = http2;
        })
        .await;
        let mut connection = scene.http1().await;
        let status = connection.get("app.example", "/hangs", &[]).await.unwrap();
        assert_eq!(status, StatusCode::GATEWAY_TIMEOUT, "{http2}");
        assert!(scene.origin.take()[0].carries_certificate());
        connection.get("app.example", "/", &[]).await.unwrap();
        assert!(scene.origin.take()[0].carries_certificate(), "{http2}: given back");

        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let scene = Scene::new(|options| {
            options.origin = gone.to_string().parse().unwrap();
            options.origin_http2 = http2;
        })
        .await;
        let connection = scene.http2().await;
        for _ in 0..400 {
            let status = connection.clone().get("app.example", "/", &[]).await.unwrap();
            assert_eq!(status, StatusCode::BAD_GATEWAY, "{http2}");
        }
        assert_eq!(scene.proxy.access_log.take().len(), 400);
        let lines = scene.proxy.error_log.take();
        assert_eq!(lines.len(), 20, "{http2}: an outage does not fill the disk");
        for line in lines {
            assert!(line.contains("\"GET / HTTP/2.0\" - verdict=\"SUCCESS\" "), "{line}");
            assert!(line.contains("CN=client") && line.contains("Connection refused"), "{line}");
        }
    }
}

#[tokio::test]
async fn errors_left_out_are_counted() {
    let lines = Lines::default();
    let errors = Errors::new(lines.sink(), SHORT);
    for number in 0..100 {
        errors.report("192.0.2.1:5", format_args!("number {number}\n\"\u{1b}[2J"));
    }
    tokio::time::sleep(SHORT).await;
    errors.report("192.0.2.1:5", "one more");
    let lines = lines.take();
    assert_eq!(lines.len(), 22);
    assert!(lines[0].ends_with(r"Z 192.0.2.1:5: number 0\x0A\x22\x1B[2J"), "{}", lines[0]);
    assert!(lines[20].ends_with("Z and 80 more errors like these"), "{}", lines[20]);
    assert!(lines[21].ends_with("Z 192.0.2.1:5: one more"), "{}", lines[21]);
}

#[tokio::test]
async fn the_access_log_has_one_printable_line_a_request() {
    let scene = Scene::new(|_| {}).await;
    let identity = |line: &str| {
        line.contains("verdict=\"SUCCESS\" ")
            && line.ends_with("subject=\"CN=client,O=Example Corp\"")
    };
    let cases: [(&str, &[u8], &str); 6] = [
        (
            "plain",
            b"GET /a?b=c HTTP/1.1\r\nHost: app.example",
            " app.example \"GET /a?b=c HTTP/1.1\" 200 ",
        ),
        (
            "absolute",
            b"GET http://b.example/a HTTP/1.1\r\nHost: app.example",
            " b.example \"GET /a HTTP/1.1\" 200 ",
        ),
        (
            "quotes and letters",
            b"GET /\"\xc3\xa9\" HTTP/1.1\r\nHost: app.example",
            r#" app.example "GET /\x22\xC3\xA9\x22 HTTP/1.1" 200 "#,
        ),
        (
            "two hosts",
            b"GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example",
            " - \"GET / HTTP/1.1\" 400 ",
        ),
        (
            "no host that one could name",
            b"GET / HTTP/1.1\r\nHost: a\"b",
            " - \"GET / HTTP/1.1\" 400 ",
        ),
        (
            "a tunnel",
            b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443",
            " a.example:443 \"CONNECT a.example:443 HTTP/1.1\" 501 ",
        ),
    ];
    for (name, request, part) in cases {
        scene.raw(&[request, b"\r\nConnection: close\r\n\r\n"].concat()).await;
        let lines = scene.proxy.access_log.take();
        assert_eq!(lines.len(), 1, "{name}: {lines:?}");
        let line = &lines[0];
        assert!(line.contains(part) && identity(line), "{name}: {line}");
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{name}: {line}");
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(
            time.len() == 20 && time.ends_with('Z') && rest.starts_with("127.0.0.1:"),
            "{name}: {line}"
        );
    }
    // One that the client gives up has a line, too.
    let given_up = tokio::spawn(scene.http2().await.get("app.example", "/hangs", &[]));
    scene.origin.take();
    scene.origin.wait().await;
    given_up.abort();
    let mut lines = Vec::new();
    while lines.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
        lines = scene.proxy.access_log.take();
    }
    assert!(lines[0].contains("\"GET /hangs HTTP/2.0\" - verdict=\"SUCCESS\""), "{lines:?}");
    let nobody = scene.certificates.client_config(false).unwrap();
    let mut connection = Http1::connect(scene.proxy.port, &nobody).await.unwrap();
    connection.get("app.example", "/", &[]).await.unwrap();
    let lines = scene.proxy.access_log.take();
    assert!(lines[0].ends_with(" 200 verdict=\"NONE\""), "{lines:?}");
}

#[tokio::test]
async fn a_burst_leaves_no_connection_behind() {
    let scene = Scene::new(|options| options.limits.idle = SHORT).await;
    let connections = [scene.http2().await, scene.http2().await];
    let requests = connections.iter().cycle().take(400);
    let requests: Vec<_> = requests
        .map(|connection| tokio::spawn(connection.clone().get("app.example", "/slow", &[])))
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap(), StatusCode::OK);
    }
    let closed = async {
        while scene.origin.open_connections() > 0 {
            tokio::time::sleep(SHORT).await;
        }
    };
    timeout(PATIENCE, closed).await.unwrap();
    let told = async {
        while connections[0].clone().get("app.example", "/", &[]).await.is_ok() {
            tokio::time::sleep(SHORT * 4).await;
        }
    };
    timeout(PATIENCE, told).await.expect("the client's own connection is closed when it rests");
}

#[tokio::test]
async fn limits_hold() {
    let scene = Scene::new(|options| {
        options.limits.connections = 1;
        options.limits.header_bytes = 8192;
        options.limits.head = SHORT;
    })
    .await;
    let mut first = scene.http1().await;
    assert_eq!(first.get("app.example", "/", &[]).await.unwrap(), StatusCode::OK);
    let port = scene.proxy.port;
    let config = scene.client.clone();
    let second = tokio::spawn(async move { Http1::connect(port, &config).await.map(|_| ()) });
    tokio::time::sleep(SHORT / 3).await;
    assert!(!second.is_finished(), "it waits for the first to end");
    // Which it does, because nothing is asked on it any more.
    timeout(PATIENCE, second).await.unwrap().unwrap().unwrap();
    let large = "x".repeat(9000);
    let request = format!("GET / HTTP/1.1\r\nHost: app.example\r\nX-Large: {large}\r\n\r\n");
    assert!(scene.raw(request.as_bytes()).await.starts_with("HTTP/1.1 431 "));
    assert_eq!(scene.raw(b"GET / HTTP/1.1\r\nHost: ").await, "", "a head that does not come");
    let lines = scene.proxy.error_log.take();
    assert!(
        !lines.iter().any(|line| line.contains("timed out") || line.contains("timeout")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn settings_read_anew_drop_no_connection() {
    let scene = Scene::new(|_| {}).await;
    let open = scene.http2().await;
    let running = tokio::spawn(open.clone().get("app.example", "/slow", &[]));
    scene.origin.wait().await;
    let others = Certificates::new().unwrap();
    scene.proxy.proxy.reload(settings(&others));
    assert_eq!(running.await.unwrap().unwrap(), StatusCode::OK);
    assert_eq!(open.get("app.example", "/", &[]).await.unwrap(), StatusCode::OK);
    assert!(Http1::connect(scene.proxy.port, &scene.client).await.is_err());
    let config = others.client_config(true).unwrap();
    let mut connection = Http1::connect(scene.proxy.port, &config).await.unwrap();
    assert_eq!(connection.get("app.example", "/", &[]).await.unwrap(), StatusCode::OK);
}

#[tokio::test]
async fn the_issuer_s_serial_number_is_that_of_the_listener_s_authority() {
    let scene = Scene::new(|_| {}).await;
    let field = "issuer-serial".parse().unwrap();
    let set = HeaderSet::new("own", Dialect::OpenSsl, [("X-Issuer-Serial", field)]).unwrap();
    let forwarding = Forwarding::none().on_every_request(set);
    let tls = scene.certificates.tls(Admission::Verified).unwrap();
    scene.proxy.proxy.reload(Settings { tls, forwarding, hosts: None });
    scene.http1().await.get("app.example", "/", &[]).await.unwrap();
    let root = ClientCertificate::presented(&scene.certificates.root[..], Verification::None);
    let root = TlsClientAuth::new(&root);
    let seen = scene.origin.take();
    assert_eq!(seen[0].value("x-issuer-serial"), Some(root.cert_serial()));
}

#[tokio::test]
async fn an_error_tells_whose_it_is() {
    let scene = Scene::new(|_| {}).await;
    // One that never says TLS, one whose HTTP is none, and one whose certificate is too large for its header.
    let mut stream = TcpStream::connect(("127.0.0.1", scene.proxy.port)).await.unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
    let address = stream.local_addr().unwrap().to_string();
    scene.raw(b"\0\r\n\r\n").await;
    let limits = Limits::new().encoded_leaf(100);
    let forwarding = Forwarding::cloudflare().limits(limits);
    let tls = scene.certificates.tls(Admission::Verified).unwrap();
    scene.proxy.proxy.reload(Settings { tls, forwarding, hosts: None });
    scene.http1().await.get("app.example", "/", &[]).await.unwrap();
    let lines = scene.proxy.error_log.take();
    let ends = [
        (format!("{address}: handshake: "), "message"),
        (
            " verdict=\"SUCCESS\" ".to_owned(),
            " subject=\"CN=client,O=Example Corp\": invalid HTTP method parsed",
        ),
        (
            " \"GET / HTTP/1.1\" - verdict=\"SUCCESS\" ".to_owned(),
            "Cf-Client-Cert-Der-Base64 is left out: too large",
        ),
    ];
    assert_eq!(lines.len(), ends.len(), "{lines:?}");
    for (line, (part, end)) in lines.iter().zip(ends) {
        assert!(line.contains(&part) && line.contains(end), "{line}");
    }
}

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
        ("NEEDED --log --origin-http2 --upgrade tcp --optional", "--key /dev/null: "),
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
    let source = include_str!("../examples/mtls_proxy/arguments.rs");
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
