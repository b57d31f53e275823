//! A server that chooses its configuration by the ClientHello's server name: a session of a host that does not ask for a certificate
//! is not resumed at a host that asks.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::ring::{self, Ticketer};
use rustls::pki_types::ServerName;
use rustls::server::{Acceptor, NoClientAuth, ServerSessionMemoryCache};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, HandshakeKind, ServerConfig, ServerConnection,
    SupportedProtocolVersion,
};
use tls_client_auth::ClientCertificate;
use tls_client_auth::hosts::{Decision, Hosts};

use crate::handshake::{
    Pair, authority_params, client_config, client_params, finish, params, self_signed, signed,
    verifier,
};
use crate::one_for_all::OneForAll;

const NAMES: [&str; 3] = ["www.example.com", "api.example.com", "partner.example.com"];

/// How the server's two configurations store sessions.
#[derive(Clone, Copy, Debug)]
struct Sessions {
    tickets: bool,
    /// Whether both share one store or ticketer, which a server should avoid.
    shared: bool,
}

/// The hosts, and the configurations without and with a request for a certificate.
struct Server {
    hosts: Hosts,
    plain: Arc<ServerConfig>,
    asking: Arc<ServerConfig>,
}

impl Server {
    fn new(root: &Pair, sessions: Sessions) -> Self {
        let mut params = params("server");
        params.subject_alt_names =
            NAMES.map(|name| rcgen::SanType::DnsName(name.try_into().unwrap())).to_vec();
        let server = signed(params, root);
        let (store, ticketer) = (ServerSessionMemoryCache::new(256), Ticketer::new().unwrap());
        let config = |asks: bool| {
            let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap();
            let builder = match asks {
                true => builder.with_client_cert_verifier(verifier(root)),
                false => builder.with_client_cert_verifier(Arc::new(NoClientAuth)),
            };
            let chain = vec![server.certificate.der().clone()];
            let mut config = builder.with_single_cert(chain, server.private_key()).unwrap();
            match (sessions.tickets, sessions.shared) {
                (true, true) => config.ticketer = Arc::clone(&ticketer),
                (true, false) => config.ticketer = Ticketer::new().unwrap(),
                (false, true) => config.session_storage = store.clone(),
                (false, false) => {}
            }
            Arc::new(config)
        };
        let hosts = Hosts::new().ask(["api.example.com", "partner.example.com"]).unwrap();
        Self { hosts, plain: config(false), asking: config(true) }
    }

    /// A handshake of this client with this server name.
    fn handshake(&self, client: &Arc<ClientConfig>, name: &'static str) -> ServerConnection {
        let name = ServerName::try_from(name).unwrap();
        let mut client = ClientConnection::new(Arc::clone(client), name).unwrap();
        let mut hello = Vec::new();
        client.write_tls(&mut hello).unwrap();
        let mut acceptor = Acceptor::default();
        acceptor.read_tls(&mut &hello[..]).unwrap();
        let accepted = acceptor.accept().ok().flatten().unwrap();
        let asks = self.hosts.asks(accepted.client_hello().server_name());
        let config = if asks { &self.asking } else { &self.plain };
        let mut server = accepted.into_connection(Arc::clone(config)).ok().unwrap();
        finish(&mut server, &mut client).unwrap();
        server
    }
}

fn client(
    root: &Pair,
    version: &'static SupportedProtocolVersion,
) -> (Arc<ClientConfig>, Arc<OneForAll>) {
    let pair = signed(client_params(), root);
    let identity = (vec![pair.certificate.der().clone()], pair.private_key());
    let mut config = Arc::unwrap_or_clone(client_config(root, version, Some(identity)));
    let store = Arc::new(OneForAll::new());
    config.resumption = Resumption::store(store.clone());
    (Arc::new(config), store)
}

#[test]
fn a_session_of_a_host_that_does_not_ask_is_not_resumed_at_one_that_does() {
    let root = self_signed(authority_params("Root"));
    let [www, api, partner] = NAMES;
    // Hosts of the first and the second handshake, the kind of the second, and whether it has the client's certificate.
    let cases = [
        (www, www, HandshakeKind::Resumed, false),
        (api, api, HandshakeKind::Resumed, true),
        (www, api, HandshakeKind::Full, true),
        (api, www, HandshakeKind::Full, false),
        (api, partner, HandshakeKind::Full, true),
    ];
    for version in [&TLS12, &TLS13] {
        for (tickets, shared) in [(false, false), (false, true), (true, false), (true, true)] {
            let sessions = Sessions { tickets, shared };
            for (first, second, kind, has_certificate) in cases {
                let case = format!("{:?} {sessions:?}, {first}, {second}", version.version);
                let server = Server::new(&root, sessions);
                let (client, store) = client(&root, version);
                let before = server.handshake(&client, first);
                assert_eq!(before.handshake_kind(), Some(HandshakeKind::Full), "{case}");
                assert_eq!(before.peer_certificates().is_some(), first != www, "{case}");
                let after = server.handshake(&client, second);
                assert_eq!(store.offered(), 1, "one session was offered: {case}");
                assert_eq!(after.handshake_kind(), Some(kind), "{case}");
                assert_eq!(after.peer_certificates().is_some(), has_certificate, "{case}");
            }
        }
    }
}

#[test]
fn a_request_for_a_host_that_asks_is_misdirected_on_a_connection_that_was_not_asked() {
    let root = self_signed(authority_params("Root"));
    let server = Server::new(&root, Sessions { tickets: false, shared: false });
    for version in [&TLS12, &TLS13] {
        let (client, _) = client(&root, version);
        for (name, host, expected) in [
            ("www.example.com", "www.example.com", Decision::Withhold),
            ("www.example.com", "api.example.com", Decision::Misdirected),
            ("api.example.com", "API.example.com:443", Decision::Withhold),
            ("api.example.com", "partner.example.com", Decision::Withhold),
            ("api.example.com", "www.example.com", Decision::Misdirected),
        ] {
            let connection = server.handshake(&client, name);
            let certificates = connection.peer_certificates();
            let client = ClientCertificate::from_verified_chain(certificates).unwrap();
            let decision = server.hosts.decide(connection.server_name(), host, &client);
            assert_eq!(decision, expected, "{name} {host}");
        }
    }
}
