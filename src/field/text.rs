//! The words for every field and form, one row each. Parsing, printing, errors and tests all use these rows.
//!
//! A word is the variant's name in lower case with hyphens. A new form needs one row here; a form with parts lists them, and a part
//! of a new type implements [`Words`].

#[cfg(test)]
use alloc::{string::String, vec::Vec};
use core::fmt;
use core::str::FromStr;

use super::{
    AttributeType, CertificateForm, ChainForm, DateForm, DigestForm, Field, Flag, NameForm,
    Occurrence, SanKind, SerialForm, SubjectAltNameForm, UrlForm, VerdictForm, Xfcc,
};
use crate::words::{ParseWordsError, Unread, Words, in_words, read_list, words};
use crate::x509::Dialect;

words! {
    Field as "field" {
        "presented" => Presented(flag: Flag),
        "verified" => Verified,
        "verified-flag" => VerifiedFlag(flag: Flag),
        "revoked" => Revoked(flag: Flag),
        "verdict" => Verdict(form: VerdictForm),
        "errors" => Errors,
        "fixed" => Fixed,
        "tls" => Tls(flag: Flag),
        "version" => Version,
        "issuer" => Issuer(form: NameForm),
        "subject" => Subject(form: NameForm),
        "root-subject" => RootSubject(form: NameForm),
        "serial" => Serial(form: SerialForm),
        "issuer-serial" => IssuerSerial,
        "subject-key-identifier" => SubjectKeyIdentifier,
        "issuer-subject-key-identifier" => IssuerSubjectKeyIdentifier,
        "sha1" => Sha1(form: DigestForm),
        "sha256" => Sha256(form: DigestForm),
        "public-key-sha256" => PublicKeySha256(form: DigestForm),
        "not-before" => NotBefore(form: DateForm),
        "not-after" => NotAfter(form: DateForm),
        "validity" => Validity,
        "days-remaining" => DaysRemaining,
        "subject-alt-name" => SubjectAltName(form: SubjectAltNameForm),
        "subject-alt-names" => SubjectAltNames(kind: SanKind),
        "certificate" => Certificate(form: CertificateForm),
        "chain" => Chain(form: ChainForm),
        "leaf-and-chain" => LeafAndChain(form: ChainForm),
        "chain-certificate" => ChainCertificate(index: u8, form: CertificateForm),
        "public-key-bits" => PublicKeyBits,
        "public-key-bits-sha256" => PublicKeyBitsSha256(form: DigestForm),
        "traefik-info" => TraefikInfo,
        "xfcc" => Xfcc(keys: Xfcc),
    }
    VerdictForm { "text" => Text, "code" => Code, "constant" => Constant, "word" => Word, }
    Flag { "digit" => Digit, "word" => Word, }
    NameForm {
        "rfc2253" => Rfc2253,
        "legacy" => Legacy,
        "haproxy" => HaProxy,
        "common-name" => CommonName,
        "base64" => Base64,
        "go" => Go,
        "java" => Java,
        "attribute" => Attribute(kind: AttributeType, which: Occurrence),
        "plain-attribute" => PlainAttribute(kind: AttributeType, which: Occurrence),
        "each-attribute" => EachAttribute(kind: AttributeType),
    }
    AttributeType {
        "CN" => CommonName,
        "O" => Organization,
        "OU" => OrganizationalUnit,
        "emailAddress" => EmailAddress,
        "UID" => UserId,
        "serialNumber" => SerialNumber,
        "C" => Country,
        "ST" => State,
        "L" => Locality,
        "DC" => DomainComponent,
        "title" => Title,
        "GN" => GivenName,
        "SN" => Surname,
    }
    Occurrence { "first" => First, "last" => Last, "nth" => Nth(index: u8), }
    SerialForm {
        "hex" => Hex,
        "hex-lower" => HexLower,
        "hex-unsigned" => HexUnsigned,
        "hex-colons" => HexColons,
        "hex-upper-colons" => HexUpperColons,
        "der-colons" => DerColons,
        "decimal" => Decimal,
    }
    DigestForm { "lower" => Lower, "upper" => Upper, "base64-unpadded" => Base64Unpadded, "base64url" => Base64Url, "upper-colons" => UpperColons, }
    DateForm {
        "openssl" => OpenSsl,
        "haproxy" => HaProxy,
        "iso8601" => Iso8601,
        "iso8601-offset" => Iso8601Offset,
        "iso8601-millis" => Iso8601Millis,
        "unix-seconds" => UnixSeconds,
    }
    SubjectAltNameForm {
        "email" => Email(index: u8),
        "dns" => Dns(index: u8),
        "user-principal-name" => UserPrincipalName(index: u8),
        "linkerd-identity" => LinkerdIdentity,
        "spiffe-id" => SpiffeId,
        "dns-base64" => DnsBase64,
        "uri-base64" => UriBase64,
        "list" => List(kind: SanKind),
        "openssl" => OpenSsl,
    }
    SanKind { "dns" => Dns, "email" => Email, "ip" => Ip, "uri" => Uri, }
    CertificateForm {
        "base64" => Base64,
        "byte-sequence" => ByteSequence,
        "pem-url" => EscapedPem[UrlForm::Component],
        "pem-url-envoy" => EscapedPem[UrlForm::Envoy],
        "pem-url-alb" => EscapedPem[UrlForm::Alb],
        "pem-url-form" => EscapedPem[UrlForm::Form],
        "pem-one-line" => OneLinePem,
        "pem-base64" => Base64Pem,
        "pem-tabs" => TabbedPem,
        "pem-literal" => LiteralPem,
    }
    ChainForm {
        "byte-sequences" => ByteSequences,
        "concatenated-base64" => ConcatenatedBase64,
        "pem-url" => EscapedPem[UrlForm::Component],
        "pem-url-envoy" => EscapedPem[UrlForm::Envoy],
        "pem-url-alb" => EscapedPem[UrlForm::Alb],
        "pem-url-form" => EscapedPem[UrlForm::Form],
        "comma-base64" => CommaBase64,
        "escaped-comma-base64" => EscapedCommaBase64,
    }
}

