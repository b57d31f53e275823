//! The tables: which headers each format has, and what each of them holds.

use super::dates::DateForm::{OpenSsl, Rfc3339, Utc};
use super::reads::{Elements, Encoding, NameKind, Reads, VerdictForm};
use super::{Receiver, Unstated};
use crate::field::Flag;
use crate::record::Property;

/// A name without a form of its own in the record: both of its properties are the same text.
const SUBJECT: Reads = Reads::Rfc2253(&[Property::SubjectDn, Property::SubjectDnRfc2253]);
const ISSUER: Reads = Reads::Rfc2253(&[Property::IssuerDn, Property::IssuerDnRfc2253]);
const SUBJECT_LEGACY: Reads = Reads::Legacy(Property::SubjectDnLegacy);
const ISSUER_LEGACY: Reads = Reads::Legacy(Property::IssuerDnLegacy);
const SERIAL: Reads = Reads::Serial(Property::Serial);
const NOT_BEFORE: Reads = Reads::Date(Property::NotBefore, OpenSsl);
const NOT_AFTER: Reads = Reads::Date(Property::NotAfter, OpenSsl);
const VERDICT: Reads = Reads::Verdict(VerdictForm::Text);

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
    #[must_use]
    pub fn cloudflare_worker() -> Self {
        let table = [
            ("X-CERT-VERIFY", VERDICT),
            ("X-CERT-ISSUER-DN", ISSUER),
            ("X-CERT-SUBJECT-DN", SUBJECT),
            ("X-CERT-ISSUER-DN-L", ISSUER_LEGACY),
            ("X-CERT-SUBJECT-DN-L", SUBJECT_LEGACY),
            ("X-CERT-SERIAL", SERIAL),
            ("X-CERT-FINGER", Reads::Sha1),
            ("X-CERT-NOTBE", NOT_BEFORE),
            ("X-CERT-NOTAF", NOT_AFTER),
        ];
        Self::new(None, &table)
    }

    /// What [`HeaderSet::cloudflare_managed`](crate::HeaderSet::cloudflare_managed) sends. Facts, no certificate; a failed
    /// verification comes without its reason.
    #[must_use]
    pub fn cloudflare_managed() -> Self {
        let table = [
            ("cf-cert-verified", Reads::Verdict(VerdictForm::Word)),
            ("cf-cert-presented", Reads::Presented(Flag::Word)),
            ("cf-cert-revoked", Reads::Revoked(Flag::Word)),
            ("cf-cert-issuer-dn", Reads::Rfc2253(&[Property::IssuerDn])),
            ("cf-cert-subject-dn", Reads::Rfc2253(&[Property::SubjectDn])),
            ("cf-cert-issuer-dn-rfc2253", Reads::Rfc2253(&[Property::IssuerDnRfc2253])),
            ("cf-cert-subject-dn-rfc2253", Reads::Rfc2253(&[Property::SubjectDnRfc2253])),
            ("cf-cert-issuer-dn-legacy", ISSUER_LEGACY),
            ("cf-cert-subject-dn-legacy", SUBJECT_LEGACY),
            ("cf-cert-serial", SERIAL),
            ("cf-cert-issuer-serial", Reads::Serial(Property::IssuerSerial)),
            ("cf-cert-sha256", Reads::Sha256),
            ("cf-cert-sha1", Reads::Sha1),
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
    /// `$ssl_client_cert` with its folded lines.
    #[must_use]
    pub fn nginx() -> Self {
        let table = [
            ("ssl-client-verify", VERDICT),
            ("ssl-client-escaped-cert", Reads::Leaf(Encoding::Pem)),
            ("ssl-client-s-dn", SUBJECT),
            ("ssl-client-i-dn", ISSUER),
            ("ssl-client-s-dn-legacy", SUBJECT_LEGACY),
            ("ssl-client-i-dn-legacy", ISSUER_LEGACY),
            ("ssl-client-serial", SERIAL),
            ("ssl-client-fingerprint", Reads::Sha1),
            ("ssl-client-v-start", NOT_BEFORE),
            ("ssl-client-v-end", NOT_AFTER),
        ];
        Self::new(None, &table)
    }

    /// ingress-nginx, and Traefik's replacement for it. Without `auth-tls-pass-certificate-to-upstream` the certificate is
    /// not sent, and a client's own is passed on: then read the other three [`only`](Self::only). Hosts without
    /// `auth-tls-secret` pass on all four.
    #[must_use]
    pub fn ingress_nginx() -> Self {
        let table = [
            ("ssl-client-verify", VERDICT),
            ("ssl-client-cert", Reads::Leaf(Encoding::Pem)),
            ("ssl-client-subject-dn", SUBJECT),
            ("ssl-client-issuer-dn", ISSUER),
        ];
        Self::new(None, &table)
    }

    /// Apache's variables `SSL_CLIENT_…` in headers of the same names. `GENEROUS` is a certificate that nobody verified.
    ///
    /// Under `optional_no_ca` Apache says `SUCCESS` of a self-signed certificate on a resumed TLS 1.2 session: use
    /// `SSLVerifyClient optional` or `require`.
    #[must_use]
    pub fn apache() -> Self {
        const CHAIN: Reads = Reads::Chain(Encoding::Pem);
        let table = [
            ("SSL-CLIENT-VERIFY", Reads::Verdict(VerdictForm::Apache)),
            ("SSL-CLIENT-CERT", Reads::Leaf(Encoding::Pem)),
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
        Self::new(None, &table)
    }

    /// HAProxy's fetches `ssl_c_…` in headers of the same names. `ssl-c-verify` is 0 for a good certificate and for none;
    /// `ssl-c-used` or any fact tells them apart.
    #[must_use]
    pub fn haproxy() -> Self {
        let table = [
            ("ssl-c-verify", Reads::Verdict(VerdictForm::Code)),
            ("ssl-c-used", Reads::Presented(Flag::Digit)),
            ("ssl-c-der-base64", Reads::Leaf(Encoding::Base64)),
            ("ssl-c-chain-der-base64", Reads::Chain(Encoding::Concatenated)),
            ("ssl-c-s-dn", SUBJECT_LEGACY),
            ("ssl-c-i-dn", ISSUER_LEGACY),
            ("ssl-c-s-dn-rfc2253", SUBJECT),
            ("ssl-c-i-dn-rfc2253", ISSUER),
            ("ssl-c-serial-hex", SERIAL),
            ("ssl-c-sha1-hex", Reads::Sha1),
            ("ssl-c-sha256-hex", Reads::Sha256),
            ("ssl-c-notbefore", Reads::Date(Property::NotBefore, Utc)),
            ("ssl-c-notafter", Reads::Date(Property::NotAfter, Utc)),
        ];
        Self::new(None, &table)
    }

    /// The names of the example in HAProxy's manual: `X-SSL-Client-Verify` and others. Facts, no certificate.
    #[must_use]
    pub fn haproxy_manual() -> Self {
        let table = [
            ("X-SSL-Client-Verify", Reads::Verdict(VerdictForm::Code)),
            ("X-SSL-Client-DN", SUBJECT_LEGACY),
            ("X-SSL-Issuer", ISSUER_LEGACY),
            ("X-SSL-Client-SHA1", Reads::Sha1),
            ("X-SSL-Client-NotBefore", Reads::Date(Property::NotBefore, Utc)),
            ("X-SSL-Client-NotAfter", Reads::Date(Property::NotAfter, Utc)),
        ];
        Self::new(None, &table)
    }

    /// Envoy's `x-forwarded-client-cert`, as text or as JSON; Istio, Contour and others send it too. Of several elements the
    /// last one counts, which the nearest hop appended. Envoy sends it for every certificate that its listener accepts.
    ///
    /// Envoy writes names of the certificate without escaping them: `spiffe://a,By=x;Hash=…` in a certificate is an element
    /// of its own, and the last one. Where Envoy replaces the header (`SANITIZE_SET`), allow
    /// [one element only](Self::envoy_one_element), and have it send `Cert`: then nothing is taken from those names. Without it,
    /// more than one unquoted `URI` is an error, because it could be a single name.
    #[must_use]
    pub fn envoy(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("x-forwarded-client-cert", Reads::Xfcc(Elements::Many))])
    }

    /// The same of an Envoy that replaces the header: more than one element is an error.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// use tls_client_auth::receive::ReceiveErrorKind;
    /// # let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    ///
    /// let forged = format!("Hash={hash};URI=spiffe://a,By=x;Hash={hash};URI=spiffe://b");
    /// let error = Receiver::envoy_one_element(Unstated::Verified).receive(&[("x-forwarded-client-cert", forged)]).unwrap_err();
    /// assert_eq!(error.kind(), ReceiveErrorKind::Ambiguous);
    /// ```
    #[must_use]
    pub fn envoy_one_element(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("x-forwarded-client-cert", Reads::Xfcc(Elements::One))])
    }

    /// Traefik's `passTLSClientCert`: the leaf and the presented chain. Without `pem: true` only serial number and dates are
    /// read, and only where a name can't have written them: Traefik escapes nothing.
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
            ("Tls-Client-Certificate-Der-Base64", Reads::Leaf(Encoding::Base64)),
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
        Self::new(Some(unstated), &table)
    }

    /// AWS Application Load Balancer in passthrough mode: the presented chain, which nobody verified. Who verifies it after
    /// [`receive`](Self::receive) makes a new [`ClientCertificate`](crate::ClientCertificate) with the outcome.
    #[must_use]
    pub fn aws_alb_passthrough(unstated: Unstated) -> Self {
        let leaf_and_chain = Reads::LeafAndChain(Encoding::Pem);
        Self::new(Some(unstated), &[("X-Amzn-Mtls-Clientcert", leaf_and_chain)])
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
        Self::new(Some(unstated), &table)
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
            ("client-cert-serial-number", SERIAL),
            ("client-cert-spiffe-id", Reads::Name(NameKind::Uri)),
            ("client-cert-uri-sans", Reads::Base64Names(NameKind::Uri)),
            ("client-cert-dnsname-sans", Reads::Base64Names(NameKind::Dns)),
            ("client-cert-valid-not-before", Reads::Date(Property::NotBefore, Rfc3339)),
            ("client-cert-valid-not-after", Reads::Date(Property::NotAfter, Rfc3339)),
            ("client-cert-issuer-dn", ISSUER),
            ("client-cert-subject-dn", SUBJECT),
        ];
        Self::new(None, &table)
    }

    /// Azure App Service's `X-ARR-ClientCert`: the platform verifies nothing.
    #[must_use]
    pub fn azure_app_service(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("X-ARR-ClientCert", Reads::Leaf(Encoding::Base64))])
    }

    /// Azure Application Gateway's server variables `client_certificate…` in headers of the same names. It writes the subject
    /// in the one-line form and the issuer in RFC 2253's.
    #[must_use]
    pub fn azure_application_gateway() -> Self {
        let table = [
            ("client-certificate-verification", VERDICT),
            ("client-certificate", Reads::Leaf(Encoding::Pem)),
            ("client-certificate-subject", SUBJECT_LEGACY),
            ("client-certificate-issuer", ISSUER),
            ("client-certificate-serial", SERIAL),
            ("client-certificate-fingerprint", Reads::Sha1),
            ("client-certificate-start-date", NOT_BEFORE),
            ("client-certificate-end-date", NOT_AFTER),
        ];
        Self::new(None, &table)
    }

    /// Kong's `tls-metadata-headers` plugin.
    #[must_use]
    pub fn kong(unstated: Unstated) -> Self {
        let table = [
            ("X-Client-Cert", Reads::Leaf(Encoding::Pem)),
            ("X-Client-Cert-Serial", SERIAL),
            ("X-Client-Cert-Issuer-DN", ISSUER),
            ("X-Client-Cert-Subject-DN", SUBJECT),
            ("X-Client-Cert-Fingerprint", Reads::Sha1),
        ];
        Self::new(Some(unstated), &table)
    }

    /// Linkerd's `l5d-client-id`: a [name](Self::receive_with_names) and nothing else.
    #[must_use]
    pub fn linkerd(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("l5d-client-id", Reads::Name(NameKind::Identity))])
    }

    /// Cloud Foundry's `X-Forwarded-Client-Cert`: base64 of the DER, under the name of Envoy's header.
    #[must_use]
    pub fn cloud_foundry(unstated: Unstated) -> Self {
        Self::new(Some(unstated), &[("X-Forwarded-Client-Cert", Reads::Leaf(Encoding::Base64))])
    }
}
