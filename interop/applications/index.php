<?php
// A PHP origin: reads nginx's certificate and verdict. PHP has one variable for both spellings of a header, with `-` and with `_`.
$identity = null;
if (($_SERVER['HTTP_SSL_CLIENT_VERIFY'] ?? '') === 'SUCCESS') {
    $identity = openssl_x509_fingerprint(rawurldecode($_SERVER['HTTP_SSL_CLIENT_ESCAPED_CERT'] ?? ''), 'sha256') ?: null;
}
header('Content-Type: application/json');
echo json_encode(['identity' => $identity]);
