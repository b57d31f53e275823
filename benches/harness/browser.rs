//! Header lines of a browser's request, for all benchmarks. Other packages include this file by its path.

pub(crate) const REQUEST: [(&str, &str); 12] = [
    ("host", "app.example.com"),
    ("user-agent", "Mozilla/5.0"),
    ("accept", "text/html"),
    ("accept-language", "en"),
    ("accept-encoding", "gzip"),
    ("cookie", "session=1"),
    ("referer", "https://app.example.com/"),
    ("cache-control", "no-cache"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "none"),
    ("x-request-id", "1"),
    ("content-type", "application/json"),
];
