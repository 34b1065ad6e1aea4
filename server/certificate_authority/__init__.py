"""Certificates: the port through which a CSR becomes one, and the development stand-in."""
