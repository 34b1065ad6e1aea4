"""Edges outward to services of others: push services."""
