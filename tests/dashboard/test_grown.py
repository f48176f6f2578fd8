"""The bench's large file: facts are repeated under keys of their own, places and persons stay, pages read it."""

from __future__ import annotations

import duckdb

from orchestration.bench.grown import COUNTED, grow
from orchestration.dashboard.queries import log
from orchestration.presenting.publication import Publication
from orchestration.warehouse import reading_connection


def test_a_grown_file_holds_every_fact_as_often_and_each_key_once(current, seller, tmp_path):
    have = current.one(f"select count(*) from {COUNTED}")
    target = tmp_path / "marts.duckdb"
    assert grow(current.path, target, 3 * have) == 3 * have
    with duckdb.connect(str(target), read_only=True) as grown:
        tickets, keys, joined = grown.execute(
            "select (select count(*) from core.dim_tickets), count(distinct obligation_key), count(tickets.ticket_key) "
            f"from {COUNTED} left join core.dim_tickets as tickets using (ticket_key)"
        ).fetchall()[0]
        agents = grown.execute("select count(*) from core.dim_agents").fetchall()[0][0]
    assert tickets == 3 * current.one("select count(*) from core.dim_tickets")
    assert keys == 3 * have
    assert joined == 3 * current.one(f"select count(ticket_key) from {COUNTED}")
    assert agents == current.one("select count(*) from core.dim_agents")
    small, large = (
        log.counted(current, seller),
        log.counted(Publication(target, reading_connection(target)), seller),
    )
    assert (large.acts == 3 * small.acts).all() and (large.people == small.people).all()
