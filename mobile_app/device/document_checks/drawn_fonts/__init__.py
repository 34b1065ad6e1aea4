"""Fonts of the pages: which glyph a code is, by each of the ways that viewers go (ISO 32000-2, 9.6.5)."""
