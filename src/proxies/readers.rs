//! Header sets named after their readers, each with the reader's default header names and forms. [`HeaderSet::renamed`] changes a name
//! if the reader is configured otherwise.
//!
//! A set with a verdict is for readers that check it, and is sent for every client. All others are sent for trusted clients only.

use alloc::vec::Vec;

use crate::field::{
    AttributeType, CertificateForm, ChainForm, Field, NameForm, Occurrence, UrlForm, VerdictForm,
};
use crate::headers::HeaderSet;
use crate::x509::Dialect;

/// A row: the header's name, the field, and fixed text before and after its value.
type Row = (&'static str, Field, &'static str, &'static str);

struct Reader {
    /// The set's name.
    name: &'static str,
    /// The reader, its version, and the source of what it reads.
    source: &'static str,
    rows: &'static [Row],
}

const fn row(name: &'static str, field: Field) -> Row {
    (name, field, "", "")
}

const VERDICT: Field = Field::Verdict(VerdictForm::Text);
const SUBJECT: Field = Field::Subject(NameForm::Rfc2253);
/// Percent-encoded PEM with `%2B` for `+`: correct for readers that decode a `+` as a space and for those that do not.
const ESCAPED_PEM: Field = Field::Certificate(CertificateForm::EscapedPem(UrlForm::Component));
const ONE_LINE_PEM: Field = Field::Certificate(CertificateForm::OneLinePem);
const BASE64: Field = Field::Certificate(CertificateForm::Base64);

const fn plain(kind: AttributeType) -> Field {
    Field::Subject(NameForm::PlainAttribute(kind, Occurrence::Last))
}

const fn chain_row(name: &'static str, index: u8, form: CertificateForm) -> Row {
    row(name, Field::ChainCertificate(index, form))
}

const READERS: &[Reader] = &[
    Reader {
        name: "keycloak-nginx",
        source: "Keycloak 26, NginxProxySslClientCertificateLookup: Java's URLDecoder; NginxProxyTrustedClientCertificateLookup wants SUCCESS",
        rows: &[row("ssl-client-verify", VERDICT), row("ssl-client-cert", ESCAPED_PEM)],
    },
    Reader {
        name: "keycloak-apache",
        source: "Keycloak 26, ApacheProxySslClientCertificateLookup, with the header names of its guide: PEM on one line, the chain numbered from 0",
        rows: &[
            row("SSL_CLIENT_CERT", ONE_LINE_PEM),
            chain_row("CERT_CHAIN_0", 0, CertificateForm::OneLinePem),
            chain_row("CERT_CHAIN_1", 1, CertificateForm::OneLinePem),
            chain_row("CERT_CHAIN_2", 2, CertificateForm::OneLinePem),
            chain_row("CERT_CHAIN_3", 3, CertificateForm::OneLinePem),
        ],
    },
    Reader {
        name: "keycloak-haproxy",
        source: "Keycloak 26, HaProxySslClientCertificateLookup, with the header names of its guide: bare base64 of the DER, the chain numbered from 0",
        rows: &[
            row("SSL_CLIENT_CERT", BASE64),
            chain_row("CERT_CHAIN_0", 0, CertificateForm::Base64),
            chain_row("CERT_CHAIN_1", 1, CertificateForm::Base64),
            chain_row("CERT_CHAIN_2", 2, CertificateForm::Base64),
            chain_row("CERT_CHAIN_3", 3, CertificateForm::Base64),
        ],
    },
    Reader {
        name: "keycloak-traefik",
        source: "Keycloak 26.6, TraefikProxySslClientCertificateLookup: URLDecoder, then split at END CERTIFICATE; what Traefik itself sends loses its +",
        rows: &[row(
            "X-Forwarded-Tls-Client-Cert",
            Field::LeafAndChain(ChainForm::EscapedPem(UrlForm::Component)),
        )],
    },
    Reader {
        name: "vault",
        source: "Vault and OpenBao, x_forwarded_for_client_cert_header without decoders: bare base64 of the DER",
        rows: &[row("X-Forwarded-For-Client-Cert", BASE64)],
    },
    Reader {
        name: "puppet",
        source: "Puppet Server 8 and OpenVox, allow-header-cert-info: SUCCESS, RFC 2253, percent-encoded PEM",
        rows: &[
            row("X-Client-Verify", VERDICT),
            row("X-Client-DN", SUBJECT),
            row("X-Client-Cert", ESCAPED_PEM),
        ],
    },
    Reader {
        name: "tomcat",
        source: "Tomcat 10.1, SSLValve: percent-encoded PEM, and PEM on one line for versions that know no other",
        rows: &[row("ssl_client_escaped_cert", ESCAPED_PEM), row("ssl_client_cert", ONE_LINE_PEM)],
    },
    Reader {
        name: "cas",
        source: "Apereo CAS, RequestHeaderX509CertificateExtractor: as Tomcat's SSLValve reads it",
        rows: &[row("ssl_client_cert", ONE_LINE_PEM)],
    },
    Reader {
        name: "undertow",
        source: "Undertow and WildFly, SSLHeaderHandler: PEM on one line, cut at fixed places",
        rows: &[row("SSL_CLIENT_CERT", ONE_LINE_PEM)],
    },
    Reader {
        name: "aspnet",
        source: "ASP.NET Core, CertificateForwardingMiddleware: bare base64 of the DER",
        rows: &[row("X-Client-Cert", BASE64)],
    },
    Reader {
        name: "foreman",
        // It searches for `CN=` anywhere in the name, and stops at a space; so it gets only the common name.
        source: "Foreman and Katello, ssl_client_dn_env: the first CN=word of the name; ssl_client_verify_env wants SUCCESS",
        rows: &[
            row("SSL-CLIENT-VERIFY", VERDICT),
            ("SSL-CLIENT-S-DN", plain(AttributeType::CommonName), "CN=", ""),
            row("SSL-CLIENT-CERT", ONE_LINE_PEM),
        ],
    },
    Reader {
        name: "pulp",
        source: "Pulp, X509CertGuard: percent-encoded PEM",
        rows: &[row("X-CLIENT-CERT", ESCAPED_PEM)],
    },
    Reader {
        name: "opennebula",
        source: "OpenNebula Sunstone, x509 authentication: PEM on one line",
        rows: &[row("SSL-CLIENT-CERT", ONE_LINE_PEM)],
    },
    Reader {
        name: "mattermost",
        // It splits the name at every `/`, escaped or not; so it gets only the address.
        source: "Mattermost, CheckForClientSideCert: any certificate text, and emailAddress= of a name in the one-line form",
        rows: &[
            row("X-SSL-Client-Cert", ESCAPED_PEM),
            (
                "X-SSL-Client-Cert-Subject-DN",
                plain(AttributeType::EmailAddress),
                "/emailAddress=",
                "",
            ),
        ],
    },
    Reader {
        name: "authentik",
        source: "authentik, mTLS stage behind nginx: Python's unquote_plus, then PEM",
        rows: &[row("SSL-Client-Cert", ESCAPED_PEM)],
    },
    Reader {
        name: "wso2-apim",
        source: "WSO2 API Manager 4: base64 of the PEM, its default; percent-encoded PEM when configured",
        rows: &[row("X-WSO2-CLIENT-CERTIFICATE", Field::Certificate(CertificateForm::Base64Pem))],
    },
    Reader {
        name: "wso2-is",
        source: "WSO2 Identity Server, X509 certificate valve: PEM with tabs between its lines",
        rows: &[row("X-SSL-CERT", Field::Certificate(CertificateForm::TabbedPem))],
    },
    Reader {
        name: "dirac",
        source: "DIRAC, TornadoREST behind nginx: percent-encoded PEM and SUCCESS",
        rows: &[row("X-Ssl_client_verify", VERDICT), row("X-SSL-CERT", ESCAPED_PEM)],
    },
    Reader {
        name: "janssen",
        source: "Janssen and Gluu, X-ClientCert: percent-encoded PEM or PEM on one line",
        rows: &[row("X-ClientCert", ESCAPED_PEM)],
    },
    Reader {
        name: "authlete",
        source: "Authlete, HeaderClientCertificateXSslExtractor: percent-encoded PEM, the chain numbered from 1",
        rows: &[
            row("X-Ssl-Cert", ESCAPED_PEM),
            chain_row("X-Ssl-Cert-Chain-1", 0, CertificateForm::EscapedPem(UrlForm::Component)),
            chain_row("X-Ssl-Cert-Chain-2", 1, CertificateForm::EscapedPem(UrlForm::Component)),
            chain_row("X-Ssl-Cert-Chain-3", 2, CertificateForm::EscapedPem(UrlForm::Component)),
            chain_row("X-Ssl-Cert-Chain-4", 3, CertificateForm::EscapedPem(UrlForm::Component)),
        ],
    },
    Reader {
        name: "openfinance-brazil",
        source: "Open Finance Brazil, security profile: PEM on one line, Go's form of the name, SUCCESS",
        rows: &[
            row("X-BANK-Certificate-Verify", VERDICT),
            row("X-BANK-Certificate-DN", Field::Subject(NameForm::Go)),
            row("BANK-TLS-Certificate", ONE_LINE_PEM),
        ],
    },
    Reader {
        name: "fastapi-client-cert-auth",
        source: "fastapi-client-cert-auth: SUCCESS and percent-encoded PEM",
        rows: &[row("X-MTLS-VERIFY", VERDICT), row("X-MTLS-CERT", ESCAPED_PEM)],
    },
    Reader {
        name: "django-mtls-auth",
        source: "django-mtls-auth: SUCCESS and RFC 2253",
        rows: &[row("X-SSL-AUTHENTICATED", VERDICT), row("X-SSL-USER-DN", SUBJECT)],
    },
    Reader {
        name: "symfony",
        // It searches for `emailAddress=` anywhere in the name; so it gets only the address.
        source: "Symfony 7, X509Authenticator: the address, else the first emailAddress= of the name",
        rows: &[
            row("SSL_CLIENT_S_DN_Email", plain(AttributeType::EmailAddress)),
            ("SSL_CLIENT_S_DN", plain(AttributeType::EmailAddress), "emailAddress=", ""),
        ],
    },
    Reader {
        name: "websphere",
        source: "WebSphere and Open Liberty, $WSCC: base64 of the DER",
        rows: &[row("$WSCC", BASE64)],
    },
    Reader {
        name: "weblogic",
        source: "WebLogic, WL-Proxy-Client-Cert: base64 of the DER",
        rows: &[row("WL-Proxy-Client-Cert", BASE64)],
    },
    Reader {
        name: "nifi",
        source: "Apache NiFi 2, ProxiedEntitiesUtils: Java's form of the name between < and >, in which both are escaped",
        rows: &[("X-ProxiedEntitiesChain", Field::Subject(NameForm::Java), "<", ">")],
    },
    Reader {
        name: "kubernetes",
        source: "Kubernetes, request header authentication: the last common name, and a line for each O",
        rows: &[
            row(
                "X-Remote-User",
                Field::Subject(NameForm::Attribute(AttributeType::CommonName, Occurrence::Last)),
            ),
            row(
                "X-Remote-Group",
                Field::Subject(NameForm::EachAttribute(AttributeType::Organization)),
            ),
        ],
    },
    Reader {
        name: "oidc-provider",
        source: "node oidc-provider 9, features.mTLS: the names of its documentation's example; decode with decodeURIComponent",
        rows: &[
            row("x-ssl-client-verify", VERDICT),
            row("x-ssl-client-s-dn", SUBJECT),
            row("x-ssl-client-cert", ESCAPED_PEM),
        ],
    },
];

impl HeaderSet {
    /// Returns the sets named after programs that read them, each with a description of the reader: the program, its version, and the
    /// headers that it reads.
    ///
    /// They have no constructors; use [`named`](Self::named).
    ///
    /// ```
    /// use tls_client_auth::HeaderSet;
    ///
    /// let puppet = HeaderSet::named("puppet")?;
    /// let names: Vec<_> = puppet.rows().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["X-Client-Verify", "X-Client-DN", "X-Client-Cert"]);
    /// assert!(HeaderSet::readers().any(|(set, reader)| set == puppet && reader.starts_with("Puppet Server 8")));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    #[doc(alias(
        "Keycloak",
        "Vault",
        "OpenBao",
        "Puppet",
        "OpenVox",
        "Tomcat",
        "CAS",
        "Undertow",
        "WildFly",
        "Foreman",
        "Katello",
        "Pulp",
        "OpenNebula",
        "Mattermost",
        "authentik",
        "WSO2",
        "DIRAC",
        "Janssen",
        "Gluu",
        "Authlete",
        "FastAPI",
        "Django",
        "Symfony",
        "PHP",
        "WebSphere",
        "Liberty",
        "WebLogic",
        "NiFi",
        "Kubernetes",
        "oidc-provider",
        "ASP.NET Core",
        "Open Finance Brazil",
        "CERT_CHAIN_0",
        "X-Forwarded-For-Client-Cert",
        "X-Client-Verify",
        "X-Client-DN",
        "ssl_client_cert",
        "X-SSL-Client-Cert",
        "X-SSL-Client-Cert-Subject-DN",
        "SSL-Client-Cert",
        "X-WSO2-CLIENT-CERTIFICATE",
        "X-SSL-CERT",
        "X-Ssl_client_verify",
        "X-ClientCert",
        "X-BANK-Certificate-Verify",
        "X-BANK-Certificate-DN",
        "BANK-TLS-Certificate",
        "X-MTLS-VERIFY",
        "X-MTLS-CERT",
        "X-SSL-AUTHENTICATED",
        "X-SSL-USER-DN",
        "SSL_CLIENT_S_DN_Email",
        "$WSCC",
        "WL-Proxy-Client-Cert",
        "X-ProxiedEntitiesChain",
        "X-Remote-User",
        "X-Remote-Group",
        "x-ssl-client-s-dn",
    ))]
    #[must_use]
    pub fn readers() -> impl ExactSizeIterator<Item = (Self, &'static str)> {
        READERS.iter().map(|reader| (reader.set(), reader.source))
    }
}

