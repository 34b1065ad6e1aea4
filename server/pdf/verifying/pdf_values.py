"""Entries of pyHanko's dictionaries as plain values: references followed, strings decrypted, null as nothing."""

from typing import Any

from pyhanko.pdf_utils import generic


def entry(dictionary: Any, key: str) -> Any:
    """The value, or None where there is none. (``get`` would neither follow a reference nor decrypt.)"""
    if not isinstance(dictionary, generic.DictionaryObject) or key not in dictionary:
        return None
    try:
        value = dictionary[key]
    except KeyError:
        return None  # null: as good as not there (ISO 32000-2, 7.3.7)
    return None if isinstance(value, generic.NullObject) else value


def raw_entry(dictionary: generic.DictionaryObject, key: str) -> Any:
    """As it stands in the file: a signature's /Contents is never encrypted (7.6.2), so that decrypting it fails."""
    try:
        return dictionary.raw_get(key, decrypt=generic.EncryptedObjAccess.RAW)
    except KeyError:
        return None


def plain_text(value: object) -> str:
    """A name or string as a plain ``str``: pyHanko's own subclasses carry the whole reader along."""
    return "" if value is None else "".join(str(value))
