//! The headers that each receiver reads. The lists are written by hand, because a row that a set gains for writing is also read.

use std::collections::BTreeSet;

use tls_client_auth::{HeaderSet, Receiver, Unstated};

#[test]
fn every_receiver_reads_these_headers_and_no_others() {
    let v = Unstated::Verified;
    let cases: Vec<(Receiver, &[&str])> = vec![
        (Receiver::cloudflare(v), &["Cf-Client-Cert-Der-Base64", "Cf-Client-Cert-Sha256"]),
        (
            Receiver::cloudflare_worker(),
            &[
                "X-CERT-VERIFY",
                "X-CERT-ISSUER-DN",
                "X-CERT-SUBJECT-DN",
                "X-CERT-ISSUER-DN-L",
                "X-CERT-SUBJECT-DN-L",
                "X-CERT-SERIAL",
                "X-CERT-FINGER",
                "X-CERT-NOTBE",
                "X-CERT-NOTAF",
            ],
        ),
        (
            Receiver::cloudflare_worker_as_published(v),
            &[
                "X-CERT-ISSUER-DN",
                "X-CERT-SUBJECT-DN",
                "X-CERT-ISSUER-DN-L",
                "X-CERT-SUBJECT-DN-L",
                "X-CERT-SERIAL",
                "X-CERT-FINGER",
                "X-CERT-NOTBE",
                "X-CERT-NOTAF",
            ],
        ),
        (
            Receiver::cloudflare_managed(),
            &[
                "cf-cert-verified",
                "cf-cert-presented",
                "cf-cert-revoked",
                "cf-cert-issuer-dn",
                "cf-cert-subject-dn",
                "cf-cert-issuer-dn-rfc2253",
                "cf-cert-subject-dn-rfc2253",
                "cf-cert-issuer-dn-legacy",
                "cf-cert-subject-dn-legacy",
                "cf-cert-serial",
                "cf-cert-issuer-serial",
                "cf-cert-sha256",
                "cf-cert-sha1",
                "cf-cert-not-before",
                "cf-cert-not-after",
                "cf-cert-ski",
                "cf-cert-issuer-ski",
            ],
        ),
        (Receiver::rfc9440(v), &["Client-Cert", "Client-Cert-Chain"]),
        (
            Receiver::nginx(),
            &[
                "ssl-client-verify",
                "ssl-client-escaped-cert",
                "ssl-client-s-dn",
                "ssl-client-i-dn",
                "ssl-client-s-dn-legacy",
                "ssl-client-i-dn-legacy",
                "ssl-client-serial",
                "ssl-client-fingerprint",
                "ssl-client-v-start",
                "ssl-client-v-end",
            ],
        ),
        (
            Receiver::ingress_nginx(),
            &[
                "ssl-client-verify",
                "ssl-client-cert",
                "ssl-client-subject-dn",
                "ssl-client-issuer-dn",
            ],
        ),
        (
            Receiver::apache(),
            &[
                "SSL-CLIENT-VERIFY",
                "SSL-CLIENT-CERT",
                "SSL-CLIENT-CERT-CHAIN-0",
                "SSL-CLIENT-CERT-CHAIN-1",
                "SSL-CLIENT-CERT-CHAIN-2",
                "SSL-CLIENT-CERT-CHAIN-3",
                "SSL-CLIENT-CERT-CHAIN-4",
                "SSL-CLIENT-CERT-CHAIN-5",
                "SSL-CLIENT-CERT-CHAIN-6",
                "SSL-CLIENT-CERT-CHAIN-7",
                "SSL-CLIENT-CERT-CHAIN-8",
                "SSL-CLIENT-CERT-CHAIN-9",
                "SSL-CLIENT-CERT-CHAIN-10",
                "SSL-CLIENT-S-DN",
                "SSL-CLIENT-I-DN",
                "SSL-CLIENT-M-SERIAL",
                "SSL-CLIENT-V-START",
                "SSL-CLIENT-V-END",
            ],
        ),
        (
            Receiver::haproxy(),
            &[
                "ssl-c-verify",
                "ssl-c-used",
                "ssl-c-der-base64",
                "ssl-c-chain-der-base64",
                "ssl-c-s-dn",
                "ssl-c-i-dn",
                "ssl-c-s-dn-rfc2253",
                "ssl-c-i-dn-rfc2253",
                "ssl-c-serial-hex",
                "ssl-c-sha1-hex",
                "ssl-c-sha256-hex",
                "ssl-c-notbefore",
                "ssl-c-notafter",
            ],
        ),
        (
            Receiver::haproxy_manual(),
            &[
                "X-SSL-Client-Verify",
                "X-SSL-Client-DN",
                "X-SSL-Issuer",
                "X-SSL-Client-SHA1",
                "X-SSL-Client-NotBefore",
                "X-SSL-Client-NotAfter",
            ],
        ),
        (Receiver::envoy(v), &["x-forwarded-client-cert"]),
        (Receiver::envoy_appended(v), &["x-forwarded-client-cert"]),
        (
            Receiver::traefik(v),
            &["X-Forwarded-Tls-Client-Cert", "X-Forwarded-Tls-Client-Cert-Info"],
        ),
        (
            Receiver::caddy(v),
            &[
                "tls-client-certificate-der-base64",
                "tls-client-fingerprint",
                "tls-client-subject",
                "tls-client-issuer",
                "tls-client-serial",
            ],
        ),
        (
            Receiver::aws_alb(v),
            &[
                "X-Amzn-Mtls-Clientcert-Leaf",
                "X-Amzn-Mtls-Clientcert-Serial-Number",
                "X-Amzn-Mtls-Clientcert-Issuer",
                "X-Amzn-Mtls-Clientcert-Subject",
                "X-Amzn-Mtls-Clientcert-Validity",
            ],
        ),
        (Receiver::aws_alb_passthrough(v), &["X-Amzn-Mtls-Clientcert"]),
        (
            Receiver::cloudfront(v),
            &[
                "CloudFront-Viewer-Cert-Present",
                "CloudFront-Viewer-Cert-Pem",
                "CloudFront-Viewer-Cert-Serial-Number",
                "CloudFront-Viewer-Cert-Issuer",
                "CloudFront-Viewer-Cert-Subject",
                "CloudFront-Viewer-Cert-Sha256",
                "CloudFront-Viewer-Cert-Validity",
            ],
        ),
        (
            Receiver::google(),
            &[
                "client-cert-chain-verified",
                "client-cert-present",
                "client-cert-error",
                "client-cert-leaf",
                "client-cert-chain",
                "client-cert-sha256-fingerprint",
                "client-cert-serial-number",
                "client-cert-spiffe-id",
                "client-cert-uri-sans",
                "client-cert-dnsname-sans",
                "client-cert-valid-not-before",
                "client-cert-valid-not-after",
                "client-cert-issuer-dn",
                "client-cert-subject-dn",
            ],
        ),
        (Receiver::azure_app_service(v), &["X-ARR-ClientCert"]),
        (
            Receiver::azure_application_gateway(),
            &[
                "client-certificate-verification",
                "client-certificate",
                "client-certificate-subject",
                "client-certificate-issuer",
                "client-certificate-serial",
                "client-certificate-fingerprint",
                "client-certificate-start-date",
                "client-certificate-end-date",
            ],
        ),
        (Receiver::akamai(v), &["Akamai-CC-DER"]),
        (
            Receiver::kong(v),
            &[
                "X-Client-Cert",
                "X-Client-Cert-Serial",
                "X-Client-Cert-Issuer-DN",
                "X-Client-Cert-Subject-DN",
                "X-Client-Cert-Fingerprint",
            ],
        ),
        (Receiver::linkerd(v), &["l5d-client-id"]),
        (Receiver::cloud_foundry(v), &["X-Forwarded-Client-Cert"]),
    ];
    for (receiver, expected) in &cases {
        let read: BTreeSet<&str> = receiver.headers().collect();
        assert_eq!(read.len(), receiver.headers().len(), "{expected:?}");
        assert_eq!(read, expected.iter().copied().collect(), "{expected:?}");
    }
}

