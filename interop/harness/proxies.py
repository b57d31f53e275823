"""Finds, configures and starts the proxies. Each has a listener for each header set that imitates it."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

VERIFY = "x-interop-verify"


@dataclass
class Listener:
    """A port of a proxy that sends the headers of one set. `headers`: header -> expression; `server`: the certificate that it presents."""

    set: str
    port: int
    headers: dict
    server: str = "server"


@dataclass
class Files:
    """The folders of a proxy: its keys, and a folder to write to."""

    directory: Path
    keys: Path
    origin: int

    def key(self, name):
        return str(self.keys / name)

    def write(self, name, text):
        file = self.directory / name
        file.write_text(text)
        return str(file)


def nginx(binary, files, listeners):
    servers = ""
    for listener in listeners:
        headers = "".join(
            f"proxy_set_header {name} {value};\n" for name, value in [*listener.headers.items(), (VERIFY, "$ssl_client_verify")]
        )
        servers += f"""
server {{
  listen 127.0.0.1:{listener.port} ssl;
  ssl_certificate {files.key("server.pem")};
  ssl_certificate_key {files.key("server.key")};
  ssl_client_certificate {files.key("ca.pem")};
  ssl_verify_client optional_no_ca;
  ssl_verify_depth 5;
  # Certificates for which nginx answers 400 go to the origin too.
  error_page 495 496 = @origin;
  location / {{ error_page 418 = @origin; return 418; }}
  location @origin {{
    proxy_pass http://127.0.0.1:{files.origin};
    proxy_http_version 1.1;
    {headers}
  }}
}}"""
    paths = "".join(f"{kind}_temp_path {files.directory}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = files.write(
        "nginx.conf",
        f"""daemon off;
worker_processes 1;
pid {files.directory}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 256; }}
http {{
access_log off;
{paths}
{servers}
}}""",
    )
    return [binary, "-p", str(files.directory), "-e", "stderr", "-c", config]


def haproxy(binary, files, listeners):
    text = """global
  tune.bufsize 131072
  tune.http.maxhdr 256
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
"""
    for listener in listeners:
        text += f"""frontend {listener.set}
  bind 127.0.0.1:{listener.port} ssl crt {files.key("server-both.pem")} ca-file {files.key("ca.pem")} verify optional ca-ignore-err all crt-ignore-err all
  default_backend origin
"""
        for name, value in [*listener.headers.items(), (VERIFY, "%[ssl_c_used]:%[ssl_c_verify]")]:
            text += f'  http-request set-header {name} "{value}"\n'
    text += f"backend origin\n  server origin 127.0.0.1:{files.origin}\n"
    return [binary, "-db", "-f", files.write("haproxy.cfg", text)]


def apache(binary, files, listeners):
    modules = ["mpm_event", "authz_core", "ssl", "headers", "proxy", "proxy_http", "socache_shmcb"]
    text = "".join(f"LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n" for module in modules)
    text += f"""ServerRoot {files.directory}
DefaultRuntimeDir {files.directory}
PidFile {files.directory}/apache.pid
ErrorLog {files.directory}/error.log
ServerName localhost
ServerLimit 1
StartServers 1
ThreadsPerChild 16
MaxRequestWorkers 16
MinSpareThreads 1
MaxSpareThreads 16
"""
    if os.geteuid() == 0:
        text += "User www-data\nGroup www-data\n"
    for listener in listeners:
        legacy = "+LegacyDNStringFormat" if listener.set.endswith("-legacy") else ""
        text += f"""Listen 127.0.0.1:{listener.port} https
