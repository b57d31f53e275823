//! What request extensions, spawned tasks and shared state need of the public types, checked by the compiler.

use tls_client_auth::{
    AuthorityKeyIdentifier, Certificate, CertificateForm, ChainForm, Claim, ClientCertificate,
    ConnectionState, DateForm, Dialect, DigestForm, Error, ErrorKind, Extension, Extensions, Field,
    FieldName, Flag, Forwarding, HeaderLine, HeaderLines, HeaderSet, HeaderSetError,
    HeaderSetErrorKind, HostnameError, HostnameErrorKind, HostnameSetting, HostnameSettings,
    Limits, Name, NameForm, ObjectIdentifier, OtherReason, Part, Reason, SerialForm, SerialNumber,
    SubjectAltName, SubjectAltNames, Time, TlsClientAuth, Verification, VerifyError,
};

/// Goes into a request's extensions and into every task.
const fn owned<T: Clone + Send + Sync + Unpin + core::fmt::Debug + 'static>() {}

/// Is passed around by value.
const fn copied<T: Copy + Send + Sync + Unpin + core::fmt::Debug + 'static>() {}

/// Moves between tasks with its request, and there is one of each.
const fn moved<T: Send + Sync + Unpin + core::fmt::Debug + 'static>() {}

const fn error<T: core::error::Error + Clone + Eq + Send + Sync + 'static>() {}

const _: () = {
    owned::<ClientCertificate>();
    owned::<ConnectionState>();
    owned::<FieldName>();
    owned::<Forwarding>();
    owned::<HeaderLines>();
    owned::<HeaderSet>();
    owned::<HostnameSetting>();
    owned::<HostnameSettings>();
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
    copied::<HostnameErrorKind>();
    copied::<Limits>();
    copied::<NameForm>();
    copied::<Part>();
    copied::<SerialForm>();
    copied::<VerifyError>();

    // Views are as free as the bytes that they borrow.
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
