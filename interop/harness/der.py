"""Parses and writes DER, also of certificates that a library refuses to make."""

SEQUENCE, SET, INTEGER, BIT_STRING, OCTET_STRING, OID = 0x30, 0x31, 0x02, 0x03, 0x04, 0x06
UTF8, PRINTABLE, T61, IA5, BMP, UNIVERSAL = 0x0C, 0x13, 0x14, 0x16, 0x1E, 0x1C


def tlv(tag, *parts):
    """An element with this tag and contents."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def split(data):
    """The elements in `data`, each with its tag and length."""
    values, at = [], 0
    while at < len(data):
        start, size = _contents(data, at)
        values.append(data[at : start + size])
        at = start + size
    return values


def contents(value):
    """The contents of one element."""
    start, size = _contents(value, 0)
    return value[start : start + size]


def _contents(data, at):
    size = data[at + 1]
    if size < 0x80:
        return at + 2, size
    count = size & 0x7F
    return at + 2 + count, int.from_bytes(data[at + 2 : at + 2 + count], "big")


def oid(dotted):
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = b""
    for arc in [first * 40 + second, *rest]:
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(arc & 0x7F | 0x80)
        body += bytes(reversed(digits))
    return tlv(OID, body)


ATTRIBUTES = {
    "CN": "2.5.4.3", "SN": "2.5.4.4", "serialNumber": "2.5.4.5", "C": "2.5.4.6", "L": "2.5.4.7", "ST": "2.5.4.8",
    "street": "2.5.4.9", "O": "2.5.4.10", "OU": "2.5.4.11", "title": "2.5.4.12", "postalCode": "2.5.4.17",
    "GN": "2.5.4.42", "organizationIdentifier": "2.5.4.97", "emailAddress": "1.2.840.113549.1.9.1",
    "UID": "0.9.2342.19200300.100.1.1", "DC": "0.9.2342.19200300.100.1.25",
}
ENCODINGS = {UTF8: "utf-8", BMP: "utf-16-be", UNIVERSAL: "utf-32-be"}


def name(*names):
    """A distinguished name. Each argument is one RDN: `("CN", "text")`, `("CN", "text", tag)`, or a list of such."""
    rdns = []
    for rdn in names:
        attributes = []
        for kind, text, *tag in rdn if isinstance(rdn, list) else [rdn]:
            default = {"C": PRINTABLE, "DC": IA5, "emailAddress": IA5}.get(kind, UTF8)
            tag = tag[0] if tag else default
            value = tlv(tag, text.encode(ENCODINGS.get(tag, "latin-1")))
            attributes.append(tlv(SEQUENCE, oid(ATTRIBUTES.get(kind, kind)), value))
        rdns.append(tlv(SET, *sorted(attributes)))
    return tlv(SEQUENCE, *rdns)


def alternative_names(*names):
    """The value of a subjectAltName extension from `("URI", "text")`, `("DNS", "text")`, `("email", "text")`, `("IP", bytes)`."""
    tags = {"email": 0x81, "DNS": 0x82, "URI": 0x86, "IP": 0x87}
    encode = lambda value: value if isinstance(value, bytes) else value.encode("utf-8")
    return tlv(SEQUENCE, *(tlv(tags[kind], encode(value)) for kind, value in names))
