"""What a search compares: the portal's rule (protocol §1.2), so that one habit of typing finds the same on both screens."""

import unicodedata


def search_form(text: str) -> str:
    """The words of ``text`` without case, accents and punctuation, a space before each: "hop dong" finds "Hợp đồng", and a word is found
    by its beginning."""
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    kept = (c if c.isalnum() else " " for c in parts if unicodedata.category(c) != "Mn")
    return "".join(f" {word}" for word in "".join(kept).split())


def search_words(typed: str) -> list[str]:
    """What must all be found in a ``search_form``; empty when nothing was typed that could be looked for."""
    return [f" {word}" for word in search_form(typed).split()]
