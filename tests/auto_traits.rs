//! Public types have the auto traits that request extensions, spawned tasks and shared state require. The compiler checks it.

use tls_client_auth::client::{OtherReason, Reason, VerifyError};
use tls_client_auth::field::{
    CertificateForm, ChainForm, DateForm, DigestForm, Field, Flag, Limits, NameForm, SerialForm,
};
use tls_client_auth::headers::{
    HeaderLine, HeaderLines, HeaderName, HeaderSetError, HeaderSetErrorKind,
};
use tls_client_auth::hosts::{
    AuthStatus, Conditions, Decision, Handshake, HostnameAssociation, HostnameError,
    HostnameErrorKind, HostnameSetting, HostnameSettings, Hosts, Refusal,
};
use tls_client_auth::x509::{
    AuthorityKeyIdentifier, Certificate, Error, ErrorKind, Extension, Extensions, Name,
    ObjectIdentifier, Part, SerialNumber, SubjectAltName, SubjectAltNames, Time,
};
use tls_client_auth::{
    Claim, ClientCertificate, ConnectionState, Dialect, Forwarding, HeaderSet, TlsClientAuth,
    Verification,
};

/// For values that go into a request's extensions and into tasks.
const fn owned<T: Clone + Send + Sync + Unpin + core::fmt::Debug + 'static>() {}

/// For small values.
const fn copied<T: Copy + Send + Sync + Unpin + core::fmt::Debug + 'static>() {}

/// For a value that moves between tasks with its request and must not be duplicated.
const fn moved<T: Send + Sync + Unpin + core::fmt::Debug + 'static>() {}

const fn error<T: core::error::Error + Clone + Eq + Send + Sync + 'static>() {}

const _: () = {
    owned::<ClientCertificate>();
    owned::<ConnectionState>();
    owned::<HeaderName>();
    owned::<Forwarding>();
    owned::<HeaderLines>();
    owned::<HeaderSet>();
    owned::<Conditions>();
    owned::<Handshake>();
    owned::<HostnameAssociation>();
    owned::<HostnameSetting>();
    owned::<HostnameSettings>();
    owned::<Hosts>();
    owned::<OtherReason>();
    owned::<Reason>();
    owned::<TlsClientAuth>();
    owned::<Verification>();

    copied::<CertificateForm>();
    copied::<ChainForm>();
    copied::<DateForm>();
    copied::<Dialect>();
    copied::<DigestForm>();
    copied::<ErrorKind>();
    copied::<Field>();
    copied::<Flag>();
    copied::<HeaderSetErrorKind>();
    copied::<AuthStatus>();
    copied::<Decision>();
    copied::<HostnameErrorKind>();
    copied::<Refusal>();
    copied::<Limits>();
    copied::<NameForm>();
    copied::<Part>();
    copied::<SerialForm>();
    copied::<VerifyError>();

    // Views that borrow the certificate's bytes.
    copied::<AuthorityKeyIdentifier<'static>>();
    copied::<Certificate<'static>>();
    copied::<Extension<'static>>();
    copied::<Extensions<'static>>();
    copied::<HeaderLine<'static>>();
    copied::<Name<'static>>();
    copied::<ObjectIdentifier<'static>>();
    copied::<SerialNumber<'static>>();
    copied::<SubjectAltName<'static>>();
    copied::<SubjectAltNames<'static>>();
    copied::<Time<'static>>();

    moved::<Claim>();

    error::<Error>();
    error::<HeaderSetError>();
    error::<HostnameError>();
};
