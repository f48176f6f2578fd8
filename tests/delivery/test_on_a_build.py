"""On a warehouse that was built: every rule that fires can be said, in every language, and names a place."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingestion.errors import ConfigurationError
from orchestration.delivery.episodes import picture_of
from orchestration.delivery.makers import Order
from orchestration.delivery.outbox import open_outbox
from orchestration.delivery.packs import make_pack
from orchestration.delivery.planning import plan
from orchestration.delivery.reading import read_delivery
from orchestration.delivery.recipients import UTC_ZONE, Recipient, Report
from orchestration.delivery.rules import ROLES, RULE_TEXTS
from orchestration.delivery.wording import Voice
from orchestration.presenting.languages import LANGUAGES
from orchestration.settings import read_settings


@pytest.fixture(scope="module")
def home(simulated_warehouse, tmp_path_factory) -> Path:
    """A home whose publication is the simulated warehouse itself: its marts bear the names they are published under."""
    warehouse, as_of = simulated_warehouse
    home = tmp_path_factory.mktemp("delivery")
    (home / "published").mkdir()
    (home / "published" / "marts.duckdb").symlink_to(warehouse)
    (home / "published" / "publication.json").write_text(
        json.dumps({"as_of": as_of.isoformat(), "version": "v1"}), encoding="utf-8"
    )
    roles = ", ".join(role for role in ROLES if role not in ("agent", "holder"))
    people = [
        f"  - {{name: in {code}, url_env: X, roles: [{roles}], language: {code}}}"
        for code in LANGUAGES
    ]
    text = "recipients:\n" + "\n".join(people) + "\n"
    (home / "recipients.yml").write_text(text, encoding="utf-8")
    return home


def test_every_alert_that_is_open_reaches_somebody_in_few_messages(home, simulated_warehouse):
    _, as_of = simulated_warehouse
    settings = read_settings({"DESKHOUSE_HOME": str(home)}, as_of.isoformat())
    delivery = read_delivery(settings)
    picture = picture_of(settings, timedelta(hours=36), as_of)
    tellable = [
        one
        for one in picture.episodes
        if one.is_open and not one.is_suppressed and one.tenant_id not in picture.stale_tenants
    ]
    assert len(tellable) > 10
    with open_outbox(home) as outbox:
        found = plan(delivery, picture, outbox, as_of)
    assert found.unheard == []
    told = {one.episode for one in found.told}
    assert {one.key for one in tellable} <= told
    rules = {(one.tenant_id, one.rule_id) for one in tellable}
    assert len(found.drafts) <= 5 * len(rules) * len(LANGUAGES)
    for draft in found.drafts:
        assert draft.title and "None" not in draft.title + draft.body


def test_every_rule_can_be_said_in_every_language(home, simulated_warehouse):
    _, as_of = simulated_warehouse
    settings = read_settings({"DESKHOUSE_HOME": str(home)}, as_of.isoformat())
    delivery = read_delivery(settings)
    picture = picture_of(settings, timedelta(hours=36), as_of)
    assert {one.rule_id for one in picture.episodes} <= set(RULE_TEXTS)
    for recipient in delivery.recipients:
        voice = Voice(recipient, as_of)
        for one in picture.episodes:
            for text in (voice.opened(one), voice.ended(one), voice.digest("open", [one])):
                assert text.title and len(text.title) <= 150 and "\n" not in text.title
                assert voice.place(one)


@pytest.mark.parametrize(("role", "language"), [("team_lead", "it"), (None, "en")])
def test_a_pack_is_made_for_who_may_read_it(home, simulated_warehouse, tmp_path, role, language):
    made = make_pack(
        pack_order(home, simulated_warehouse, tmp_path, role, language, ("team_lead",))
    )
    assert [path.suffix for path in made.files] == [".pdf", ".xlsx"]
    assert all(path.stat().st_size > 10_000 for path in made.files)
    asked = "deskhouse review 2025-12" + (f" --role {role}" if role else "")
    assert made.where == asked


def test_a_pack_with_names_goes_to_operations_managers_alone(home, simulated_warehouse, tmp_path):
    order = pack_order(
        home, simulated_warehouse, tmp_path, "operations_manager", "en", ("team_lead",)
    )
    with pytest.raises(ConfigurationError, match="somebody is no operations_manager"):
        make_pack(order)
    assert list(tmp_path.iterdir()) == []


def pack_order(
    home: Path,
    simulated_warehouse,
    folder: Path,
    role: str | None,
    language: str,
    rights: tuple[str, ...],
) -> Order:
    _, as_of = simulated_warehouse
    options = (("role", role),) if role else ()
    report = Report("board", "pack", options, "last", "0 8 1 * *", UTC_ZONE, ("somebody",))
    return Order(
        read_settings({"DESKHOUSE_HOME": str(home)}, as_of.isoformat()),
        report,
        Recipient("somebody", ("X",), rights),
        language,
        date(2025, 12, 1),
        ("main",),
        folder,
    )
