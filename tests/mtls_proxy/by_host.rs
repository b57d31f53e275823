//! The example proxy's hosts: which ask for a certificate, enforce it and forward it.

use super::*;
use origin::Seen;

/// `www` does not ask, `quiet` asks, `api` enforces and forwards, `app` asks and forwards.
fn page(certificates: &Certificates, admission: Admission) -> Settings {
    let hosts = Hosts::new()
        .ask(["quiet.example", "api.example", "app.example"])
        .unwrap()
        .enforce(["api.example"])
        .unwrap()
        .forward(["api.example", "app.example"])
        .unwrap();
    let tls = certificates.tls(admission).unwrap();
    Settings { tls, hosts, forwards_all: false, ..settings(certificates) }
}

async fn scene(admission: Admission) -> Scene {
    let scene = Scene::new(|_| {}).await;
    scene.proxy.proxy.reload(page(&scene.certificates, admission)).unwrap();
    scene
}

/// The status of a request on a new connection to this server name, and whether the origin got the certificate, if it got a request.
/// `None` if there was no connection.
async fn get(
    scene: &Scene,
    server_name: &'static str,
    host: &str,
    client: Client,
) -> Option<(u16, Option<bool>)> {
    let config = scene.certificates.client_config(client).unwrap();
    let connection = Http2::connect_to(server_name, scene.proxy.port, &config).await;
    let status = connection.ok()?.get(host, "/", &[(SHA256, "f0f0")]).await.ok()?;
    let seen = scene.origin.take();
    assert!(seen.iter().all(|seen| !seen.has_forged()), "{server_name}, {host}");
    Some((status.as_u16(), seen.first().map(Seen::carries_certificate)))
}

