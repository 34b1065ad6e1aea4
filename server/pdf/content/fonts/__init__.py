"""Fonts of the pages: which glyph a code is, by each of the ways that viewers go (ISO 32000-2, 9.6 and 9.7).

The phone has the same rules for the very bytes that it signs; one table of cases holds both halves together (tests/pdf_corpus).
"""