<VirtualHost 127.0.0.1:{listener.port}>
SSLEngine on
SSLCertificateFile {files.key("server.pem")}
SSLCertificateKeyFile {files.key("server.key")}
SSLCACertificateFile {files.key("ca.pem")}
SSLVerifyClient optional_no_ca
SSLVerifyDepth 5
SSLOptions +StdEnvVars +ExportCertData {legacy}
ProxyPass / http://127.0.0.1:{files.origin}/
"""
        for name, value in [*listener.headers.items(), (VERIFY, "%{SSL_CLIENT_VERIFY}s")]:
            text += f'RequestHeader set {name} "{value}"\n'
        text += "</VirtualHost>\n"
    return [binary, "-d", str(files.directory), "-f", files.write("apache.conf", text), "-D", "FOREGROUND"]


def caddy(binary, files, listeners):
    servers = {}
    for listener in listeners:
        proxy = {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": f"127.0.0.1:{files.origin}"}],
            "headers": {"request": {"set": {name: [value] for name, value in listener.headers.items()}}},
        }
        servers[listener.set] = {
            "listen": [f"127.0.0.1:{listener.port}"],
            "routes": [{"handle": [proxy]}],
            "tls_connection_policies": [{"client_authentication": {"mode": "request"}}],
            "automatic_https": {"disable": True},
            "protocols": ["h1"],
        }
    certificate = {"certificate": files.key("server.pem"), "key": files.key("server.key")}
    config = {
        "admin": {"disabled": True, "config": {"persist": False}},
        "logging": {"logs": {"default": {"level": "ERROR"}}},
        "apps": {"http": {"servers": servers}, "tls": {"certificates": {"load_files": [certificate]}}},
    }
    return [binary, "run", "--config", files.write("caddy.json", json.dumps(config))]


#: The optional keys of `x-forwarded-client-cert`; all of them if the expression has none after TEXT or JSON. Envoy always sends the others.
ENVOY_KEYS = ("subject", "cert", "chain", "uri", "dns")
ENVOY_ALWAYS = ("by", "hash")


def envoy(binary, files, listeners):
    kind = "type.googleapis.com/envoy.extensions."
    router = {"name": "router", "typed_config": {"@type": kind + "filters.http.router.v3.Router"}}
    address = lambda port: {"socket_address": {"address": "127.0.0.1", "port_value": port}}
    route = {"match": {"prefix": "/"}, "route": {"cluster": "origin"}}
    file = lambda name: {"filename": files.key(name)}
    resources = []
    for listener in listeners:
        tls = {
            "@type": kind + "transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "tls_certificates": [{"certificate_chain": file(listener.server + ".pem"), "private_key": file("server.key")}],
                "validation_context": {"trusted_ca": file("ca.pem"), "trust_chain_verification": "ACCEPT_UNTRUSTED"},
            },
        }
        (expression,) = listener.headers.values()
        form, *keys = expression.lower().split()
        manager = {
            "@type": kind + "filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": listener.set,
            "forward_client_cert_details": "SANITIZE_SET",
            "set_current_client_cert_details": {key: True for key in keys or ENVOY_KEYS if key not in ENVOY_ALWAYS},
            "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
            "http_filters": [router],
        }
        if form == "json":
            manager["set_current_client_cert_details"]["format"] = "JSON"
        chain = {
            "filters": [{"name": "http", "typed_config": manager}],
            "transport_socket": {"name": "tls", "typed_config": tls},
        }
        resources.append({"name": listener.set, "address": address(listener.port), "filter_chains": [chain]})
    endpoint = {"endpoint": {"address": address(files.origin)}}
    cluster = {
        "name": "origin",
        "type": "STATIC",
        "load_assignment": {"cluster_name": "origin", "endpoints": [{"lb_endpoints": [endpoint]}]},
    }
    config = {"static_resources": {"listeners": resources, "clusters": [cluster]}}
    file = files.write("envoy.json", json.dumps(config))
    return [binary, "-c", file, "--disable-hot-restart", "--concurrency", "1", "--log-level", "error"]


def traefik_forward(listener):
    """The middleware, with the groups of the Info header that the expression has after `info`, or all groups."""
    attributes = ("country", "province", "locality", "organization", "commonName", "serialNumber", "domainComponent")
    issuer = {attribute: True for attribute in attributes}
    groups = {
        "Subject": ("subject", {**issuer, "organizationalUnit": True}),
        "Issuer": ("issuer", issuer),
        "SerialNumber": ("serialNumber", True),
        "NB": ("notBefore", True),
        "NA": ("notAfter", True),
        "SAN": ("sans", True),
    }
    expressions = {expression.split()[0]: expression.split()[1:] for expression in listener.headers.values()}
    forward = {"pem": "pem" in expressions}
    if "info" in expressions:
        forward["info"] = dict(groups[group] for group in expressions["info"] or groups)
    return {"passTLSClientCert": forward}


def traefik(binary, files, listeners):
    # Traefik reads YAML, and JSON is YAML.
    certificate = {"certFile": files.key("server.pem"), "keyFile": files.key("server.key")}
    dynamic = {
        "http": {
            "routers": {
                listener.set: {
                    "rule": "PathPrefix(`/`)", "service": "origin", "entryPoints": [listener.set], "middlewares": [listener.set], "tls": {},
                }
                for listener in listeners
            },
            "middlewares": {listener.set: traefik_forward(listener) for listener in listeners},
            "services": {"origin": {"loadBalancer": {"servers": [{"url": f"http://127.0.0.1:{files.origin}"}]}}},
        },
        "tls": {
            "certificates": [certificate],
            "stores": {"default": {"defaultCertificate": certificate}},
            "options": {"default": {"clientAuth": {"clientAuthType": "RequestClientCert"}}},
        },
    }
    static = {
        "entryPoints": {listener.set: {"address": f"127.0.0.1:{listener.port}"} for listener in listeners},
        "providers": {"file": {"filename": files.write("dynamic.yml", json.dumps(dynamic)), "watch": False}},
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "ERROR"},
    }
    return [binary, "--configFile=" + files.write("traefik.yml", json.dumps(static))]


@dataclass(eq=False)
class Proxy:
    """A proxy: its `name` in tables, its name in headers.tsv (`like`), and the arguments that print its version."""

    name: str
    like: str
    command: callable
    binary: str
    version: list


PROXIES = [
    Proxy("nginx", "nginx", nginx, "nginx", ["-v"]),
    Proxy("haproxy", "haproxy", haproxy, "haproxy", ["-v"]),
    Proxy("apache", "apache", apache, "apache2", ["-v"]),
    Proxy("caddy", "caddy", caddy, "caddy", ["version"]),
    Proxy("caddy-debian", "caddy", caddy, "debian/usr/bin/caddy", ["version"]),
    Proxy("envoy", "envoy", envoy, "envoy", ["--version"]),
    Proxy("traefik", "traefik", traefik, "traefik", ["version"]),
]


def find(proxy, installed):
    """The proxy's program, installed by install.sh or by the system; `None` if it is missing."""
    for candidate in (installed / proxy.binary, installed / "venv/bin" / proxy.binary):
        if candidate.is_file():
            return str(candidate)
    return shutil.which(proxy.binary, path="/usr/sbin:/usr/bin:/sbin:/bin")


def version(proxy, binary):
    ran = subprocess.run([binary, *proxy.version], capture_output=True, text=True, timeout=20)
    for word in (ran.stdout + ran.stderr).replace("/", " ").split():
        word = word.removeprefix("v").split("-")[0]
        if word[:1].isdigit() and word.count(".") >= 2:
            return word
    return "?"
