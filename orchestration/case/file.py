"""A story as one self-contained HTML file, and its signature for an investigation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.case.story import Story
from orchestration.case.telling import Section, told
from orchestration.ledger.files import write_whole
from orchestration.ledger.keys import Signer

_TEMPLATES = Path(__file__).parent
SIGNATURE_SUFFIX = ".signature.json"


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


def write_signed(path: Path, content: bytes, signer: Signer) -> Path:
    """Write the file and, beside it, who can be shown to have made it: hash, key and signature (Ed25519).

    Args:
        path: of the page.
        content: its bytes.
        signer: the key of the ledger.

    Returns:
        Path of the signature.
    """
    digest = hashlib.sha256(content).hexdigest()
    beside = path.with_name(path.name + SIGNATURE_SUFFIX)
    record = {
        "file": path.name,
        "sha256": digest,
        "public_key": signer.public,
        "signature": signer.sign(content),
    }
    write_whole(path, content)
    write_whole(beside, (json.dumps(record, indent=1) + "\n").encode())
    return beside
