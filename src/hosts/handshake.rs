//! The facts of a handshake that decide about a connection's requests.

use alloc::sync::Arc;

use crate::client::ClientCertificate;

/// The server name and the client of a handshake. Put a clone into the extensions of each request where you accept connections, for
/// [`EnforceLayer`](../tower/struct.EnforceLayer.html). Cloning it copies no bytes.
///
/// ```
/// use tls_client_auth::ClientCertificate;
/// use tls_client_auth::hosts::Handshake;
///
/// let handshake = Handshake::new(Some("api.example.com"), ClientCertificate::none());
/// assert_eq!(handshake.server_name(), Some("api.example.com"));
/// assert!(!handshake.client().is_presented());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Handshake {
    server_name: Option<Arc<str>>,
    client: ClientCertificate,
}

impl Handshake {
    /// Creates a value from the ClientHello's server name, as sent, and the client.
    #[must_use]
    pub fn new(server_name: Option<&str>, client: ClientCertificate) -> Self {
        Self { server_name: server_name.map(Arc::from), client }
    }

    /// The server name, as sent: `api.example.com`. `None` if the client sent none.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// The client.
    #[must_use]
    pub const fn client(&self) -> &ClientCertificate {
        &self.client
    }
}