words! {
    Dialect as "dialect" { "boringssl" => BoringSsl, "openssl" => OpenSsl, }
}

in_words!(
    AttributeType,
    CertificateForm,
    ChainForm,
    DateForm,
    Dialect,
    DigestForm,
    Flag,
    NameForm,
    Occurrence,
    SanKind,
    SerialForm,
    SubjectAltNameForm,
    VerdictForm,
    Xfcc,
);

/// `hash,subject,uri`: the keys, always with `hash`; `json` selects the format.
impl Words for Xfcc {
    fn write_words(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str("hash")?;
        for (word, is_in, _) in XFCC_KEYS.iter().skip(1) {
            if is_in(self) {
                write!(text, ",{word}")?;
            }
        }
        Ok(())
    }

    fn read_words(words: &mut Unread<'_>) -> Result<Self, ParseWordsError> {
        let mut xfcc = Self::new();
        for place in read_list(words, &XFCC_KEYS.map(|(word, ..)| word))? {
            if let Some((_, _, add)) = XFCC_KEYS.get(place) {
                xfcc = add(xfcc);
            }
        }
        Ok(xfcc)
    }

    #[cfg(test)]
    fn texts() -> Vec<String> {
        let optional = XFCC_KEYS.iter().skip(1).map(|(word, ..)| *word);
        let double = |texts: Vec<String>, word| {
            texts.into_iter().flat_map(|text| [alloc::format!("{text},{word}"), text]).collect()
        };
        optional.fold(alloc::vec!["hash".into()], double)
    }
}

/// A key's word, its getter and its setter.
type XfccKey = (&'static str, fn(&Xfcc) -> bool, fn(Xfcc) -> Xfcc);

const XFCC_KEYS: [XfccKey; 8] = [
    ("hash", |_| true, |xfcc| xfcc),
    ("cert", |xfcc| xfcc.cert, Xfcc::cert),
    ("chain", |xfcc| xfcc.chain, Xfcc::chain),
    ("subject", |xfcc| xfcc.subject, Xfcc::subject),
    ("uri", |xfcc| xfcc.uri, Xfcc::uri),
    ("dns", |xfcc| xfcc.dns, Xfcc::dns),
    ("issuer", |xfcc| xfcc.issuer, Xfcc::issuer),
    ("json", |xfcc| xfcc.json, Xfcc::json),
];

/// Prints the field's text for settings: `subject:rfc2253`. [`FromStr`] parses it.
impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_words(formatter)
    }
}

