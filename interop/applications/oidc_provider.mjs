// An authorization server that binds access tokens to the client's certificate (RFC 8705), which it reads from a header. For each request
// it issues a token, and answers with the thumbprint to which the token is bound.
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;
const client = {
  client_id: 'client', token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_dns: 'any.example', grant_types: ['client_credentials'],
  redirect_uris: [], response_types: [], tls_client_certificate_bound_access_tokens: true,
};
const provider = new Provider(issuer, {
  clients: [client],
  clientAuthMethods: ['tls_client_auth', 'none'],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    mTLS: {
      enabled: true,
      certificateBoundAccessTokens: true,
      tlsClientAuth: true,
      getCertificate: (context) => {
        const value = context.get('x-ssl-client-cert');
        return value ? new X509Certificate(decodeURIComponent(value)) : undefined;
      },
      certificateAuthorized: (context) => context.get('x-ssl-client-verify') === 'SUCCESS',
      certificateSubjectMatches: () => true,
    },
  },
});
const handle = provider.callback();

createServer(async (request, response) => {
  if (request.method !== 'GET') return handle(request, response);
  const ask = async (path, fields) => {
    const headers = { ...request.headers, 'content-type': 'application/x-www-form-urlencoded', host: `127.0.0.1:${port}` };
    const body = new URLSearchParams({ client_id: 'client', ...fields });
    return (await fetch(issuer + path, { method: 'POST', headers, body })).json();
  };
  const { access_token: token } = await ask('/token', { grant_type: 'client_credentials' });
  const { cnf } = token ? await ask('/token/introspection', { token }) : {};
  const identity = cnf ? Buffer.from(cnf['x5t#S256'], 'base64url').toString('hex') : null;
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ identity }));
}).listen(port, '127.0.0.1');
