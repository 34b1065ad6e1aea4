"""Relying parties: who may ask for signatures, with which key and how often."""
