"""Subscribers: the owners of phones and credentials (RFC 3647)."""
