//! Cloudflare's own engine with the fields of its rules language that this crate fills.

use std::sync::LazyLock;

use tls_client_auth::record::RuleValue;
use tls_client_auth::{ClientCertificate, TlsClientAuth};
use wirefilter::{ExecutionContext, FilterAst, LhsValue, Scheme, Type};

use crate::Result;

/// The field that names the request's host; the engine compares it byte by byte.
const HOST: &str = "http.host";

/// Every field that a rule may name; any other is an error when the rule is read.
static SCHEME: LazyLock<Scheme> = LazyLock::new(|| {
    let nobody = TlsClientAuth::new(&ClientCertificate::none());
    let fields = nobody.rule_fields().map(|(name, value)| {
        let kind = match value {
            RuleValue::Boolean(_) => Type::Bool,
            RuleValue::Text(_) => Type::Bytes,
        };
        (name.to_owned(), kind)
    });
    Scheme::try_from_iter(fields.chain([(HOST.to_owned(), Type::Bytes)])).expect("21 other names")
});

/// The rules of a file, one on each line; `#` begins a comment. A rule blocks the requests that it matches.
pub struct Rules(Vec<(String, FilterAst<'static>)>);

impl Rules {
    pub fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        let rule = |(number, line): (usize, &str)| {
            let ast = SCHEME.parse(line).map_err(|error| format!("line {number}: {error}"))?;
            Ok((line.to_owned(), ast))
        };
        lines
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(rule)
            .collect::<Result<_>>()
            .map(Self)
    }

    /// The rule that blocks this client's request for a host in lower case, without port and trailing dot.
    pub fn blocks(&self, host: &str, client: &TlsClientAuth) -> Result<Option<&str>> {
        let mut request = ExecutionContext::new(&SCHEME);
        set(&mut request, HOST, host.into())?;
        for (name, value) in client.rule_fields() {
            let value = match value {
                RuleValue::Boolean(value) => LhsValue::from(value),
                RuleValue::Text(value) => LhsValue::from(value),
            };
            set(&mut request, name, value)?;
        }
        for (rule, ast) in &self.0 {
            // A filter cannot outlive the values that it reads.
            if ast.clone().compile().execute(&request).map_err(|error| error.to_string())? {
                return Ok(Some(rule));
            }
        }
        Ok(None)
    }
}

fn set<'v>(request: &mut ExecutionContext<'v>, name: &str, value: LhsValue<'v>) -> Result<()> {
    Ok(request.set_field_value(name, value).map_err(|error| format!("{name}: {error}"))?)
}
