// A fastify origin: reads RFC 9440's header. It has no verdict, so the proxy must send it for verified clients only.
import { X509Certificate } from 'node:crypto';
import fastify from 'fastify';
import { parseItem } from 'structured-headers';

const server = fastify();
server.get('/*', (request) => {
  const value = request.headers['client-cert'];
  if (value === undefined) return { identity: null };
  const certificate = new X509Certificate(Buffer.from(parseItem(value)[0]));
  return { identity: certificate.fingerprint256.replaceAll(':', '').toLowerCase() };
});
await server.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
