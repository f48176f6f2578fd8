"""The lock installs as it stands: what is published of any package after it cannot reach a fresh machine."""

from __future__ import annotations

import re
import subprocess
import sys

from orchestration.settings import PROJECT_DIR

LOCK = (PROJECT_DIR / "requirements.lock").read_text(encoding="utf-8")


def test_every_line_pins_a_package_itself() -> None:
    """A pin with an extra (`a[b]==1`) does not pin `a` for who else asks for it: pip may take another."""
    requirements = re.findall(r"^[^\s#].*$", LOCK, re.MULTILINE)
    pins = [re.match(r"[A-Za-z0-9._-]+==\S+", line) for line in requirements]
    assert len(requirements) > 150
    assert [line for line, pin in zip(requirements, pins, strict=True) if pin is None] == []
    assert LOCK.count("--hash=sha256:") > len(requirements)
    assert not re.search(r"https?:|--index|--find-links", LOCK)


def test_nothing_that_an_installed_package_asks_for_is_missing() -> None:
    """Installation does not look at dependencies (`--no-deps`), so the lock must hold all of them."""
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
