//! The library that is imitated: OpenSSL and BoringSSL print names, dates and reasons differently.

/// The library that is imitated in printed names, dates and reasons.
///
/// BoringSSL is the default: Cloudflare's edge is built on it. Behind an nginx, Apache or HAProxy of a
/// Linux distribution is OpenSSL.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a third library would be a breaking change of every form"
)]
pub enum Dialect {
    /// BoringSSL, as Cloudflare and Envoy link it.
    #[default]
    BoringSsl,
    /// OpenSSL 3.0 and later.
    OpenSsl,
}
