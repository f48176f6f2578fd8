"""A desk of its own for every test, and an environment in which its instant is now."""

from pathlib import Path

import pytest

from tests.delivery.desk import NOW, Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DESKHOUSE_AS_OF", NOW.isoformat())
    return Desk(tmp_path / "home")
