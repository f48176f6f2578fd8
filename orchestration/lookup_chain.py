"""What makes a line that is missing from the log of look-ups detectable: each line names the one before, signed.

The last line is also remembered beside the key, outside the home. Nothing here keeps a look-up from being shown: a log
from which lines were taken goes on behind them, and the gap stays visible.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from orchestration.ledger.files import write_whole
from orchestration.ledger.keys import Signer, load_signer
from orchestration.ledger.marks import HEADS_DIR

GENESIS = "0" * 64
_DOMAIN = b"deskhouse look-up 1\n"
_BLOCK = 65_536
CHAINED = ("chain", "seq", "place", "previous", "key", "signature")


@dataclass(frozen=True)
class End:
    """The last line of a log: its number over all files and the hash of its bytes."""

    chain: str
    seq: int
    sha256: str


@dataclass(frozen=True)
class Finding:
    """A sentence about the log; ``is_fault`` unless it tells of whole files that were removed at its beginning."""

    seen: str
    is_fault: bool = True


def chained(content: dict[str, Any], folder: Path, path: Path, keys: Path, signer: Signer) -> bytes:
    """The line to append: a look-up with its place behind all others, signed. The caller holds the folder's lock.

    Args:
        content: the look-up.
        folder: of the log.
        path: file of the month that it is appended to.
        keys: folder of key and marks.
        signer: the key.
    """
    remembered, last = _remembered(keys, folder), _last(folder)
    # Whoever cut the end of the log does not get the numbers back.
    end = remembered if remembered and (last is None or remembered.seq >= last.seq) else last
    linked = content | {
        "chain": end.chain if end and end.chain else uuid4().hex,
        "seq": end.seq + 1 if end else 1,
        "place": _count(path) + 1,
        "previous": end.sha256 if end else GENESIS,
        "key": signer.fingerprint,
    }
    signature = signer.sign(_content(linked))
    return json.dumps(linked | {"signature": signature}, ensure_ascii=False).encode() + b"\n"


def remember(line: bytes, folder: Path, keys: Path) -> None:
    """Keep the end of the log beside the key."""
    content = json.loads(line)
    mark = {
        "log": str(folder.resolve()),
        "chain": content["chain"],
        "seq": content["seq"],
        "sha256": _digest(line),
    }
    heads = keys / HEADS_DIR
    heads.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(heads / f"audit-{content['chain']}.json", json.dumps(mark).encode() + b"\n")


def findings(folder: Path, keys: Path) -> Iterator[Finding]:
    """What is missing from the log, or is not as it was written; lines of older versions bear no proof."""
    signer, before, number = load_signer(keys), None, 0
    for path in sorted(folder.glob("lookups-*.jsonl")):
        for place, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
            number += 1
            content = _parsed(line)
            if content is None or not content.get("seq"):
                if content is None or (before is not None and before.chain):
                    yield Finding(f"{path} line {place} was not written by deskhouse.")
                before = End("", number, _digest(line))
                continue
            yield from _compared(path, place, content, before, signer)
            before = End(content["chain"], content["seq"], _digest(line))
    end = _remembered(keys, folder)
    at = before.seq if before else 0
    if end is not None and (
        at < end.seq or (before and at == end.seq and before.sha256 != end.sha256)
    ):
        missing = end.seq - at
        yield Finding(
            f"{folder} ends before look-up {end.seq}, which {keys / HEADS_DIR} remembers: "
            f"{max(missing, 1)} lines at its end are missing or changed."
        )


def _compared(
    path: Path, place: int, content: dict[str, Any], before: End | None, signer: Signer | None
) -> Iterator[Finding]:
    if before is None and content["place"] == 1 and content["seq"] > 1:
        yield Finding(
            f"{path} begins with look-up {content['seq']}: the files before it were removed.",
            is_fault=False,
        )
    elif (content["seq"], content["previous"]) != (
        (before.seq + 1, before.sha256) if before else (1, GENESIS)
    ):
        missing = content["seq"] - (before.seq if before else 0) - 1
        what = (
            f"{missing} lines are missing" if missing > 0 else "a line was changed, added or moved"
        )
        yield Finding(f"{path}: before line {place} (look-up {content['seq']}) {what}.")
    is_ours = signer is not None and content["key"] == signer.fingerprint
    if (
        is_ours
        and signer is not None
        and not signer.is_signed(_content(content), str(content["signature"]))
    ):
        yield Finding(f"{path} line {place} was changed after it was written.")
    elif not is_ours:
        yield Finding(
            f"{path} line {place} is signed with another key ({content['key']}).", is_fault=False
        )


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(line)
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    if any(name in content for name in CHAINED):
        is_whole = all(name in content for name in CHAINED) and line.endswith(b"\n")
        is_typed = type(content.get("seq")) is int and type(content.get("place")) is int
        return content if is_whole and is_typed and content["seq"] > 0 else None
    return content


def _content(content: dict[str, Any]) -> bytes:
    signed = {name: value for name, value in content.items() if name != "signature"}
    return _DOMAIN + json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()


def _remembered(keys: Path, folder: Path) -> End | None:
    """The end of this log, or of one whose lines bear the same id."""
    last = _last(folder)
    found = []
    for path in (keys / HEADS_DIR).glob("audit-*.json"):
        try:
            mark = json.loads(path.read_text(encoding="utf-8"))
            end = End(str(mark["chain"]), int(mark["seq"]), str(mark["sha256"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if mark.get("log") == str(folder.resolve()) or (last and last.chain == end.chain):
            found.append(end)
    return max(found, key=lambda end: end.seq, default=None)


def _last(folder: Path) -> End | None:
    """The last line that is one of the log; lines of older versions are numbered by counting."""
    paths = sorted(folder.glob("lookups-*.jsonl"))
    for path in reversed(paths):
        line = _last_line(path)
        if not line:
            continue
        content = _parsed(line) or {}
        if content.get("seq"):
            return End(content["chain"], content["seq"], _digest(line))
        return End("", sum(_count(each) for each in paths), _digest(line))
    return None


def _last_line(path: Path) -> bytes:
    with path.open("rb") as handle:
        size = handle.seek(0, 2)
        tail, start = b"", size
        while start > 0 and tail.rstrip(b"\n").count(b"\n") == 0:
            start = max(0, start - _BLOCK)
            handle.seek(start)
            tail = handle.read(size - start)
    lines = tail.splitlines(keepends=True)
    return lines[-1] if lines else b""


def _count(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as handle:
        return sum(block.count(b"\n") for block in iter(lambda: handle.read(_BLOCK), b""))


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
