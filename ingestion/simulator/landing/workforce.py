"""The workforce tool's and the time trackers' exports: sessions of handling and pieces of everybody's desk time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ingestion.simulator.clock import iso_z
from ingestion.simulator.landing.sheets import HELPDESK, TELEPHONY, Row, Tables, extension, row
from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.world import World

WORKFORCE = "wfm"


def workforce_tables(world: World, at: datetime) -> Tables:
    """Handle sessions that have ended and desk time that has been reported by ``at``."""
    instant = epoch(at)
    yield "handle_sessions", list(_sessions(world, instant))
    yield "agent_time", list(_time(world, instant))


def agent_id_in(world: World, system: str, agent_id: int) -> str:
    """Id of a person in the helpdesk or, as an extension, in the telephony."""
    return extension(world.staff.by_id[agent_id]) if system == TELEPHONY else str(agent_id)


def _sessions(world: World, instant: int) -> Iterator[Row]:
    for one in world.workforce.sessions:
        if one.ended_at <= instant:
            # The trackers are apps of the helpdesk and of the telephony, so their ids are those systems' own.
            yield row(
                TELEPHONY if one.system == TELEPHONY else HELPDESK,
                session_id=one.session_id,
                ticket_id=one.ticket_id,
                agent_id=agent_id_in(world, one.system, one.agent_id),
                started_at=iso_z(one.started_at),
                ended_at=iso_z(one.ended_at),
                method=one.method,
                capped=one.capped,
            )


def _time(world: World, instant: int) -> Iterator[Row]:
    first = epoch(world.options.first_instant)
    for piece in world.workforce.pieces:
        if piece.known_at > instant or piece.started_at < first:
            continue
        seconds = piece.ended_at - piece.started_at
        yield row(
            WORKFORCE,
            agent_id=agent_id_in(world, piece.system, piece.agent_id),
            interval_start=iso_z(piece.started_at),
            interval_end=iso_z(piece.ended_at),
            state=piece.state,
            is_paid=piece.is_paid,
            paid_seconds=seconds if piece.is_paid else 0,
            handling_seconds=seconds if piece.state == "handling" else 0,
            source_quality=piece.source_quality,
            subject_system=piece.system,
        )