#[tokio::test]
async fn each_host_gets_its_configured_policy() {
    const REFUSED: Option<(u16, Option<bool>)> = Some((403, None));
    const MISDIRECTED: Option<(u16, Option<bool>)> = Some((421, None));
    const UNREADABLE: Option<(u16, Option<bool>)> = Some((400, None));
    const WITHOUT: Option<(u16, Option<bool>)> = Some((200, Some(false)));
    const WITH: Option<(u16, Option<bool>)> = Some((200, Some(true)));
    let [www, quiet, api, app] = ["www.example", "quiet.example", "api.example", "app.example"];
    // The connection's server name, the request's host, and the outcome for each of `clients`.
    let cases = [
        (www, www, [WITHOUT; 5]),
        (quiet, quiet, [WITHOUT; 5]),
        (app, app, [WITHOUT, WITHOUT, WITHOUT, WITHOUT, WITH]),
        (api, api, [REFUSED, REFUSED, REFUSED, REFUSED, WITH]),
        (api, "API.Example.:8443", [REFUSED, REFUSED, REFUSED, REFUSED, WITH]),
        (quiet, api, [REFUSED, REFUSED, REFUSED, REFUSED, WITH]),
        (api, quiet, [WITHOUT; 5]),
        (www, api, [MISDIRECTED; 5]),
        (www, app, [MISDIRECTED; 5]),
        (app, www, [MISDIRECTED; 5]),
        (www, "another.example", [WITHOUT; 5]),
        // HTTP/2 states the host twice here, in forms that cannot be compared.
        (api, "-api.example", [UNREADABLE; 5]),
        (api, "127.1", [UNREADABLE; 5]),
    ];
    let clients =
        [Client::Nobody, Client::Stranger, Client::Expired, Client::Revoked, Client::Known];
    let any = scene(Admission::Any).await;
    for (server_name, host, expected) in cases {
        for (client, expected) in clients.into_iter().zip(expected) {
            let got = get(&any, server_name, host, client).await;
            assert_eq!(got, expected, "{client:?} at {host}, connected to {server_name}");
        }
    }
    // In the other modes a client that fails verification gets no connection, except to hosts that do not ask.
    for (admission, nobody) in
        [(Admission::Verified, None), (Admission::VerifiedOrNone, Some((403, None)))]
    {
        let scene = scene(admission).await;
        for client in clients {
            assert_eq!(get(&scene, www, www, client).await, WITHOUT, "{client:?}");
            let expected = match client {
                Client::Nobody => nobody,
                Client::Known => WITH,
                _ => None,
            };
            assert_eq!(get(&scene, api, api, client).await, expected, "{client:?}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_logged_with_its_reason() {
    let scene = scene(Admission::Any).await;
    let cases = [
        (Client::Nobody, "403 verdict=\"NONE\": no client certificate (absent)"),
        (Client::Stranger, "client certificate not verified (untrusted)"),
        (Client::Expired, "client certificate not verified (expired)"),
        (Client::Revoked, "client certificate not verified (untrusted)"),
    ];
    for (client, reason) in cases {
        get(&scene, "api.example", "api.example", client).await;
        let lines = scene.proxy.error_log.take();
        let [line] = &lines[..] else { panic!("{client:?}: {lines:?}") };
        assert!(line.contains(" api.example \"GET / HTTP/2.0\" 403 "), "{client:?}: {line}");
        assert!(line.ends_with(reason), "{client:?}: {line}");
        assert!(scene.proxy.access_log.take()[0].contains("\" 403 verdict="), "{client:?}");
    }
    get(&scene, "www.example", "api.example", Client::Known).await;
    let lines = scene.proxy.error_log.take();
    assert!(
        lines[0].ends_with("421 verdict=\"NONE\": the handshake was for another host (absent)"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_request_names_one_host() {
    let scene = scene(Admission::Any).await;
    let cases: [(&[u8], &str); 6] = [
        (b"GET / HTTP/1.1\r\nHost: app.example", "200"),
        (b"GET http://app.example/ HTTP/1.1\r\nHost: app.example:443", "200"),
        (b"GET http://api.example/ HTTP/1.1\r\nHost: app.example", "400"),
        (b"GET / HTTP/1.1\r\nHost: app.example\r\nHost: app.example", "400"),
        (b"GET / HTTP/1.0", "400"),
        (b"GET / HTTP/1.1\r\nHost: www.example@app.example", "421"),
    ];
    for (request, status) in cases {
        let answer = scene.raw(&[request, b"\r\nConnection: close\r\n\r\n"].concat()).await;
        let name = String::from_utf8_lossy(request);
        assert_eq!(answer.split(' ').nth(1), Some(status), "{name}");
    }
}

#[tokio::test]
async fn without_a_list_every_host_asks_and_forwards() {
    let scene = Scene::new(|_| {}).await;
    let tls = || scene.certificates.tls(Admission::Any).unwrap();
    let get = |host| get(&scene, host, host, Client::Known);
    assert_eq!(get("www.example").await, Some((200, Some(true))));
    // Enforcing a host does not change which hosts ask.
    let hosts = Hosts::new().enforce(["api.example"]).unwrap();
    scene
        .proxy
        .proxy
        .reload(Settings { tls: tls(), hosts, ..settings(&scene.certificates) })
        .unwrap();
    for host in ["www.example", "api.example"] {
        assert_eq!(get(host).await, Some((200, Some(true))), "{host}");
    }
    // An empty association is a list: no host asks.
    let hosts = Hosts::new().ask::<&str>([]).unwrap();
    scene
        .proxy
        .proxy
        .reload(Settings { tls: tls(), hosts, ..settings(&scene.certificates) })
        .unwrap();
    assert_eq!(get("www.example").await, Some((200, Some(false))));
}

#[tokio::test]
async fn a_reload_of_hosts_applies_to_open_connections() {
    let scene = Scene::new(|_| {}).await;
    let nobody = scene.certificates.client_config(Client::Nobody).unwrap();
    let open = Http2::connect_to("api.example", scene.proxy.port, &nobody).await.unwrap();
    assert_eq!(open.clone().get("api.example", "/", &[]).await.unwrap(), 200);
    scene.proxy.proxy.reload(page(&scene.certificates, Admission::VerifiedOrNone)).unwrap();
    assert_eq!(open.clone().get("api.example", "/", &[]).await.unwrap(), 403);
    assert_eq!(open.get("www.example", "/", &[]).await.unwrap(), 421);
}

#[test]
fn hosts_are_read_from_files_and_options() {
    let folder = std::env::temp_dir();
    let file = |name: &str, text: &str| {
        let file = folder.join(format!("{name}-{}.json", std::process::id()));
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let own = file("own", r#"{"hostnames":["quiet.example"]}"#);
    let identifier = "b2134436-2555-4acf-be5b-26c48136575e";
    let uploaded = file(
        "uploaded",
        &format!(r#"{{"hostnames":["api.example"],"mtls_certificate_id":"{identifier}"}}"#),
    );
    let settings = file(
        "settings",
        r#"{"settings":[{"hostname":"app.example","china_network":false,"client_certificate_forwarding":true}]}"#,
    );
    let broken = file("broken", r#"{"hostnames":["a b"]}"#);
    let enforced = ["api.example".to_owned()];
    let read = hosts::read(&[own.clone(), uploaded.clone()], &enforced, Some(&settings)).unwrap();
    assert!(read.asks(Some("quiet.example")) && !read.asks(Some("app.example")));
    assert_eq!(read.mtls_certificate_id(Some("api.example")), Some(identifier));
    assert!(read.enforces("api.example") && !read.enforces("quiet.example"));
    assert!(read.forwards("app.example") && !read.forwards("api.example"));
    let wrong = [
        (hosts::read(&["/nowhere".to_owned()], &[], None), "--hosts /nowhere: No such file"),
        (hosts::read(std::slice::from_ref(&broken), &[], None), "hostnames[0]: \"a b\""),
        (hosts::read(&[], &["a:443".to_owned()], None), "--enforce: enforced[0]: \"a:443\""),
        (hosts::read(&[], &[], Some("/nowhere")), "--settings /nowhere: No such file"),
        (hosts::read(&[], &[], Some(&own)), "missing field `settings`"),
    ];
    for (read, message) in wrong {
        let error = read.unwrap_err().to_string();
        assert!(error.contains(message), "{message}: {error}");
    }
    for file in [own, uploaded, settings, broken] {
        std::fs::remove_file(file).unwrap();
    }
}
