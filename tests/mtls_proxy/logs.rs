//! The example proxy's access log and error log.

use super::*;
use proxy::log::Errors;

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
            b"GET http://b.example/a HTTP/1.1\r\nHost: b.example",
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
            "a host that cannot be parsed",
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
    // A request that the client cancels has a line, too.
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
    let nobody = scene.certificates.client_config(Client::Nobody).unwrap();
    let mut connection = Http1::connect(scene.proxy.port, &nobody).await.unwrap();
    connection.get("app.example", "/", &[]).await.unwrap();
    let lines = scene.proxy.access_log.take();
    assert!(lines[0].ends_with(" 200 verdict=\"NONE\""), "{lines:?}");
}

#[tokio::test]
async fn an_error_line_names_the_peer_or_the_client() {
    let scene = Scene::new(|_| {}).await;
    // A connection without TLS, one with malformed HTTP, and one with a certificate too large for its header.
    let mut stream = TcpStream::connect(("127.0.0.1", scene.proxy.port)).await.unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
    let address = stream.local_addr().unwrap().to_string();
    scene.raw(b"\0\r\n\r\n").await;
    let limits = Limits::new().encoded_leaf(100);
    let forwarding = Forwarding::cloudflare().limits(limits);
    scene.proxy.proxy.reload(Settings { forwarding, ..settings(&scene.certificates) }).unwrap();
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
