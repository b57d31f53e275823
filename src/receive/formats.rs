//! The tables: which headers each format has, and what each of them holds.

use alloc::vec::Vec;

use super::dates::DateForm::{HaProxy, OpenSsl, Rfc3339};
use super::reads::{Elements, Encoding, NameKind, Reads, VerdictForm};
use super::{Receiver, Unstated};
use crate::field::Flag;
use crate::record::Property;
use crate::x509::Dialect;

/// A name without a form of its own in the record: both of its properties are the same text.
const SUBJECTS: &[Property] = &[Property::SubjectDn, Property::SubjectDnRfc2253];
const ISSUERS: &[Property] = &[Property::IssuerDn, Property::IssuerDnRfc2253];
const SUBJECT: Reads = Reads::Rfc2253(SUBJECTS, Property::SubjectDnLegacy);
const ISSUER: Reads = Reads::Rfc2253(ISSUERS, Property::IssuerDnLegacy);
const SUBJECT_LEGACY: Reads = Reads::Legacy(SUBJECTS, Property::SubjectDnLegacy);
const ISSUER_LEGACY: Reads = Reads::Legacy(ISSUERS, Property::IssuerDnLegacy);
const SUBJECT_HAPROXY: Reads = Reads::HaProxyName(SUBJECTS, Property::SubjectDnLegacy);
const ISSUER_HAPROXY: Reads = Reads::HaProxyName(ISSUERS, Property::IssuerDnLegacy);
/// One certificate, or several in one value: nginx and those who copy its header.
const CERTIFICATE: Reads = Reads::LeafAndChain(Encoding::Any);
const SERIAL: Reads = Reads::Serial(Property::Serial);
const NOT_BEFORE: Reads = Reads::Date(Property::NotBefore, OpenSsl);
const NOT_AFTER: Reads = Reads::Date(Property::NotAfter, OpenSsl);
const VERDICT: Reads = Reads::Verdict(VerdictForm::Text);

/// The sample Worker's, without the verdict.
const WORKER_FACTS: [(&str, Reads); 8] = [
    ("X-CERT-ISSUER-DN", ISSUER),
    ("X-CERT-SUBJECT-DN", SUBJECT),
    ("X-CERT-ISSUER-DN-L", ISSUER_LEGACY),
    ("X-CERT-SUBJECT-DN-L", SUBJECT_LEGACY),
    ("X-CERT-SERIAL", SERIAL),
    ("X-CERT-FINGER", Reads::Sha1),
    ("X-CERT-NOTBE", NOT_BEFORE),
    ("X-CERT-NOTAF", NOT_AFTER),
];

impl Receiver {
    /// What [`HeaderSet::cloudflare`](crate::HeaderSet::cloudflare) sends: `Cf-Client-Cert-Der-Base64` and `…-Sha256`.
    ///
    /// Cloudflare sends them on the first request of a connection only, so a request without is not one without certificate.
    #[must_use]
    pub fn cloudflare(unstated: Unstated) -> Self {
        let table = [
            ("Cf-Client-Cert-Der-Base64", Reads::Leaf(Encoding::Base64)),
            ("Cf-Client-Cert-Sha256", Reads::Sha256),
        ];
        Self::new(Some(unstated), &table)
    }

    /// What [`HeaderSet::cloudflare_worker`](crate::HeaderSet::cloudflare_worker) sends. Facts, no certificate.
    ///
    /// The sample Worker as Cloudflare publishes it sends `X-CERT-VERIFY: undefined`, which is an error here: it reads the property
    /// `certVerify`, and the property's name is `certVerified`. Change that line of the Worker; for those who can't there is
    /// [`cloudflare_worker_as_published`](Self::cloudflare_worker_as_published).
    #[must_use]
    pub fn cloudflare_worker() -> Self {
        let row = core::iter::once(&("X-CERT-VERIFY", VERDICT));
        let table: Vec<_> = row.chain(&WORKER_FACTS).copied().collect();
        Self::new(None, &table)
    }

