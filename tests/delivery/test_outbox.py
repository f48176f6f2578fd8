"""The outbox: what is known once is never planned again, refusals wait longer, what nobody knows is not repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration.delivery.outbox import BACKOFF_MINUTES, OutboxError, open_outbox, outbox_path
from orchestration.delivery.records import Draft, Told
from tests.delivery.desk import NOW

MINUTE = timedelta(minutes=1)


def draft(subject: str = "a1", severity: str = "high") -> Draft:
    return Draft(
        "open", "main", subject, "lead", "LEAD_URL", severity, "title", "body of " + subject
    )


def told(subject: str, message_id: str) -> Told:
    return Told("lead", "open", subject, "main", subject, "csat_drop", False, NOW, message_id)


def test_a_message_is_planned_once(tmp_path):
    with open_outbox(tmp_path) as outbox:
        assert outbox.add([draft()], [told("a1", draft().message_id)], NOW) == 1
        assert outbox.add([draft()], [told("a1", draft().message_id)], NOW + MINUTE) == 0
        assert [one.at for one in outbox.told()] == [NOW]
        assert len(outbox.due(NOW)) == 1


def test_the_file_is_its_owners_alone(tmp_path):
    with open_outbox(tmp_path) as outbox:
        outbox.add([draft()], [], NOW)
        for path in outbox_path(tmp_path).parent.iterdir():
            assert path.stat().st_mode & 0o077 == 0, path


def test_what_is_critical_leaves_first(tmp_path):
    with open_outbox(tmp_path) as outbox:
        outbox.add([draft("a"), draft("b")], [], NOW)
        outbox.add([draft("c", "critical")], [], NOW + MINUTE)
        assert [one.subject for one in outbox.due(NOW + MINUTE)] == ["c", "a", "b"]


def test_refusals_wait_longer_each_time_then_are_given_up(tmp_path):
    with open_outbox(tmp_path) as outbox:
        outbox.add([draft()], [], NOW)
        at, waits = NOW, []
        while outbox.in_state("waiting"):
            (message,) = outbox.due(at)
            assert outbox.begin(message.message_id, at)
            outbox.refused(message, "the receiver refused it (503)", at)
            waiting = outbox.in_state("waiting")
            if waiting:
                assert outbox.due(waiting[0].next_at - MINUTE / 2) == []
                waits.append((waiting[0].next_at - at) / MINUTE)
                at = waiting[0].next_at
        assert waits[: len(BACKOFF_MINUTES)] == list(BACKOFF_MINUTES)
        assert timedelta(days=2) <= at - NOW < timedelta(days=3)
        (lost,) = outbox.in_state("given_up")
        assert (lost.body, lost.reason) == ("body of a1", "the receiver refused it (503)")


def test_two_senders_cannot_begin_the_same_message(tmp_path):
    with open_outbox(tmp_path) as one, open_outbox(tmp_path) as other:
        one.add([draft()], [], NOW)
        reference = draft().message_id
        assert (one.begin(reference, NOW), other.begin(reference, NOW)) == (True, False)


def test_what_a_killed_process_was_sending_is_unknown_and_not_repeated(tmp_path):
    with open_outbox(tmp_path) as outbox:
        outbox.add([draft("a"), draft("b")], [told("a", draft("a").message_id)], NOW)
        outbox.begin(draft("a").message_id, NOW)
        assert outbox.settle(NOW + MINUTE) == [draft("a").message_id]
        assert [one.subject for one in outbox.due(NOW + MINUTE)] == ["b"]
        assert [one.episode for one in outbox.told()] == ["a"]
        assert outbox.settle(NOW + MINUTE) == []


def test_a_person_may_repeat_or_close_what_is_unknown(tmp_path):
    with open_outbox(tmp_path) as outbox:
        outbox.add([draft("a"), draft("b")], [], NOW)
        for subject in ("a", "b"):
            outbox.begin(draft(subject).message_id, NOW)
            outbox.unknowable(draft(subject).message_id, "cut", NOW)
        assert outbox.again(draft("a").message_id, NOW)
        assert outbox.close(draft("b").message_id, NOW)
        assert [one.message_id for one in outbox.due(NOW)] == [draft("a").message_id]
        outbox.begin(draft("a").message_id, NOW)
        outbox.sent(draft("a").message_id, NOW)
        assert not outbox.again(draft("a").message_id, NOW)
        assert not outbox.close(draft("b").message_id, NOW)


def test_texts_are_gone_once_a_message_has_left(tmp_path):
    with open_outbox(tmp_path) as outbox:
        outbox.add([draft("a-very-special-subject")], [], NOW)
        reference = draft("a-very-special-subject").message_id
        outbox.begin(reference, NOW)
        outbox.sent(reference, NOW)
        assert outbox.find(reference)[0].body is None
    content = b"".join(path.read_bytes() for path in outbox_path(tmp_path).parent.iterdir())
    assert b"body of a-very-special-subject" not in content


def test_what_was_told_is_forgotten_after_thirteen_months(tmp_path):
    with open_outbox(tmp_path) as outbox:
        outbox.add([draft()], [told("a1", draft().message_id)], NOW)
        outbox.begin(draft().message_id, NOW)
        outbox.sent(draft().message_id, NOW)
        outbox.settle(NOW + timedelta(days=399))
        assert len(outbox.told()) == 1
        outbox.settle(NOW + timedelta(days=401))
        assert (outbox.told(), outbox.find(draft().message_id)) == ([], [])


def test_a_damaged_outbox_is_said_in_a_sentence(tmp_path):
    outbox_path(tmp_path).parent.mkdir()
    outbox_path(tmp_path).write_bytes(b"no database " * 1000)
    with pytest.raises(OutboxError, match="if it is damaged, move it away"), open_outbox(tmp_path):
        pass
