"""Operators' commands: ``python -m server …``, each with ``--help``. They go through the same use cases as the server."""
