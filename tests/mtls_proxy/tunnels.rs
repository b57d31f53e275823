//! Upgrades to another protocol through the example's proxy.

use super::*;

#[tokio::test]
async fn only_protocols_that_carry_no_requests_are_tunnelled() {
    use StatusCode as Status;
    let scene = Scene::new(|options| options.upgrades = vec!["kitchen/1".to_owned()]).await;
    let upgrade = ("Connection", "keep-alive, Upgrade");
    // The client's headers, and the `Upgrade` header that the origin gets.
    let cases: &[(&str, clients::Headers<'_>, Option<&str>)] = &[
        ("websocket", &[upgrade, ("Upgrade", "websocket")], Some("websocket")),
        ("with upper case", &[upgrade, ("Upgrade", "WebSocket")], Some("WebSocket")),
        ("the operator's", &[upgrade, ("Upgrade", "kitchen/1")], Some("kitchen/1")),
        ("the second choice", &[upgrade, ("Upgrade", "h2c, websocket")], Some("websocket")),
        ("h2c", &[upgrade, ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk")], None),
        ("TLS", &[upgrade, ("Upgrade", "TLS/1.2")], None),
        ("another version", &[upgrade, ("Upgrade", "HTTP/2.0")], None),
        ("an unknown protocol", &[upgrade, ("Upgrade", "kitchen/2")], None),
        ("not listed in Connection", &[("Upgrade", "websocket")], None),
        ("no upgrade", &[upgrade], None),
    ];
    for (name, headers, asked) in cases {
        let (status, _) = scene.http1().await.switch("/echo", headers, b"").await.unwrap();
        let seen = &scene.origin.take()[0];
        assert_eq!(seen.value("upgrade"), *asked, "{name}");
        assert_eq!(seen.value("connection"), asked.map(|_| "upgrade"), "{name}");
        assert_eq!(seen.value("http2-settings"), None, "{name}");
        assert!(
            seen.value(SHA256).is_some(),
            "{name}: the upgrade request carries the certificate"
        );
        // The test's origin answers every `Upgrade` with websocket.
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
async fn a_tunnel_passes_bytes_until_it_is_idle() {
    let scene = Scene::new(|options| options.limits.idle = SHORT).await;
    let mut stream =
        clients::tls("app.example", scene.proxy.port, &scene.client, b"http/1.1").await.unwrap();
    let request = "GET /echo HTTP/1.1\r\nHost: app.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"early") {
        assert_ne!(timeout(PATIENCE, stream.read_buf(&mut answer)).await.unwrap().unwrap(), 0);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101 "));
    // More than the buffers hold, in both directions at once, for longer than the idle timeout.
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
