"""A ledger to which everything happens, in any order: each verdict is checked against what was done to it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ingestion.key_folder import FOLDER_VARIABLE
from orchestration.closing.action_log import latest_actions
from orchestration.ledger.accepting import accept_loss
from orchestration.ledger.anchor import write_head
from orchestration.ledger.chain import CHAIN_FILE, GENESIS, LedgerError
from orchestration.ledger.link import link_of
from orchestration.ledger.parquet import write_pending
from orchestration.ledger.tables import ledger_of, rows_of, table_of
from orchestration.settings import read_settings
from tests.orchestration.test_action_log import ACTION

Content = dict[str, bytes]


def content_of(folder: Path) -> Content:
    """Every file below a folder but locks, by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def put(folder: Path, content: Content) -> None:
    """Make a folder hold this and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@contextmanager
def killed_at(call: int) -> Iterator[None]:
    """Die at a step by which anything reaches the disk."""
    calls = iter(range(1000))

    def wrapped(real: Any) -> Any:
        def step(*arguments: Any) -> Any:
            if next(calls) == call:
                raise KeyboardInterrupt
            return real(*arguments)

        return step

    with (
        mock.patch.object(os, "fsync", wrapped(os.fsync)),
        mock.patch.object(Path, "replace", wrapped(Path.replace)),
        suppress(KeyboardInterrupt),
    ):
        yield


def forged(folder: Path, place: int, sign: Any = None) -> None:
    """Replace the file of a place by another one and make all hashes after it right again."""
    lines = (folder / CHAIN_FILE).read_bytes().splitlines(keepends=True)
    links = [link_of(line.decode()) for line in lines]
    text, previous, out = b"", GENESIS, []
    for number, link in enumerate(links):
        path = folder / link.file
        if number == place:
            rows = table_of(link.table, [{"tenant_id": "forged"}])
        elif number > place:
            import pyarrow.parquet as pq

            rows = pq.read_table(path)
        if number >= place:
            fresh = write_pending(folder, link.seq, link.table, rows, previous)
            (folder / f".{fresh.file}.pending").replace(path)
            record = json.loads(link.to_json()) | {
                "sha256": fresh.sha256,
                "previous": previous,
                "rows": fresh.rows,
                "lines": hashlib.sha256(text).hexdigest() if link.signature else "",
            }
            link = link_of(json.dumps(record))
            if sign is not None:
                link = link.signed(sign)
        line = link.to_json().encode() + b"\n"
        out.append(line)
        text += line
        previous = link.sha256
    (folder / CHAIN_FILE).write_bytes(b"".join(out))


class House(RuleBasedStateMachine):
    """A home, its backups, and what the ledger truly holds; key and marks lie elsewhere and stay."""

    @initialize(is_old=st.booleans())
    def begin(self, is_old: bool) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="ledger-"))
        self.home = self.root / "home"
        self.home.mkdir()
        self.environment = mock.patch.dict(os.environ, {FOLDER_VARIABLE: str(self.root / "keys")})
        self.environment.start()
        self.settings = read_settings({"DESKHOUSE_HOME": str(self.home)}, "2026-11-10T09:00:00Z")
        self.ledger = ledger_of(self.home)
        self.given: set[str] = set()
        self.backups: list[Content] = [content_of(self.home)]
        if is_old:
            self._write_unsigned()
        self.add()
        assert not self.ledger.is_unsigned

    def _write_unsigned(self) -> None:
        """Two files as an older version wrote them."""
        folder, previous, text = self.ledger.folder, GENESIS, ""
        folder.mkdir()
        for seq in (1, 2):
            rows = table_of("signoffs", [{"signoff_id": f"old {seq}"}])
            link = write_pending(folder, seq, "signoffs", rows, previous)
            (folder / f".{link.file}.pending").replace(folder / link.file)
            short = ("seq", "table", "file", "rows", "sha256", "previous")
            text += json.dumps({name: getattr(link, name) for name in short}) + "\n"
            previous = link.sha256
        (folder / CHAIN_FILE).write_text(text)
        assert self.ledger.problems() == []

    def teardown(self) -> None:
        if hasattr(self, "root"):
            self.environment.stop()
            shutil.rmtree(self.root)

    def _keep(self) -> None:
        self.true = content_of(self.home)
        self.head = (self.ledger.links[-1].seq, self.ledger.head)

    @rule()
    def add(self) -> None:
        """An action is logged: its number was never given before, and the chain grows at its end."""
        from orchestration.closing.action_log import add_action

        before = len(self.ledger.links)
        action_id = add_action(self.settings, ACTION, "Ada", "t")
        assert action_id not in self.given
        self.given.add(action_id)
        assert len(self.ledger.links) > before
        self._keep()

    @rule(call=st.integers(0, 12))
    def add_and_die(self, call: int) -> None:
        """All or nothing, and what is there verifies."""
        rows = {
            "signoffs": table_of("signoffs", [{"signoff_id": "x"}]),
            "acknowledgements": table_of("acknowledgements", [{"alert_id": "x"}]),
        }
        before = len(self.ledger.links)
        with killed_at(call):
            self.ledger.append(rows)
        assert self.ledger.problems() == []
        assert len(self.ledger.links) in (before, before + 2)
        self.add()

    @rule()
    def back_up(self) -> None:
        self.backups.append(content_of(self.home))

    @rule()
    def publish(self) -> None:
        """A publication remembers the head; the oldest ones go."""
        folder = self.home / "published" / "versions" / f"v{self.head[0]:06d}"
        folder.mkdir(parents=True, exist_ok=True)
        write_head(self.home, folder)
        self._keep()

    @rule(data=st.data(), is_whole=st.booleans())
    def restore_backup(self, data: st.DataObject, is_whole: bool) -> None:
        """The ledger, or the whole home, as some backup has it."""
        backup = data.draw(st.sampled_from(self.backups))
        kept = (
            {} if is_whole else {k: v for k, v in self.true.items() if not k.startswith("ledger/")}
        )
        restored = {k: v for k, v in backup.items() if is_whole or k.startswith("ledger/")}
        put(self.home, kept | restored)
        self._judge(data)

    @rule(data=st.data())
    def cut_tail(self, data: st.DataObject) -> None:
        """The last lines and their files are gone, and nothing else."""
        path = self.ledger.path
        lines = path.read_bytes().splitlines(keepends=True)
        kept = data.draw(st.integers(0, len(lines)))
        for line in lines[kept:]:
            (self.ledger.folder / link_of(line.decode()).file).unlink()
        path.write_bytes(b"".join(lines[:kept]))
        self._judge(data)

    @rule(data=st.data())
    def truncate_list(self, data: st.DataObject) -> None:
        """The list ends in the middle of a line, or at its end."""
        content = self.ledger.path.read_bytes()
        self.ledger.path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
        self._judge(data)

    @rule(data=st.data())
    def delete_folder(self, data: st.DataObject) -> None:
        shutil.rmtree(self.ledger.folder)
        self._judge(data)

    @rule(data=st.data())
    def change_a_byte(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.ledger.folder.glob("[!.]*"))))
        content = bytearray(path.read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(content)
        self._judge(data)

    @rule(data=st.data(), has_key=st.booleans())
    def rewrite_with_hashes(self, data: st.DataObject, has_key: bool) -> None:
        """A file is forged and all hashes after it are made right, with or without a key of the forger's own."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        from orchestration.ledger.keys import Signer

        place = data.draw(st.integers(0, len(self.ledger.links) - 1))
        forged(self.ledger.folder, place, Signer(Ed25519PrivateKey.generate()) if has_key else None)
        # What a stranger wrote and signed may be accepted by two persons; it is not what was ever given out.
        self._judge(data, may_accept=False)

    @rule(data=st.data())
    def add_unsigned(self, data: st.DataObject) -> None:
        """Somebody who has no key writes a line behind the last."""
        folder, links = self.ledger.folder, self.ledger.links
        rows = table_of("signoffs", [{"signoff_id": "forged"}])
        link = write_pending(folder, links[-1].seq + 1, "signoffs", rows, links[-1].sha256)
        (folder / f".{link.file}.pending").replace(folder / link.file)
        with self.ledger.path.open("a") as handle:
            handle.write(link.to_json() + "\n")
        self._judge(data)

    def _judge(self, data: st.DataObject, may_accept: bool = True) -> None:
        """The verdict is what was done; what does not verify is neither read nor continued, and can be healed."""
        ledger_now = {k: v for k, v in content_of(self.home).items() if k.startswith("ledger/")}
        ledger_true = {k: v for k, v in self.true.items() if k.startswith("ledger/")}
        faults = self.ledger.faults()
        assert bool(faults) == (ledger_now != ledger_true)
        if not faults:
            put(self.home, self.true)
            return
        assert all(fault.remedy or "restore it" in fault.seen for fault in faults)
        with pytest.raises(LedgerError, match="backup"):
            list(rows_of(self.home, "actions"))
        with pytest.raises(LedgerError):
            self.ledger.append({"signoffs": table_of("signoffs", [{"signoff_id": "y"}])})
        now = {k: v for k, v in content_of(self.home).items() if k.startswith("ledger/")}
        assert now == ledger_now
        if may_accept and all(fault.is_loss for fault in faults) and data.draw(st.booleans()):
            before = self.head[0]
            lost = accept_loss(self.ledger, "Ada", "Bob", "the disk broke")
            assert lost
            assert self.ledger.problems() == []
            assert self.ledger.links[-1].seq > before
            self._keep()
            self.add()
        else:
            put(self.home, self.true)
        assert self.ledger.problems() == []

    @precondition(lambda self: hasattr(self, "given"))
    @rule()
    def read(self) -> None:
        """What is read was once written, each action once."""
        found = {action_id for _, action_id in latest_actions(self.settings)}
        assert found <= self.given


House.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=15,
    phases=(Phase.generate,),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestLedgerUnderFaults = House.TestCase