/// Parses a field's text in settings: the variants' names in lower case with hyphens, separated by colons.
///
/// All fields and their forms:
///
/// | Text | Forms |
/// |---|---|
/// | `presented:FLAG`, `verified-flag:FLAG`, `revoked:FLAG`, `tls:FLAG` | `digit`, `word` |
/// | `verdict:FORM` | `text`, `code`, `constant`, `word` |
/// | `verified`, `errors`, `fixed`, `version`, `validity`, `days-remaining` | |
/// | `subject:FORM`, `issuer:FORM`, `root-subject:FORM` | `rfc2253`, `legacy`, `haproxy`, `common-name`, `base64`, `go`, `java`, `attribute:TYPE:WHICH`, `plain-attribute:TYPE:WHICH`, `each-attribute:TYPE` |
/// | `serial:FORM` | `hex`, `hex-lower`, `hex-unsigned`, `hex-colons`, `hex-upper-colons`, `der-colons`, `decimal` |
/// | `issuer-serial`, `subject-key-identifier`, `issuer-subject-key-identifier` | |
/// | `sha1:FORM`, `sha256:FORM`, `public-key-sha256:FORM`, `public-key-bits-sha256:FORM` | `lower`, `upper`, `base64-unpadded`, `base64url`, `upper-colons` |
/// | `public-key-bits` | |
/// | `not-before:FORM`, `not-after:FORM` | `openssl`, `haproxy`, `iso8601`, `iso8601-offset`, `iso8601-millis`, `unix-seconds` |
/// | `subject-alt-name:FORM` | `email:INDEX`, `dns:INDEX`, `user-principal-name:INDEX`, `linkerd-identity`, `spiffe-id`, `dns-base64`, `uri-base64`, `list:KIND`, `openssl` |
/// | `subject-alt-names:KIND` | `dns`, `email`, `ip`, `uri` |
/// | `certificate:FORM`, `chain-certificate:INDEX:FORM` | `base64`, `byte-sequence`, `pem-url`, `pem-url-envoy`, `pem-url-alb`, `pem-url-form`, `pem-one-line`, `pem-base64`, `pem-tabs`, `pem-literal` |
/// | `chain:FORM`, `leaf-and-chain:FORM` | `byte-sequences`, `concatenated-base64`, `pem-url`, `pem-url-envoy`, `pem-url-alb`, `pem-url-form`, `comma-base64`, `escaped-comma-base64` |
/// | TYPE, of attributes | `CN`, `O`, `OU`, `emailAddress`, `UID`, `serialNumber`, `C`, `ST`, `L`, `DC`, `title`, `GN`, `SN` |
/// | WHICH of them | `first`, `last`, `nth:INDEX` |
/// | `traefik-info` | |
/// | `xfcc:KEYS` | `hash` and, after commas, any of `cert`, `chain`, `subject`, `uri`, `dns`, `issuer`, `json` |
///
/// INDEX is a number from 0 to 255. `pem-url` is [`EscapedPem`](CertificateForm::EscapedPem) with [`UrlForm::Component`].
///
/// ```
/// use tls_client_auth::field::{CertificateForm, Field, UrlForm};
///
/// let field: Field = "chain-certificate:0:pem-url".parse()?;
/// assert_eq!(field, Field::ChainCertificate(0, CertificateForm::EscapedPem(UrlForm::Component)));
/// assert_eq!(field.to_string(), "chain-certificate:0:pem-url");
/// # Ok::<(), tls_client_auth::field::ParseWordsError>(())
/// ```
///
/// # Errors
/// A word is unknown, missing or superfluous. The error names the nearest known word and lists all that are valid in its place.
impl FromStr for Field {
    type Err = ParseWordsError;

    fn from_str(text: &str) -> Result<Self, ParseWordsError> {
        Self::parse_words(text)
    }
}