impl Reader {
    fn set(&self) -> HeaderSet {
        let rows: Vec<_> = self.rows.iter().map(|(name, field, ..)| (*name, *field)).collect();
        let set = HeaderSet::from_table(self.name, &rows).with_dialect(Dialect::OpenSsl);
        let around = self.rows.iter().filter(|(_, _, before, after)| *before != *after);
        around.fold(set, |set, (name, _, before, after)| {
            set.clone().surrounded(name, before, after).unwrap_or(set)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::is_owned_name;

    #[test]
    fn every_table_is_complete_and_stripped() {
        for reader in READERS {
            let set = reader.set();
            assert_eq!(set.rows().len(), reader.rows.len(), "{}", reader.name);
            assert_eq!(HeaderSet::named(reader.name).as_ref(), Ok(&set));
            for ((name, field, before, after), entry) in reader.rows.iter().zip(&**set.entries()) {
                assert_eq!((entry.name.as_str(), entry.field), (*name, *field));
                let around = entry.around.as_deref().cloned().unwrap_or_default();
                assert_eq!(around, [*before, *after], "{name}");
            }
        }
    }

    #[test]
    fn only_two_names_belong_to_no_family() {
        let rows = READERS.iter().flat_map(|reader| reader.rows);
        let others = rows.map(|(name, ..)| *name).filter(|name| !is_owned_name(name.as_bytes()));
        // A forwarding strips these two only if it uses their set.
        let others: Vec<_> = others.collect();
        assert_eq!(others, ["X-Remote-User", "X-Remote-Group"]);
    }
}