/// A header without a property in the record is only written. A header that only other implementations send is only read.
#[test]
fn a_receiver_reads_the_headers_of_its_set_with_these_exceptions() {
    const APACHE: (&[&str], &[&str]) = (
        &[
            "SSL-CLIENT-M-VERSION",
            "SSL-CLIENT-V-REMAIN",
            "SSL-CLIENT-SAN-Email-0",
            "SSL-CLIENT-SAN-Email-1",
            "SSL-CLIENT-SAN-Email-2",
            "SSL-CLIENT-SAN-Email-3",
            "SSL-CLIENT-SAN-DNS-0",
            "SSL-CLIENT-SAN-DNS-1",
            "SSL-CLIENT-SAN-DNS-2",
            "SSL-CLIENT-SAN-DNS-3",
            "SSL-CLIENT-SAN-OTHER-msUPN-0",
            "SSL-CLIENT-SAN-OTHER-msUPN-1",
        ],
        &[
            "SSL-CLIENT-CERT-CHAIN-4",
            "SSL-CLIENT-CERT-CHAIN-5",
            "SSL-CLIENT-CERT-CHAIN-6",
            "SSL-CLIENT-CERT-CHAIN-7",
            "SSL-CLIENT-CERT-CHAIN-8",
            "SSL-CLIENT-CERT-CHAIN-9",
            "SSL-CLIENT-CERT-CHAIN-10",
        ],
    );
    for set in HeaderSet::all() {
        let (only_written, only_read): (&[&str], &[&str]) = match set.name() {
            "nginx" => (&["ssl-client-v-remain"], &[]),
            "apache" | "apache-legacy" => APACHE,
            "haproxy" => (&[], &["ssl-c-used"]),
            "haproxy-manual" => (&["X-SSL", "X-SSL-Client-CN"], &[]),
            "caddy" => (
                &[
                    "tls-client-public-key",
                    "tls-client-public-key-sha256",
                    "tls-client-san-dns-names",
                    "tls-client-san-emails",
                    "tls-client-san-ips",
                    "tls-client-san-uris",
                ],
                &[],
            ),
            _ => (&[], &[]),
        };
        let receiver =
            Receiver::of(&set, None).or_else(|_| Receiver::of(&set, Some(Unstated::Verified)));
        let receiver = receiver.unwrap();
        let read: BTreeSet<&str> = receiver.headers().collect();
        let written: BTreeSet<&str> = set.rows().map(|(name, _)| name).collect();
        let named = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(&written - &read, named(only_written), "{}: only written", set.name());
        assert_eq!(&read - &written, named(only_read), "{}: only read", set.name());
    }
}
