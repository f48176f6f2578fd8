"""Spellings of one person's id become one, so that a hash of it joins what people mean to be the same."""

from __future__ import annotations

import re
import unicodedata

_SCHEME = re.compile(r"^(?:mailto|tel|sms|sip):\s*", re.IGNORECASE)
_NAMED_ADDRESS = re.compile(r"^[^<>]*<([^<>\s]+@[^<>\s]+)>$")
_ADDRESS = re.compile(r"^[^@\s]+@[^@\s]+$")
_PHONE = re.compile(r"^\+?[0-9 ().\-/\u2010-\u2015]+$")
_SPACED = re.compile(r"[ ()]")
_TRUNK_ZERO = re.compile(r"^((?:\+|00)[0-9 ]+)\(0\)")
_DIGITS = range(7, 16)
"""Digits of a phone number with its country (ITU-T E.164: at most 15)."""


def normal_identity(text: str) -> str:
    """The id or address of a person in one spelling.

    Blanks around it and twice within it go; ``mailto:`` and ``tel:`` go, and of ``Name <address>`` the address stays.
    E-mail addresses are in lower case. A phone number that begins with ``+`` or ``00`` is ``+`` and digits, without
    ``(0)``; one without country, known by blanks or brackets between its digits, is its digits: no country is guessed,
    so the two are not joined. Any other id keeps its case and its hyphens, because they may tell two ids apart.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    plain = _SCHEME.sub("", plain)
    named = _NAMED_ADDRESS.match(plain)
    if named:
        plain = named[1]
    if _ADDRESS.match(plain):
        return plain.lower()
    return _phone(plain) or plain


def is_telling(normal: str) -> bool:
    """Whether an id is found by looking for it anywhere in a text: an address or a phone number, not a short number."""
    return "@" in normal or (normal.startswith("+") and len(normal) > _DIGITS.start)


def _phone(text: str) -> str | None:
    """The digits of a phone number; None for an id of another kind."""
    if not _PHONE.match(text):
        return None
    is_international = text.startswith(("+", "00"))
    if not is_international and not _SPACED.search(text):
        return None
    digits = re.sub(r"\D", "", _TRUNK_ZERO.sub(r"\1", text))
    if not is_international:
        return digits if len(digits) in _DIGITS else None
    if not text.startswith("+"):
        digits = digits[2:]
    return f"+{digits}" if len(digits) in _DIGITS and not digits.startswith("0") else None
