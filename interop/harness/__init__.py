"""Compares what real proxies tell an origin of a client certificate with what this crate tells it."""
