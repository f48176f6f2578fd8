"""The privacy key as a chain: where it lies, what pseudonyms it makes, and which key persons get from it."""

from __future__ import annotations

import hashlib
import hmac
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.errors import ConfigurationError
from ingestion.privacy import Pseudonymiser, add_secret, load_pseudonymiser

OLD, NEW = "an-old-secret-of-tests", "a-new-secret-of-tests"


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKHOUSE_PRIVACY_KEY")


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


@given(
    st.lists(st.binary(min_size=1, max_size=32), min_size=1, max_size=4),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    st.data(),
)
def test_a_stored_pseudonym_follows_to_what_the_whole_chain_makes(
    keys: list[bytes], buyer: str, data: st.DataObject
) -> None:
    chain = Pseudonymiser(keys[0], tuple(keys[1:]))
    known = data.draw(st.integers(1, len(keys)))
    before = Pseudonymiser(keys[0], tuple(keys[1:known]))
    stored = before.customer_ref("ebay", buyer)
    assert stored is not None
    assert chain.followed(stored, known) == chain.customer_ref("ebay", buyer)
    short = before.digest(buyer.encode(), 12)
    assert chain.followed(short, known) == chain.digest(buyer.encode(), 12)
    assert (chain.version, len(short)) == (len(keys), 24)


def test_one_key_makes_what_it_always_made() -> None:
    """The homes of earlier releases go on: blake2b with the hash of the file's content."""
    made = Pseudonymiser(digest(OLD)).customer_ref("zendesk", 7)
    assert made == hashlib.blake2b(b"zendesk|7", key=digest(OLD), digest_size=16).hexdigest()


def test_keys_of_persons_follow_from_all_keys_and_lead_back_to_none() -> None:
    chain = Pseudonymiser(digest(OLD), (digest(NEW),))
    second = hmac.new(digest(NEW), digest(OLD), hashlib.sha256).digest()
    for found, root in zip(chain.person_keys(), (digest(OLD), second), strict=True):
        inner, outer = (
            hmac.new(root, b"deskhouse persons " + half, hashlib.sha256).hexdigest()
            for half in (b"inner", b"outer")
        )
        assert (found.inner, found.outer) == (inner, outer)
        assert inner not in repr(found) and outer not in repr(found)
    assert Pseudonymiser(digest(OLD)).person_keys() == chain.person_keys()[:1]
    for secret in (digest(OLD), digest(NEW)):
        assert secret.hex() not in repr(chain.person_keys())
        assert repr(secret) not in repr(chain)


def test_the_file_of_an_earlier_release_becomes_a_chain(tmp_path: Path) -> None:
    path = tmp_path / "privacy.key"
    path.write_text(f"{OLD}\n")
    assert load_pseudonymiser(tmp_path) == Pseudonymiser(digest(OLD))
    rotated = add_secret(tmp_path)
    assert (rotated.key, rotated.version) == (digest(OLD), 2)
    assert add_secret(tmp_path).later[0] == rotated.later[0]
    assert load_pseudonymiser(tmp_path).version == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [other.name for other in tmp_path.iterdir()] == ["privacy.key"]


def test_a_half_written_file_of_a_killed_rotation_is_nothing(tmp_path: Path) -> None:
    first = load_pseudonymiser(tmp_path)
    (tmp_path / ".privacy.key.new").write_bytes(b"deskhouse key ch")
    assert load_pseudonymiser(tmp_path) == first
    assert add_secret(tmp_path).key == first.key


def test_a_file_that_lost_its_keys_is_no_new_beginning(tmp_path: Path) -> None:
    (tmp_path / "privacy.key").write_text("deskhouse key chain\n\n")
    with pytest.raises(ConfigurationError, match="holds no key: restore it from a backup"):
        load_pseudonymiser(tmp_path)


def test_the_variable_may_hold_a_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", OLD)
    assert load_pseudonymiser(tmp_path) == Pseudonymiser(digest(OLD))
    with pytest.raises(ConfigurationError, match="chain:OLD,NEW"):
        add_secret(tmp_path)
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", f"chain:{OLD}, {NEW}")
    assert load_pseudonymiser(tmp_path) == Pseudonymiser(digest(OLD), (digest(NEW),))
    # a secret with a comma is one secret, as it always was
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", f"{OLD},{NEW}")
    assert load_pseudonymiser(tmp_path) == Pseudonymiser(digest(f"{OLD},{NEW}"))
    for short in ("short", f"chain:{OLD},short", "chain:"):
        monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", short)
        with pytest.raises(ConfigurationError, match="16 characters"):
            load_pseudonymiser(tmp_path)
    assert list(tmp_path.iterdir()) == []
