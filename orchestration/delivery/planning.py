"""From what is open to what is to be said: one message per episode, digests, recoveries, escalations, and silence."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from orchestration.delivery.episodes import Episode, Picture
from orchestration.delivery.known import Known
from orchestration.delivery.outbox import Outbox
from orchestration.delivery.recipients import Delivery, Escalation, Recipient
from orchestration.delivery.records import Draft, Told
from orchestration.delivery.routing import is_told, person
from orchestration.delivery.rules import DATA_RULES
from orchestration.delivery.wording import Text, Voice

SINGLE_MESSAGES = 5
"""More episodes of one rule for one recipient within a day are one digest."""


@dataclass
class Plan:
    """What a pass would say.

    Attributes:
        drafts: the messages.
        told: what they speak of.
        dropped: references of messages that wait and were overtaken.
        persons: keys of persons by (recipient, tenant), for the log of look-ups.
        unheard: episodes that concern no recipient.
        quiet: recipients who are left alone for now.
    """

    drafts: list[Draft] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    persons: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    unheard: list[Episode] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)


def plan(delivery: Delivery, picture: Picture, outbox: Outbox, now: datetime) -> Plan:
    """What is to be said now; nothing is written.

    Args:
        delivery: who is told what.
        picture: what is published.
        outbox: what was told before.
        now: this instant (aware).
    """
    found = Plan()
    known = Known(outbox.told(), [one.message_id for one in outbox.in_state("waiting")])
    listed = {one.key for one in picture.episodes}
    found.dropped = [
        one.message_id
        for one in known.begun
        if one.message_id in known.waiting and not one.is_digest and one.episode not in listed
    ]
    speakable = [one for one in picture.episodes if _may_be_told(one, picture)]
    begun = [one for one in speakable if one.is_open and not one.is_acknowledged]
    found.unheard = [
        one for one in begun if not any(is_told(who, one) for who in delivery.recipients)
    ]
    for recipient in delivery.recipients:
        voice = Voice(recipient, now, delivery.dashboard, len(picture.tenants) > 1)
        is_quiet = recipient.quiet is not None and recipient.quiet.holds(now, recipient.zone)
        if is_quiet:
            found.quiet.append(recipient.name)
        heard = [one for one in speakable if not is_quiet or one.severity == "critical"]
        _plan_old_data(found, voice, picture, outbox, is_quiet)
        _plan_begun(found, voice, known, heard)
        _plan_ended(found, voice, known, heard)
        _plan_escalations(found, voice, known, heard, delivery.escalations)
    return found


def _may_be_told(episode: Episode, picture: Picture) -> bool:
    """Nothing on stale data but what is said about the data themselves; nothing that the marts suppress."""
    if picture.is_old:
        return False
    if episode.rule_id in DATA_RULES:
        return True
    return not episode.is_suppressed and episode.tenant_id not in picture.stale_tenants


def _plan_old_data(
    found: Plan, voice: Voice, picture: Picture, outbox: Outbox, is_quiet: bool
) -> None:
    """The one thing that is told of an old publication: once for each, to whoever is told about silent data."""
    recipient = voice.recipient
    if not picture.is_old or picture.as_of is None or is_quiet:
        return
    if "data_owner" not in recipient.roles or "high" not in recipient.severities:
        return
    if recipient.rules and "data_stale" not in recipient.rules:
        return
    mine = [name for name in picture.tenants if not recipient.tenants or name in recipient.tenants]
    for tenant in mine:
        subject = f"old:{picture.as_of:%Y%m%dT%H%M%SZ}"
        text = voice.old_data(tenant, picture.as_of)
        drafts = _drafts(recipient, "stale", tenant, subject, "high", text)
        found.drafts += [one for one in drafts if not outbox.find(one.message_id)]


def _plan_begun(found: Plan, voice: Voice, known: Known, episodes: Sequence[Episode]) -> None:
    name = voice.recipient.name
    new = [
        one
        for one in episodes
        if one.is_open
        and not one.is_acknowledged
        and is_told(voice.recipient, one)
        and not known.of(name, "open", one)
    ]
    for group in _by_rule(new):
        if len(group) + known.singles(name, "open", group[0], voice.now) > SINGLE_MESSAGES:
            _add(found, voice, "open", group, voice.digest("open", group), is_digest=True)
        else:
            for one in group:
                _add(found, voice, "open", [one], voice.opened(one))


def _plan_ended(found: Plan, voice: Voice, known: Known, episodes: Sequence[Episode]) -> None:
    """Recoveries of what was told; what has not left yet is taken back instead, as nobody needs to hear both."""
    name = voice.recipient.name
    over = []
    for one in episodes:
        told = known.of(name, "open", one) + known.of(name, "escalated", one)
        if not told or (one.is_open and not one.is_acknowledged):
            continue
        waiting = {entry.message_id for entry in told if not entry.is_digest} & known.waiting
        found.dropped += sorted(waiting)
        has_left = any(entry.message_id not in waiting for entry in told)
        if not one.is_open and has_left and not known.of(name, "ended", one):
            over.append((one, any(entry.is_digest for entry in told)))
    for group in _by_rule([one for one, _ in over]):
        in_digest = [one for one, is_digest in over if is_digest and one in group]
        if in_digest or len(group) > SINGLE_MESSAGES:
            _add(found, voice, "ended", group, voice.digest("ended", group), is_digest=True)
        else:
            for one in group:
                _add(found, voice, "ended", [one], voice.ended(one))


def _plan_escalations(
    found: Plan,
    voice: Voice,
    known: Known,
    episodes: Sequence[Episode],
    escalations: Iterable[Escalation],
) -> None:
    name = voice.recipient.name
    late: dict[str, tuple[Episode, datetime, tuple[str, ...]]] = {}
    for rule in escalations:
        if name not in rule.to:
            continue
        for one in episodes:
            told = known.of_all("open", one)
            is_due = bool(told) and voice.now - told[0].at >= rule.after
            is_known = known.of(name, "escalated", one)
            if (
                is_due
                and one.is_open
                and not one.is_acknowledged
                and one.severity in rule.severities
                and not is_known
                and (not voice.recipient.tenants or one.tenant_id in voice.recipient.tenants)
            ):
                names = tuple(dict.fromkeys(entry.recipient for entry in told))
                late[one.key] = (one, told[0].at, names)
    for group in _by_rule([one for one, _, _ in late.values()]):
        if len(group) > SINGLE_MESSAGES:
            text = voice.digest("escalated", group)
            _add(found, voice, "escalated", group, text, is_digest=True)
        else:
            for one in group:
                _, told_at, names = late[one.key]
                _add(found, voice, "escalated", [one], voice.escalated(one, told_at, names))


def _by_rule(episodes: Iterable[Episode]) -> Iterator[list[Episode]]:
    """Episodes of one tenant and rule, the most urgent and then the longest first."""
    groups: dict[tuple[str, str], list[Episode]] = defaultdict(list)
    for one in episodes:
        groups[one.tenant_id, one.rule_id].append(one)
    for key in sorted(groups):
        yield sorted(groups[key], key=lambda one: (one.opened_at, one.key))


def _add(
    found: Plan,
    voice: Voice,
    kind: str,
    episodes: Sequence[Episode],
    text: Text,
    *,
    is_digest: bool = False,
) -> None:
    recipient, first = voice.recipient, episodes[0]
    subject = first.key if not is_digest else _digest_of(episodes)
    worst = "critical" if any(one.severity == "critical" for one in episodes) else first.severity
    drafts = _drafts(recipient, kind, first.tenant_id, subject, worst, text, first.key)
    found.drafts += drafts
    shown = [one.agent for one in episodes if person(recipient, one) and one.agent]
    found.persons[recipient.name, first.tenant_id] += shown
    for draft in drafts:
        found.told += [
            Told(
                *(recipient.name, kind, one.key, one.tenant_id, one.alert_id, one.rule_id),
                *(is_digest, voice.now, draft.message_id),
            )
            for one in episodes
        ]


def _drafts(
    recipient: Recipient,
    kind: str,
    tenant_id: str,
    subject: str,
    severity: str,
    text: Text,
    thread: str = "",
) -> list[Draft]:
    return [
        Draft(
            *(kind, tenant_id, subject, recipient.name, variable, severity),
            *(text.title, text.body, thread),
        )
        for variable in recipient.url_envs
    ]


def _digest_of(episodes: Iterable[Episode]) -> str:
    keys = "\n".join(sorted(one.key for one in episodes))
    return "digest:" + hashlib.sha256(keys.encode()).hexdigest()[:20]
