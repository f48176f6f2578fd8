"""A story as one self-contained HTML file that bears its signature, for an investigation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.case.story import Story
from orchestration.case.telling import Section, told
from orchestration.ledger.files import write_whole
from orchestration.ledger.keys import Signer, is_signed_by

_TEMPLATES = Path(__file__).parent
_MARK, _END = b"\n<!-- deskhouse signature ", b" -->\n"
"""Around the signature: a comment behind the page, which a browser passes over."""


def html_of(found: Sequence[Story], added: Sequence[Sequence[Section]] = ()) -> bytes:
    """The stories as a page without any outside reference; the same publication gives the same bytes.

    Args:
        found: the stories.
        added: further sections of each, what was written; none without them.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template("case.html.j2")
    cases = []
    for place, story in enumerate(found):
        head, sections = told(story)
        cases.append({"head": head, "sections": [*sections, *(added[place] if added else ())]})
    return template.render(cases=cases, title=found[0].ticket["ticket_id"]).encode()


def write_signed(path: Path, content: bytes, signer: Signer) -> None:
    """Write the page and behind it, in the same file, who can be shown to have made it.

    Args:
        path: of the file.
        content: bytes of the page.
        signer: the key of the ledger (Ed25519).
    """
    record = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "public_key": signer.public,
        "signature": signer.sign(content),
    }
    write_whole(path, content + _MARK + json.dumps(record).encode() + _END)


def signer_of(content: bytes) -> str | None:
    """Public key (base64) of who signed a file of a case; None when it bears no signature or was changed since.

    Args:
        content: of the file, its signature included.
    """
    page, _, rest = content.rpartition(_MARK)
    if not rest.endswith(_END):
        return None
    try:
        record = json.loads(rest.removesuffix(_END))
        public, signature = str(record["public_key"]), str(record["signature"])
    except (ValueError, KeyError, TypeError):
        return None
    return public if is_signed_by(public, page, signature) else None
