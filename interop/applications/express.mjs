// An express origin: reads ingress-nginx's certificate and verdict.
import { X509Certificate } from 'node:crypto';
import express from 'express';

express()
  .get('/{*path}', (request, response) => {
    let identity = null;
    if (request.get('ssl-client-verify') === 'SUCCESS') {
      const certificate = new X509Certificate(decodeURIComponent(request.get('ssl-client-cert')));
      identity = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    }
    response.json({ identity });
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
