"""Shared code of the commands: certificates, proxies, clients, origins, and the comparison of headers."""
