<?php
// nginx's variables as PHP has them: a header's name in capitals, with _ for -, and so one name for both spellings.
$identity = null;
if (($_SERVER['HTTP_SSL_CLIENT_VERIFY'] ?? '') === 'SUCCESS') {
    $identity = openssl_x509_fingerprint(rawurldecode($_SERVER['HTTP_SSL_CLIENT_ESCAPED_CERT'] ?? ''), 'sha256') ?: null;
}
header('Content-Type: application/json');
echo json_encode(['identity' => $identity]);
