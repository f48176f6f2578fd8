"""One line of the chain: a file of the ledger, bound to everything before it, signed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import PurePosixPath
from typing import Any

from orchestration.ledger.keys import Signer, is_signed_by

GENESIS = "0" * 64
_DOMAIN = b"deskhouse ledger link 1\n"


@dataclass(frozen=True)
class Link:
    """One file of the chain: its place, table, rows, hash of its bytes and of its predecessor's.

    Lines that older versions wrote end there. The others also hold: ``chain``, the id of the ledger; ``at`` and
    ``operator``, when and by whom it was written in truth; ``lines``, the hash of all lines before; ``lost``, heads
    (``seq:sha256``) whose loss was accepted with this line; the name of the signing ``key`` and the ``signature``.
    """

    seq: int
    table: str
    file: str
    rows: int
    sha256: str
    previous: str
    chain: str = ""
    at: str = ""
    operator: str = ""
    lines: str = ""
    lost: tuple[str, ...] = ()
    key: str = ""
    signature: str = ""

    @property
    def head(self) -> str:
        """Place and hash, by which others remember the chain."""
        return f"{self.seq}:{self.sha256}"

    def signed(self, signer: Signer) -> Link:
        """The same line with its signature."""
        unsigned = replace(self, key=signer.fingerprint)
        return replace(unsigned, signature=signer.sign(unsigned._content()))

    def is_signed_by(self, public: str) -> bool:
        """Whether the signature is that of a key (base64)."""
        return bool(self.signature) and is_signed_by(public, self._content(), self.signature)

    def to_json(self) -> str:
        """The line as it is written."""
        return json.dumps(asdict(self), sort_keys=False)

    def _content(self) -> bytes:
        content = {name: value for name, value in asdict(self).items() if name != "signature"}
        return _DOMAIN + json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


_TYPES: dict[str, type] = {
    field.name: {"int": int, "str": str}.get(str(field.type), tuple) for field in fields(Link)
}


def link_of(text: str) -> Link:
    """A line that was written before.

    Raises:
        ValueError: it is none.
    """
    return link_from(json.loads(text))


def link_from(content: Any) -> Link:
    """A link from the object of its line.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(content, dict):
        raise ValueError("no object")
    known = dict(content)
    if isinstance(known.get("lost"), list):
        known["lost"] = tuple(known["lost"])
    try:
        link = Link(**known)
    except TypeError as error:
        raise ValueError(str(error)) from error
    for name, wanted in _TYPES.items():
        value = getattr(link, name)
        if type(value) is not wanted:
            raise ValueError(f"{name} is no {wanted.__name__}")
    if not all(isinstance(head, str) for head in link.lost):
        raise ValueError("lost names no heads")
    if not link.file or PurePosixPath(link.file).name != link.file:
        raise ValueError("file is no plain name")
    return link


def accepted_losses(links: Iterable[Link]) -> set[str]:
    """Heads whose loss somebody accepted by name; an unsigned line accepts nothing."""
    return {head for link in links if link.signature for head in link.lost}
