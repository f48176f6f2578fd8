"""Looks at persons are logged before anything is shown, once for a view; names obey the employer's setting."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from orchestration.dashboard.registry import PAGES
from orchestration.lookups import logged
from orchestration.presenting.publication import publication
from orchestration.settings import read_settings
from tests.dashboard.conftest import at_home
from tests.dashboard.driving import control, opened, said, turn_to

LOOKED_AT = ("agents", "channels", "governance", "staffing", "log")


@pytest.mark.parametrize("page", LOOKED_AT)
def test_a_view_is_logged_once_and_again_when_somebody_comes_back(home, page):
    app = opened(page)
    first = list(logged(home))
    assert first and all(line.command.startswith(f"dashboard {page} (") for line in first)
    assert first[0].tenants == ("main",) and all(line.agents > 0 for line in first)
    app.run()
    assert list(logged(home)) == first, "the same view, drawn again"
    turn_to(app, "data").run()
    assert list(logged(home)) == first, "no person is on that page"
    turn_to(app, page).run()
    assert len(list(logged(home))) == 2 * len(first), "coming back is a new look"


def test_another_person_is_another_look(home, current):
    keys = [
        row["agent_key"]
        for row in current.rows(
            "select agent_key from agent_sla.agent_scorecards where period_type = '28d' and platform = 'all' "
            "and layer = 'internal' and n > 0 order by n desc limit 2"
        )
    ]
    app = opened("agents", agent=keys[0])
    control(app, "Agent").select(keys[1]).run()
    lines = list(logged(home))
    persons = [line.agent_keys for line in lines if line.agents == 1]
    assert persons == [(key,) for key in keys]
    assert all(f"agent = {key}" in line.command for key, line in zip(keys, lines[::2], strict=True))


def test_nothing_is_shown_that_cannot_be_logged(home, current):
    (home / "audit").write_text("in the way")
    names = [
        row["display_name"]
        for row in current.rows(
            "select display_name from core.dim_agents where display_name is not null"
        )
    ]
    app = opened("agents")
    text = said(app)
    assert "This cannot be shown" in text and "nothing was shown" in text.lower()
    assert not [name for name in names if name in text and name != "Unowned"]


def test_why_of_a_person_is_a_look_at_that_person(home, current):
    row = current.rows(
        "select scope_id from governance_review.kpi_monthly where kpi_id = 'sla_compliance' and month = '2025-12-01' "
        "and scope_type = 'agent' and layer = 'internal' and scope_id <> 'unowned' order by n desc limit 1"
    )[0]
    query = {"kpi": "sla_compliance", "month": "2025-12", "scope": "agent", "id": row["scope_id"]}
    opened("why", **query, layer="internal")
    (line,) = logged(home)
    assert row["scope_id"] in line.agent_keys and "dashboard why" in line.command


@pytest.fixture
def withheld(tmp_path, published):
    """A publication in which the person with most cases belongs to an employer that shows no views of agents."""
    home = tmp_path / "off"
    version = home / "published" / "versions" / "v1"
    shutil.copytree((published / "published" / "current").resolve(), version)
    (home / "published" / "current").symlink_to("versions/v1")
    (home / "published" / "marts.duckdb").symlink_to("current/marts.duckdb")
    with duckdb.connect(str(version / "marts.duckdb")) as connection:
        key, name = connection.execute(
            "select agent_key, display_name from agent_sla.agent_scorecards inner join "
            "core.dim_agents using (agent_key) "
            "where period_type = '28d' and platform = 'all' and layer = 'internal' and display_name is not null "
            "order by n desc, agent_key limit 1"
        ).fetchone()
        connection.execute(
            "update core.dim_agents set display_name = null, agent_id = null, agent_views = 'off' where agent_key = ?",
            [key],
        )
        shares = connection.execute(
            "select count(*) from core.dim_agents where display_name = ?", [name]
        ).fetchone()[0]
    assert shares == 0, "the name would be another person's as well"
    with at_home(home):
        yield key, name


def test_a_person_whose_views_are_off_is_nowhere_by_name(withheld):
    key, name = withheld
    for page in PAGES:
        app = opened(page)
        assert not app.exception, (page, app.exception)
        text = said(app)
        assert name not in text, page
        options = [option for box in app.sidebar.selectbox for option in box.options]
        assert name not in options and key not in options
    # the audit of actions keeps the deeds
    month = publication(read_settings()).one(
        "select strftime(max(occurred_at), '%Y-%m') from agent_sla.agent_actions where agent_key = ?",
        [key],
    )
    (rows,) = opened("log", month=month).dataframe
    assert "name withheld" in set(rows.value["Who"])


def test_the_page_of_such_a_person_says_that_it_is_not_shown(withheld):
    key, name = withheld
    text = said(opened("agents", agent=key))
    # the filter does not offer the person at all, and a link made by hand is refused with a sentence
    assert name not in text and "which does not exist here; it was left out" in text