#[cfg(feature = "serde")]
mod serde {
    use super::Field;
    use crate::words::Spelled;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes the field's text: `"subject:rfc2253"`.
    impl Serialize for Field {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Spelled(*self).serialize(serializer)
        }
    }

    /// Reads the field's text: see [`FromStr`](core::str::FromStr).
    impl<'de> Deserialize<'de> for Field {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Spelled::deserialize(deserializer).map(|Spelled(field)| field)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use std::collections::HashSet;

    #[test]
    fn the_text_of_every_field_is_parsed_back() {
        let texts = Field::texts();
        let mut fields = HashSet::new();
        for text in &texts {
            let field: Field = text.parse().unwrap();
            assert_eq!(field.to_string(), *text);
            assert!(fields.insert(field), "{text}: another text means the same");
        }
        // Every choice of Envoy's 7 keys, and three numbers for each form with an index.
        assert!(texts.len() > 128 + 3 * 7 + 3 * 3, "{}", texts.len());
    }

    fn texts_are_parsed_back<T: Words + fmt::Display + FromStr<Err = ParseWordsError>>() {
        for text in T::texts() {
            assert_eq!(text.parse::<T>().unwrap().to_string(), text);
            assert!(alloc::format!("{text}:x").parse::<T>().is_err(), "{text}");
        }
        let error = "x".parse::<T>().err().unwrap().to_string();
        assert!(error.contains("\"x\": is not known") && error.contains("nown: "), "{error}");
    }

    #[test]
    fn the_text_of_every_form_is_parsed_back() {
        texts_are_parsed_back::<AttributeType>();
        texts_are_parsed_back::<CertificateForm>();
        texts_are_parsed_back::<ChainForm>();
        texts_are_parsed_back::<DateForm>();
        texts_are_parsed_back::<Dialect>();
        texts_are_parsed_back::<DigestForm>();
        texts_are_parsed_back::<Field>();
        texts_are_parsed_back::<Flag>();
        texts_are_parsed_back::<NameForm>();
        texts_are_parsed_back::<Occurrence>();
        texts_are_parsed_back::<SanKind>();
        texts_are_parsed_back::<SerialForm>();
        texts_are_parsed_back::<SubjectAltNameForm>();
        texts_are_parsed_back::<VerdictForm>();
        texts_are_parsed_back::<Xfcc>();
        texts_are_parsed_back::<crate::connection::KeepFrom>();
        texts_are_parsed_back::<crate::connection::XfccMode>();
        let error = "opensl".parse::<Dialect>().unwrap_err();
        let said =
            r#"dialect "opensl": is not known, did you mean "openssl"? Known: boringssl, openssl"#;
        assert_eq!(error.to_string(), said);
    }

    #[test]
    fn the_documented_table_names_every_word() {
        let source = include_str!("text.rs");
        let table: Vec<&str> = source.lines().filter(|line| line.starts_with("/// |")).collect();
        let table = table.join("\n");
        for text in Field::texts() {
            for word in text.split([':', ',']).filter(|word| word.parse::<u8>().is_err()) {
                let named =
                    ['`', ':'].iter().any(|end| table.contains(&alloc::format!("`{word}{end}")));
                assert!(named, "{word} of {text}");
            }
        }
    }

    #[test]
    fn errors_name_the_word_and_the_reason() {
        let cases = [
            ("", r#"field "": is not known; known: presented, "#),
            ("subjct:rfc2253", r#""subjct" is not known, did you mean "subject"? Known: pre"#),
            ("Subject:rfc2253", r#""Subject" is not known, did you mean "subject"? Known: pre"#),
            ("sha256:hex", r#""hex" is not known; known: lower, upper, base64-unpadded"#),
            ("certificate:pem", r#""pem" is not known, did you mean "pem-url"? Known: base64, "#),
            ("sha256", r#"field "sha256": lacks its form, one of lower, upper, base64-unpadded"#),
            ("sha256:", r#""" is not known; known: lower, upper, base64-unpadded"#),
            ("verified:word", r#"has no form "word""#),
            ("sha256:lower:x:y", r#"has no form "x:y""#),
            ("chain-certificate:256:base64", r#""256" is not a number from 0 to 255"#),
            ("chain-certificate:+1:base64", r#""+1" is not a number from 0 to 255"#),
            ("chain-certificate:01:base64", r#""01" is not a number from 0 to 255"#),
            ("chain-certificate", r#""" is not a number from 0 to 255"#),
            ("chain-certificate:0", "lacks its form, one of base64, byte-sequence, "),
            ("xfcc", "lacks its form, one of hash, cert, "),
            ("xfcc:", r#""" is not known; known: hash, cert, "#),
            ("xfcc:hash,sbject", r#""sbject" is not known, did you mean "subject"? Known: hash, "#),
            ("xfcc:uri,hash,uri", r#""uri" is duplicated"#),
            ("sha256:lower ", r#""lower " is not known, did you mean "lower"? Known: "#),
            ("sha256:lo\nwer", r#"field "sha256:lo\nwer": "lo\nwer" is not known, did you"#),
        ];
        for (text, said) in cases {
            let error = text.parse::<Field>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
            assert!(error.starts_with("field \""), "{error}");
        }
    }
}
