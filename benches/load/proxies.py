"""Configurations and commands of nginx, HAProxy and Envoy as TLS 1.3 proxies for verified clients, one worker each, without resumption."""

import json
import re
import shutil
import subprocess
from pathlib import Path

ENVOY = Path(__file__).resolve().parent.parent.parent / "interop" / "target" / "venv" / "bin" / "envoy"


def certificates(directory):
    def make(name, *arguments):
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", *arguments]
        command += ["-keyout", directory / f"{name}.key", "-out", directory / f"{name}.pem"]
        subprocess.run([str(part) for part in command], check=True, capture_output=True)

    leaf = ["-addext", "basicConstraints=critical,CA:FALSE"]
    issued = ["-CA", directory / "root.pem", "-CAkey", directory / "root.key"]
    make("root", "-subj", "/CN=Root")
    make("server", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", *leaf, *issued)
    make("client", "-subj", "/C=DE/O=Example Corp/OU=Ops/CN=client.example", *leaf, *issued)
    (directory / "both.pem").write_text((directory / "server.pem").read_text() + (directory / "server.key").read_text())


def nginx(directory, name, body):
    config = directory / f"{name}.conf"
    config.write_text(f"""
daemon off; worker_processes 1; pid {directory}/{name}.pid; error_log {directory}/{name}.error; worker_rlimit_nofile 19000;
events {{ worker_connections 19000; }}
http {{
    access_log off; client_body_temp_path {directory}/a; proxy_temp_path {directory}/b; fastcgi_temp_path {directory}/c;
    uwsgi_temp_path {directory}/d; scgi_temp_path {directory}/e; keepalive_requests 1000000000; keepalive_timeout 600s;
    large_client_header_buffers 8 64k;
    {body}
}}
""")
    return ["nginx", "-p", str(directory), "-e", f"{directory}/{name}.error", "-c", str(config)]


def nginx_proxy(directory, name, origin, listeners):
    sent = {
        "ssl-client-verify": "$ssl_client_verify",
        "ssl-client-subject-dn": "$ssl_client_s_dn",
        "ssl-client-issuer-dn": "$ssl_client_i_dn",
        "ssl-client-cert": "$ssl_client_escaped_cert",
    }
    fields = "".join(f"proxy_set_header {header} {value};" for header, value in sent.items())
    body = f"upstream origin {{ server 127.0.0.1:{origin}; keepalive 64; keepalive_requests 1000000000; }}"
    for variant, port in listeners.items():
        body += f"""
    server {{
        listen 127.0.0.1:{port} ssl http2; server_name localhost; ssl_session_tickets off; ssl_protocols TLSv1.3;
        ssl_certificate {directory}/server.pem; ssl_certificate_key {directory}/server.key;
        ssl_verify_client on; ssl_client_certificate {directory}/root.pem;
        location / {{
            proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
            {fields if variant != "without" else ""}
        }}
    }}"""
    return nginx(directory, name, body)


def haproxy(directory, name, origin, listeners):
    sent = {
        "ssl-client-verify": "%[ssl_c_verify]",
        "ssl-client-subject-dn": "%{+Q}[ssl_c_s_dn(,0,rfc2253)]",
        "ssl-client-issuer-dn": "%{+Q}[ssl_c_i_dn(,0,rfc2253)]",
        "ssl-client-cert": "%[ssl_c_der,base64]",
    }
    fields = "".join(f"    http-request set-header {header} {value}\n" for header, value in sent.items())
    text = """
global
    nbthread 1
    maxconn 10200
    no strict-limits
    tune.ssl.cachesize 0
defaults
    mode http
    timeout client 600s
    timeout server 60s
    timeout connect 5s
    timeout http-keep-alive 600s
"""
    for variant, port in listeners.items():
        text += f"""frontend {variant}
    bind 127.0.0.1:{port} ssl crt {directory}/both.pem ca-file {directory}/root.pem verify required alpn h2,http/1.1 no-tls-tickets ssl-min-ver TLSv1.3
{fields if variant != "without" else ""}    default_backend back
"""
    config = directory / f"{name}.cfg"
    config.write_text(text + f"backend back\n    http-reuse always\n    server origin 127.0.0.1:{origin}\n")
    return ["haproxy", "-db", "-f", str(config)]


def envoy_program():
    """Envoy on the path, or as installed by `interop/install.sh interop/target`."""
    return shutil.which("envoy") or (str(ENVOY) if ENVOY.exists() else None)


def envoy(directory, name, origin, listeners):
    kind = "type.googleapis.com/envoy.extensions."
    address = lambda port: {"socket_address": {"address": "127.0.0.1", "port_value": port}}  # noqa: E731
    file = lambda part: {"filename": f"{directory}/{part}"}  # noqa: E731
    resources = []
    for variant, port in listeners.items():
        tls = {
            "@type": kind + "transport_sockets.tls.v3.DownstreamTlsContext",
            "require_client_certificate": True,
            "disable_stateless_session_resumption": True,
            "disable_stateful_session_resumption": True,
            "common_tls_context": {
                "alpn_protocols": ["h2", "http/1.1"],
                "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"},
                "tls_certificates": [{"certificate_chain": file("server.pem"), "private_key": file("server.key")}],
                "validation_context": {"trusted_ca": file("root.pem")},
            },
        }
        manager = {
            "@type": kind + "filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": variant,
            "generate_request_id": False,
            "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "origin"}}]}]},
            "http_filters": [{"name": "router", "typed_config": {"@type": kind + "filters.http.router.v3.Router"}}],
        }
        if variant != "without":
            manager["forward_client_cert_details"] = "SANITIZE_SET"
            manager["set_current_client_cert_details"] = {"subject": True, "cert": True, "dns": True, "uri": True}
        chain = {"filters": [{"name": "http", "typed_config": manager}], "transport_socket": {"name": "tls", "typed_config": tls}}
        resources.append({"name": variant, "address": address(port), "filter_chains": [chain]})
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address(origin)}}]}]
    cluster = {"name": "origin", "type": "STATIC", "load_assignment": {"cluster_name": "origin", "endpoints": endpoints}}
    config = directory / f"{name}.json"
    config.write_text(json.dumps({"static_resources": {"listeners": resources, "clusters": [cluster]}}))
    return [envoy_program(), "-c", str(config), "--disable-hot-restart", "--concurrency", "1", "--log-level", "error"]


def versions():
    """The versions of the available proxies, by name."""
    commands = {"nginx": ["nginx", "-v"], "HAProxy": ["haproxy", "-v"], "Envoy": [envoy_program(), "--version"]}
    said = {}
    for program, command in commands.items():
        if command[0] and shutil.which(command[0]):
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            said[program] = re.search(r"\d+\.\d+\.\d+", ran.stdout + ran.stderr)[0]
    return said
