// A Worker that removes RFC 9440's headers from every request, and sets them for a verified certificate that is not revoked. The flags are
// strings, and the string "0" is true in JavaScript.

export default {
  fetch(request) {
    const client = request.cf.tlsClientAuth;
    const headers = new Headers(request.headers);
    headers.delete("Client-Cert");
    headers.delete("Client-Cert-Chain");
    const trusted =
      client.certPresented === "1" && client.certVerified === "SUCCESS" && client.certRevoked === "0";
    if (trusted && client.certRFC9440 !== "" && !client.certRFC9440TooLarge) {
      headers.set("Client-Cert", client.certRFC9440);
      if (client.certChainRFC9440 !== "" && !client.certChainRFC9440TooLarge) {
        headers.set("Client-Cert-Chain", client.certChainRFC9440);
      }
    }
    return fetch(new Request(request, { headers }));
  },
};