    /// The sample Worker as Cloudflare publishes it, whose `X-CERT-VERIFY` says `undefined` and is not read. The zone's rules must
    /// refuse clients that do not verify, or [`Unstated::NotVerified`] is the truth.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let request = [("X-CERT-VERIFY", "undefined"), ("X-CERT-SUBJECT-DN", "CN=a"), ("X-CERT-SERIAL", "")];
    /// assert!(Receiver::cloudflare_worker().receive(&request).is_err());
    /// let receiver = Receiver::cloudflare_worker_as_published(Unstated::NotVerified);
    /// let auth = receiver.receive(&request)?;
    /// assert!(auth.is_presented() && !auth.is_trusted());
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn cloudflare_worker_as_published(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &WORKER_FACTS)
    }

    /// What [`HeaderSet::cloudflare_managed`](crate::HeaderSet::cloudflare_managed) sends. Facts, no certificate; a failed
    /// verification comes without its reason.
    #[must_use]
    pub fn cloudflare_managed() -> Self {
        let table = [
            ("cf-cert-verified", Reads::Verdict(VerdictForm::Word)),
            ("cf-cert-presented", Reads::Presented(Flag::Word)),
            ("cf-cert-revoked", Reads::Revoked(Flag::Word)),
            ("cf-cert-issuer-dn", Reads::Rfc2253(&[Property::IssuerDn], Property::IssuerDnLegacy)),
            (
                "cf-cert-subject-dn",
                Reads::Rfc2253(&[Property::SubjectDn], Property::SubjectDnLegacy),
            ),
            (
                "cf-cert-issuer-dn-rfc2253",
                Reads::Rfc2253(&[Property::IssuerDnRfc2253], Property::IssuerDnLegacy),
            ),
            (
                "cf-cert-subject-dn-rfc2253",
                Reads::Rfc2253(&[Property::SubjectDnRfc2253], Property::SubjectDnLegacy),
            ),
            ("cf-cert-issuer-dn-legacy", ISSUER_LEGACY),
            ("cf-cert-subject-dn-legacy", SUBJECT_LEGACY),
            ("cf-cert-serial", SERIAL),
            ("cf-cert-issuer-serial", Reads::Serial(Property::IssuerSerial)),
            ("cf-cert-fingerprint-sha256", Reads::Sha256),
            ("cf-cert-fingerprint-sha1", Reads::Sha1),
            ("cf-cert-not-before", NOT_BEFORE),
            ("cf-cert-not-after", NOT_AFTER),
            ("cf-cert-ski", Reads::KeyIdentifier(Property::Ski)),
            ("cf-cert-issuer-ski", Reads::KeyIdentifier(Property::IssuerSki)),
        ];
        Self::new(None, &table)
    }

    /// RFC 9440: `Client-Cert` and `Client-Cert-Chain`, each one line. Cloudflare, Google, Envoy's `client_cert` filter and
    /// CloudFront's passthrough mode send it; the last two also for certificates that nobody verified.
    #[must_use]
    pub fn rfc9440(unstated: Unstated) -> Self {
        let table = [
            ("Client-Cert", Reads::Leaf(Encoding::ByteSequence)),
            ("Client-Cert-Chain", Reads::Chain(Encoding::ByteSequence)),
        ];
        Self::new(Some(unstated), &table)
    }

    /// nginx's variables `$ssl_client_…` in headers of the same names. The certificate is `$ssl_client_escaped_cert`, or
    /// `$ssl_client_cert` with its folded lines, or what other proxies send under that name: PEM with `+` for a space, several PEMs,
    /// base64 of DER or PEM.
    #[must_use]
    pub fn nginx() -> Self {
        let table = [
            ("ssl-client-verify", VERDICT),
            ("ssl-client-escaped-cert", CERTIFICATE),
            ("ssl-client-s-dn", SUBJECT),
            ("ssl-client-i-dn", ISSUER),
            ("ssl-client-s-dn-legacy", SUBJECT_LEGACY),
            ("ssl-client-i-dn-legacy", ISSUER_LEGACY),
            ("ssl-client-serial", SERIAL),
            ("ssl-client-fingerprint", Reads::Sha1),
            ("ssl-client-v-start", NOT_BEFORE),
            ("ssl-client-v-end", NOT_AFTER),
        ];
        Self::new(None, &table).with_verdict_always().dialect(Dialect::OpenSsl)
    }

    /// ingress-nginx, and Traefik's replacement for it. Without `auth-tls-pass-certificate-to-upstream` the certificate is
    /// not sent, and a client's own is passed on: then read the other three [`only`](Self::only). Hosts without
    /// `auth-tls-secret` pass on all four.
    #[must_use]
    pub fn ingress_nginx() -> Self {
        let table = [
            ("ssl-client-verify", VERDICT),
            ("ssl-client-cert", CERTIFICATE),
            ("ssl-client-subject-dn", SUBJECT),
            ("ssl-client-issuer-dn", ISSUER),
        ];
        Self::new(None, &table).with_verdict_always().dialect(Dialect::OpenSsl)
    }

    /// Apache's variables `SSL_CLIENT_…` in headers of the same names, with `LegacyDNStringFormat` or without: names that begin with
    /// `/` go to the legacy properties. `GENEROUS` is a certificate that nobody verified.
    ///
    /// Under `optional_no_ca` Apache says `SUCCESS` of a self-signed certificate on a resumed TLS 1.2 session: use
    /// `SSLVerifyClient optional` or `require`.
    #[must_use]
    pub fn apache() -> Self {
        const CHAIN: Reads = Reads::Chain(Encoding::Pem);
        let table = [
            ("SSL-CLIENT-VERIFY", Reads::Verdict(VerdictForm::Apache)),
            ("SSL-CLIENT-CERT", Reads::Leaf(Encoding::Any)),
            ("SSL-CLIENT-CERT-CHAIN-0", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-1", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-2", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-3", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-4", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-5", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-6", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-7", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-8", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-9", CHAIN),
            ("SSL-CLIENT-CERT-CHAIN-10", CHAIN),
            ("SSL-CLIENT-S-DN", SUBJECT),
            ("SSL-CLIENT-I-DN", ISSUER),
            ("SSL-CLIENT-M-SERIAL", SERIAL),
            ("SSL-CLIENT-V-START", NOT_BEFORE),
            ("SSL-CLIENT-V-END", NOT_AFTER),
        ];
        Self::new(None, &table).with_verdict_always().dialect(Dialect::OpenSsl)
    }

    /// HAProxy's fetches `ssl_c_…` in headers of the same names. `ssl-c-verify` is 0 for a good certificate and for none;
    /// `ssl-c-used` or any fact tells them apart. Its two-digit years are those from 2000 to 2099: HAProxy sends no other dates.
    ///
    /// HAProxy sends `ssl-c-verify` without a certificate too. This crate's own [`HeaderSet::haproxy`](crate::HeaderSet::haproxy) sends
    /// nothing then: read that with [`verdict_may_be_absent`](Self::verdict_may_be_absent).
    #[must_use]
    pub fn haproxy() -> Self {
        let table = [
            ("ssl-c-verify", Reads::Verdict(VerdictForm::Code)),
            ("ssl-c-used", Reads::Presented(Flag::Digit)),
            ("ssl-c-der-base64", Reads::Leaf(Encoding::Base64)),
            ("ssl-c-chain-der-base64", Reads::Chain(Encoding::Concatenated)),
            ("ssl-c-s-dn", SUBJECT_HAPROXY),
            ("ssl-c-i-dn", ISSUER_HAPROXY),
            ("ssl-c-s-dn-rfc2253", SUBJECT),
            ("ssl-c-i-dn-rfc2253", ISSUER),
            ("ssl-c-serial-hex", SERIAL),
            ("ssl-c-sha1-hex", Reads::Sha1),
            ("ssl-c-sha256-hex", Reads::Sha256),
            ("ssl-c-notbefore", Reads::Date(Property::NotBefore, HaProxy)),
            ("ssl-c-notafter", Reads::Date(Property::NotAfter, HaProxy)),
        ];
        Self::new(None, &table).with_verdict_always().dialect(Dialect::OpenSsl)
    }

    /// The names of the example in HAProxy's manual: `X-SSL-Client-Verify` and others. Facts, no certificate.
    #[must_use]
    pub fn haproxy_manual() -> Self {
        let table = [
            ("X-SSL-Client-Verify", Reads::Verdict(VerdictForm::Code)),
            ("X-SSL-Client-DN", SUBJECT_HAPROXY),
            ("X-SSL-Issuer", ISSUER_HAPROXY),
            ("X-SSL-Client-SHA1", Reads::Sha1),
            ("X-SSL-Client-NotBefore", Reads::Date(Property::NotBefore, HaProxy)),
            ("X-SSL-Client-NotAfter", Reads::Date(Property::NotAfter, HaProxy)),
        ];
        Self::new(None, &table).with_verdict_always().dialect(Dialect::OpenSsl)
    }

    /// Envoy's `x-forwarded-client-cert` of one element, as text or as JSON: of an Envoy, Istio or Contour that replaces the header
    /// (`SANITIZE_SET`). Envoy sends it for every certificate that its listener accepts.
    ///
    /// Envoy writes the names of a certificate (`URI`, `DNS`) without escaping them. Say with [`declares`](Self::declares) which keys
    /// this Envoy sends. Keys count only in Envoy's order, before the names; of the names only one is read, and only where it
    /// can't be two. With `Cert` nothing is taken from the names at all. More than one element is an error: that Envoy appends to
    /// what its client sent, or a name looks like an element.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// use tls_client_auth::receive::ReceiveErrorKind;
    /// # let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    ///
    /// let receiver = Receiver::envoy(Unstated::Verified);
    /// let named = format!("Hash={hash};URI=spiffe://a;Subject=\"CN=admin\"");
    /// assert_eq!(receiver.receive(&[("x-forwarded-client-cert", named)])?.cert_subject_dn(), "");
    /// let two = format!("Hash={hash};URI=spiffe://a,By=x;Hash={hash};URI=spiffe://b");
    /// let error = receiver.receive(&[("x-forwarded-client-cert", two)]).unwrap_err();
    /// assert_eq!(error.kind(), ReceiveErrorKind::Ambiguous);
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn envoy(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("x-forwarded-client-cert", Reads::Xfcc(Elements::One))])
    }

    /// The last element of Envoy's appended list (`APPEND_FORWARD`). **Whoever can choose a name in a certificate can write this
    /// element whole**: a URI `x,By=y;Hash=…;Subject="CN=admin"` is read as the nearest hop's, and Envoy gives no way to tell.
    ///
    /// Use it only where the CA of the listener before this origin issues no URI or DNS name with a comma. Else let that Envoy
    /// replace the header and read it with [`envoy`](Self::envoy), whose other rules apply here too.
    #[must_use]
    pub fn envoy_appended(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("x-forwarded-client-cert", Reads::Xfcc(Elements::Many))])
    }

    /// Traefik's `passTLSClientCert`: the leaf and the presented chain. Without `pem: true` only serial number and dates are
    /// read, of one certificate, and only where a name can't have written them: Traefik escapes nothing. Say with
    /// [`declares`](Self::declares) which groups this Traefik sends; a name can write those that it does not.
    #[must_use]
    pub fn traefik(unstated: Unstated) -> Self {
        let table = [
            ("X-Forwarded-Tls-Client-Cert", Reads::LeafAndChain(Encoding::Base64)),
            ("X-Forwarded-Tls-Client-Cert-Info", Reads::TraefikInfo),
        ];
        Self::new(Some(unstated), &table)
    }

    /// Caddy's placeholders `{http.request.tls.client.…}` in headers of the same names. Go regroups distinguished names: without
    /// the certificate they are not the text that other proxies send.
    #[must_use]
    pub fn caddy(unstated: Unstated) -> Self {
        let table = [
            ("Tls-Client-Certificate-Der-Base64", Reads::Leaf(Encoding::Any)),
            ("Tls-Client-Fingerprint", Reads::Sha256),
            ("Tls-Client-Subject", SUBJECT),
            ("Tls-Client-Issuer", ISSUER),
            ("Tls-Client-Serial", Reads::DecimalSerial),
        ];
        Self::new(Some(unstated), &table)
    }

    /// AWS Application Load Balancer in verify mode, where a handshake without a valid certificate fails.
    #[must_use]
    pub fn aws_alb(unstated: Unstated) -> Self {
        let table = [
            ("X-Amzn-Mtls-Clientcert-Leaf", Reads::Leaf(Encoding::Pem)),
            ("X-Amzn-Mtls-Clientcert-Serial-Number", SERIAL),
            ("X-Amzn-Mtls-Clientcert-Issuer", ISSUER),
            ("X-Amzn-Mtls-Clientcert-Subject", SUBJECT),
            ("X-Amzn-Mtls-Clientcert-Validity", Reads::Validity),
        ];
        Self::new(Some(unstated), &table).dialect(Dialect::OpenSsl)
    }

    /// AWS Application Load Balancer in passthrough mode: the presented chain, which nobody verified. Who verifies it after
    /// [`receive`](Self::receive) makes a new [`ClientCertificate`](crate::ClientCertificate) with the outcome.
    #[must_use]
    pub fn aws_alb_passthrough(unstated: Unstated) -> Self {
        let leaf_and_chain = Reads::LeafAndChain(Encoding::Pem);
        Self::new(Some(unstated), &[("X-Amzn-Mtls-Clientcert", leaf_and_chain)])
            .dialect(Dialect::OpenSsl)
    }

    /// CloudFront's viewer mTLS in its required and optional modes. Passthrough mode sends RFC 9440's headers:
    /// [`rfc9440`](Self::rfc9440).
    #[must_use]
    pub fn cloudfront(unstated: Unstated) -> Self {
        let table = [
            ("CloudFront-Viewer-Cert-Present", Reads::Presented(Flag::Digit)),
            ("CloudFront-Viewer-Cert-Pem", Reads::Leaf(Encoding::Pem)),
            ("CloudFront-Viewer-Cert-Serial-Number", SERIAL),
            ("CloudFront-Viewer-Cert-Issuer", ISSUER),
            ("CloudFront-Viewer-Cert-Subject", SUBJECT),
            ("CloudFront-Viewer-Cert-Sha256", Reads::Sha256),
            ("CloudFront-Viewer-Cert-Validity", Reads::Validity),
        ];
        Self::new(Some(unstated), &table).dialect(Dialect::OpenSsl)
    }

    /// Google's Application Load Balancer with the variables `client_cert_…` in headers of the same names.
    #[must_use]
    pub fn google() -> Self {
        const SUBJECT: Reads = Reads::DerName(&[
            Property::SubjectDn,
            Property::SubjectDnRfc2253,
            Property::SubjectDnLegacy,
        ]);
        const ISSUER: Reads = Reads::DerName(&[
            Property::IssuerDn,
            Property::IssuerDnRfc2253,
            Property::IssuerDnLegacy,
        ]);
        let table = [
            ("client-cert-chain-verified", Reads::Verdict(VerdictForm::Word)),
            ("client-cert-present", Reads::Presented(Flag::Word)),
            ("client-cert-error", Reads::Reason),
            ("client-cert-leaf", Reads::Leaf(Encoding::ByteSequence)),
            ("client-cert-chain", Reads::Chain(Encoding::ByteSequence)),
            ("client-cert-sha256-fingerprint", Reads::Sha256),
            ("client-cert-serial-number", Reads::SerialOctets),
            ("client-cert-spiffe-id", Reads::Name(NameKind::Uri)),
            ("client-cert-uri-sans", Reads::Base64Names(NameKind::Uri)),
            ("client-cert-dnsname-sans", Reads::Base64Names(NameKind::Dns)),
            ("client-cert-valid-not-before", Reads::Date(Property::NotBefore, Rfc3339)),
            ("client-cert-valid-not-after", Reads::Date(Property::NotAfter, Rfc3339)),
            ("client-cert-issuer-dn", ISSUER),
            ("client-cert-subject-dn", SUBJECT),
        ];
        Self::new(None, &table).dialect(Dialect::OpenSsl)
    }

    /// Azure App Service's `X-ARR-ClientCert`: the platform verifies nothing.
    #[must_use]
    pub fn azure_app_service(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("X-ARR-ClientCert", Reads::Leaf(Encoding::Base64))])
            .dialect(Dialect::OpenSsl)
    }

    /// Azure Application Gateway's server variables `client_certificate…` in headers of the same names. It writes the subject
    /// in the one-line form and the issuer in RFC 2253's.
    #[must_use]
    pub fn azure_application_gateway() -> Self {
        let table = [
            ("client-certificate-verification", VERDICT),
            ("client-certificate", CERTIFICATE),
            ("client-certificate-subject", SUBJECT_LEGACY),
            ("client-certificate-issuer", ISSUER),
            ("client-certificate-serial", SERIAL),
            ("client-certificate-fingerprint", Reads::Sha1),
            ("client-certificate-start-date", NOT_BEFORE),
            ("client-certificate-end-date", NOT_AFTER),
        ];
        Self::new(None, &table).dialect(Dialect::OpenSsl)
    }

    /// Kong's `tls-metadata-headers` plugin.
    #[must_use]
    pub fn kong(unstated: Unstated) -> Self {
        let table = [
            ("X-Client-Cert", CERTIFICATE),
            ("X-Client-Cert-Serial", SERIAL),
            ("X-Client-Cert-Issuer-DN", ISSUER),
            ("X-Client-Cert-Subject-DN", SUBJECT),
            ("X-Client-Cert-Fingerprint", Reads::Sha1),
        ];
        Self::new(Some(unstated), &table).dialect(Dialect::OpenSsl)
    }

    /// Linkerd's `l5d-client-id`: a [name](Self::receive_with_names) and nothing else.
    #[must_use]
    pub fn linkerd(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("l5d-client-id", Reads::Name(NameKind::Identity))])
            .dialect(Dialect::OpenSsl)
    }

    /// Cloud Foundry's `X-Forwarded-Client-Cert`: base64 of the DER, under the name of Envoy's header.
    #[must_use]
    pub fn cloud_foundry(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("X-Forwarded-Client-Cert", Reads::Leaf(Encoding::Base64))])
            .dialect(Dialect::OpenSsl)
    }
}
