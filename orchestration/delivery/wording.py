"""What messages say, in the language and by the clock of whoever reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from babel.dates import format_datetime

from orchestration.delivery.episodes import Episode
from orchestration.delivery.places import ID_CHARACTERS, one_line, place_of
from orchestration.delivery.recipients import Recipient
from orchestration.delivery.routing import person
from orchestration.delivery.rules import JUDGED_BY, RULE_TEXTS, RULE_UNITS
from orchestration.presenting.languages import Language, language
from orchestration.presenting.words import BANDS, SEVERITIES

DOMAIN = "delivery"
LISTED = 20
"""Episodes that a digest names one by one."""
_TITLE_CHARACTERS = 150


@dataclass(frozen=True)
class Text:
    """Title and body of a message."""

    title: str
    body: str


@dataclass(frozen=True)
class Voice:
    """How one recipient is spoken to.

    Attributes:
        recipient: who reads.
        now: instant at which the message is written (aware).
        dashboard: address that links lead to; without it messages name the command.
        names_tenants: the warehouse holds several seller companies.
    """

    recipient: Recipient
    now: datetime
    dashboard: str | None = None
    names_tenants: bool = False

    @property
    def language(self) -> Language:
        """The language of the recipient."""
        return language(self.recipient.language, DOMAIN, "kpis")

    def opened(self, episode: Episode) -> Text:
        """An alert that has begun."""
        own = self.language
        severity = own.text(SEVERITIES[episode.severity])
        lines = [
            *self._facts(episode),
            own.text(
                "Since: {instant} ({duration})",
                instant=self.instant(episode.opened_at),
                duration=self._between(episode.opened_at, self.now),
            ),
            self._evidence(episode),
            self._how_to_acknowledge(episode),
        ]
        return self._text(f"[{severity}] {self._headline(episode)}", lines)

    def ended(self, episode: Episode) -> Text:
        """An alert that is over."""
        own = self.language
        lines = [
            own.text("This is over: the condition does not hold any more."),
            self._where(episode),
        ]
        if episode.resolved_at is not None:
            lines.append(
                own.text(
                    "From {start} to {end} ({duration})",
                    start=self.instant(episode.opened_at),
                    end=self.instant(episode.resolved_at),
                    duration=self._between(episode.opened_at, episode.resolved_at),
                )
            )
        title = own.text("[over] {headline}", headline=self._headline(episode))
        return self._text(title, [*lines, self._evidence(episode)])

    def escalated(self, episode: Episode, told_at: datetime, told_to: Sequence[str]) -> Text:
        """An alert that nobody has acknowledged."""
        own = self.language
        lines = [
            own.text(
                "Told {duration} ago to {names}; nobody has acknowledged it.",
                duration=self._between(told_at, self.now),
                names=", ".join(told_to),
            ),
            *self._facts(episode),
            own.text("Since: {instant} ({duration})", **self._since(episode)),
            self._evidence(episode),
            self._how_to_acknowledge(episode),
        ]
        title = own.text("[not acknowledged] {headline}", headline=self._headline(episode))
        return self._text(title, lines)

    def digest(self, kind: str, episodes: Sequence[Episode]) -> Text:
        """Many episodes of one rule and tenant in one message, the longest first."""
        own = self.language
        first = episodes[0]
        title = own.text(RULE_TEXTS[first.rule_id][0])
        heads = {
            "open": own.text("{title}: {n} new", title=title, n=own.number(len(episodes))),
            "ended": own.text("[over] {title}: {n}", title=title, n=own.number(len(episodes))),
            "escalated": own.text(
                "[not acknowledged] {title}: {n}", title=title, n=own.number(len(episodes))
            ),
        }
        severity = own.text(SEVERITIES[first.severity])
        head = f"[{severity}] {heads[kind]}" if kind == "open" else heads[kind]
        ordered = sorted(episodes, key=lambda one: (one.opened_at, one.alert_id))
        lines = [self._line(one, kind) for one in ordered[:LISTED]]
        if len(ordered) > LISTED:
            lines.append(own.text("… and {n} more", n=own.number(len(ordered) - LISTED)))
        lines.append(self._list_of(first))
        if kind != "ended":
            teams = self.recipient.teams
            team = f' --team "{teams[0]}"' if len(teams) == 1 else ""
            command = f"deskhouse alerts ack --rule {first.rule_id}{team} --by NAME --note TEXT"
            lines.append(own.text("Seen them? {command}", command=command))
        return self._text(self._of_tenant(head, first), lines)

    def old_data(self, tenant_id: str, as_of: datetime) -> Text:
        """What is told when the publication itself is old: that, and that alerts are held."""
        own = self.language
        lines = [
            own.text(
                "The numbers are of {instant} ({duration} old), so no alert is told until they are new.",
                instant=self.instant(as_of),
                duration=self._between(as_of, self.now),
            ),
            own.text("What to do: {command}", command="deskhouse doctor, deskhouse run"),
        ]
        head = own.text(
            "Nothing new was published for {duration}", duration=self._between(as_of, self.now)
        )
        severity = own.text(SEVERITIES["high"])
        tenant = f" ({tenant_id})" if self.names_tenants else ""
        return self._text(f"[{severity}] {head}{tenant}", lines)

    def instant(self, at: datetime) -> str:
        """An instant by the recipient's clock, the zone named."""
        zone = self.recipient.zone
        said = format_datetime(at, "d MMM y, HH:mm", tzinfo=zone, locale=self.language.locale)
        return f"{said} {zone.key}"

    def place(self, episode: Episode) -> str:
        """Where it happened, persons as the recipient may read them."""
        return place_of(episode, person(self.recipient, episode), self.language)

    def _facts(self, episode: Episode) -> list[str]:
        own = self.language
        unit = RULE_UNITS[episode.rule_id]
        label = own.text(RULE_TEXTS[episode.rule_id][1])
        value = own.figure(episode.value, unit) or own.text("nothing measured")
        lines = [self._where(episode), f"{label}: {value}"]
        if episode.limit is not None:
            lines.append(own.text("Limit: {limit}", limit=own.figure(episode.limit, unit)))
        if episode.low is not None and episode.high is not None:
            low, high = own.figure(episode.low, unit), own.figure(episode.high, unit)
            n = own.number(episode.n)
            lines.append(
                own.text("Surely between {low} and {high} (n = {n})", low=low, high=high, n=n)
            )
        return [*lines, *self._judgement(episode)]

    def _judgement(self, episode: Episode) -> list[str]:
        """Of an alert about a person: by what he is judged, and what the page of agents says of him."""
        if episode.rule_id not in JUDGED_BY:
            return []
        own, fair = self.language, episode.fair
        lines = [own.text(JUDGED_BY[episode.rule_id])]
        if fair is not None:
            ends = [own.percent(end) for end in (fair.low, fair.high)]
            lines.append(
                own.text(
                    "Adjusted for the mix of work, 28 days: {rate} ({interval}), {band}",
                    rate=own.percent(fair.rate),
                    interval=" – ".join(end or "?" for end in ends),
                    band=own.text(BANDS[fair.band]),
                )
            )
        return lines

    def _where(self, episode: Episode) -> str:
        return self.language.text("Where: {place}", place=self.place(episode))

    def _since(self, episode: Episode) -> dict[str, object]:
        return {
            "instant": self.instant(episode.opened_at),
            "duration": self._between(episode.opened_at, self.now),
        }

    def _line(self, episode: Episode, kind: str) -> str:
        own = self.language
        value = own.figure(episode.value, RULE_UNITS[episode.rule_id])
        end = episode.resolved_at if kind == "ended" and episode.resolved_at else self.now
        duration = self._between(episode.opened_at, end)
        lasted = (
            own.text("lasted {duration}", duration=duration)
            if kind == "ended"
            else own.text("for {duration}", duration=duration)
        )
        said = [self.place(episode), value if kind != "ended" else "", lasted]
        said.append(episode.alert_id[:ID_CHARACTERS])
        return "• " + " · ".join(part for part in said if part)

    def _evidence(self, episode: Episode) -> str:
        link = self.link("", self._filters(episode) | {"id": episode.alert_id})
        command = f"deskhouse alerts show {episode.alert_id[:ID_CHARACTERS]}"
        return self.language.text("Evidence: {link}", link=link or command)

    def _list_of(self, episode: Episode) -> str:
        link = self.link("", self._filters(episode))
        command = f"deskhouse alerts --tenant {episode.tenant_id}"
        return self.language.text("Evidence: {link}", link=link or command)

    def _filters(self, episode: Episode) -> dict[str, str]:
        return {"tenant": episode.tenant_id, "rule": episode.rule_id}

    def _how_to_acknowledge(self, episode: Episode) -> str:
        command = f"deskhouse alerts ack {episode.alert_id[:ID_CHARACTERS]} --by NAME --note TEXT"
        return self.language.text("Seen it? {command}", command=command)

    def link(self, page: str, filters: dict[str, str]) -> str | None:
        """A page of the dashboard with filters in its address; None without a dashboard."""
        if self.dashboard is None:
            return None
        return f"{self.dashboard}/{page.strip('/')}" + (f"?{urlencode(filters)}" if filters else "")

    def _headline(self, episode: Episode) -> str:
        title = self.language.text(RULE_TEXTS[episode.rule_id][0])
        return self._of_tenant(f"{title}: {self.place(episode)}", episode)

    def _of_tenant(self, head: str, episode: Episode) -> str:
        return f"{head} ({episode.tenant_id})" if self.names_tenants else head

    def _between(self, start: datetime, end: datetime) -> str:
        return self.language.duration(max((end - start).total_seconds(), 0))

    def _text(self, title: str, lines: Sequence[str]) -> Text:
        return Text(one_line(title)[:_TITLE_CHARACTERS], "\n".join(lines))
