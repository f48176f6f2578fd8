"""Made-up exports in the shape of three kinds of tools, and what their numbers are, counted from the exports alone."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

Line = dict[str, str]
BERLIN = ZoneInfo("Europe/Berlin")
CALLS = [
    *("Call ID", "Direction", "Queue", "Number", "Queued at", "Wait", "Talk", "Result", "Agent ID", "Agent"),
    *("Transferred to", "Transferred after", "Callback for", "Recording", "Trunk"),
]  # fmt: skip
LOG = [
    *(
        "Entry",
        "Time",
        "Action",
        "Conversation",
        "Network",
        "Type",
        "Item",
        "Author",
        "Author name",
    ),
    *("Operator ID", "Operator", "Assigned to", "Text", "Reason"),
]
LIST = [
    *("Ticket", "Created", "Updated", "First response", "Resolved", "Status", "Priority", "Channel", "Group"),
    *("Assignee ID", "Assignee", "Requester", "Subject", "Tags", "Reason", "Rating", "Rated at"),
]  # fmt: skip


def table_text(columns: list[str], lines: list[Line], separator: str) -> str:
    """Lines as delimited text."""
    made = io.StringIO()
    writer = csv.DictWriter(made, columns, delimiter=separator, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return made.getvalue()


def local(instant: datetime) -> str:
    """How the telephone system writes: German wall clock, the day first."""
    return instant.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M:%S")


@dataclass
class Calls:
    """A hundred and ten calls of a hotline with a promise of sixty seconds."""

    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(7)
        first = datetime(2026, 10, 5, 7, tzinfo=UTC)
        for number in range(110):
            queued = first + timedelta(minutes=11 * number)
            line = {
                "Call ID": f"C{number}",
                "Direction": "in",
                "Queue": "hotline",
                "Number": f"+49 171 {5550000 + number}",
                "Queued at": local(queued),
                "Wait": str(chance.randrange(0, 120)),
                "Recording": f"rec{number}.wav",
                "Trunk": "2",
            }
            self.lines.append(line)
            kind = chance.random()
            if kind < 0.75:
                agent, name = chance.choice([("501", "Ann Lee"), ("502", "Bo Münch")])
                talk = chance.randrange(30, 400) + 60
                line |= {"Talk": str(talk), "Result": "answered", "Agent ID": agent, "Agent": name}
                if kind < 0.1:
                    line |= {
                        "Result": "transferred",
                        "Transferred to": "503",
                        "Transferred after": "75" if number % 2 else "20",
                    }
            elif kind < 0.85:
                line |= {"Result": "abandoned", "Wait": str(chance.randrange(0, 10))}
            else:
                line |= {"Result": "abandoned", "Wait": str(chance.randrange(12, 90))}
                if kind < 0.95:
                    self._call_back(line, queued, chance)

    def _call_back(self, missed: Line, queued: datetime, chance: random.Random) -> None:
        later = queued + timedelta(seconds=int(missed["Wait"]) + chance.choice([2, 5, 200]))
        self.lines.append(
            missed
            | {
                "Call ID": missed["Call ID"] + "b",
                "Direction": "out",
                "Queued at": local(later),
                "Wait": "3",
                "Talk": "60",
                "Result": "answered",
                "Agent ID": "502",
                "Agent": "Bo Münch",
                "Callback for": missed["Call ID"],
            }
        )

    @property
    def offered(self) -> list[Line]:
        """Calls that came in, without those given up within ten seconds."""
        return [
            line
            for line in self.lines
            if line["Direction"] == "in"
            and not (line["Result"] == "abandoned" and int(line["Wait"]) < 10)
        ]

    @property
    def answered(self) -> list[Line]:
        return [line for line in self.offered if line["Result"] != "abandoned"]

    @property
    def transfers(self) -> int:
        """Calls handed on by somebody who had held them for a minute."""
        return sum(int(line.get("Transferred after") or 0) >= 60 for line in self.lines)

    def compliance(self, policy: str) -> tuple[int, int]:
        """Calls answered within a minute, of all that the policy judges."""
        met = sum(int(line["Wait"]) <= 60 for line in self.answered)
        if policy == "ignore":
            return met, len(self.answered)
        if policy == "treat_normally":
            met += sum(self._is_recovered(line) for line in self.offered)
        return met, len(self.offered)

    def _is_recovered(self, missed: Line) -> bool:
        """Called back within a minute of being missed."""
        for line in self.lines:
            if line.get("Callback for") == missed["Call ID"]:
                given_up = _read(missed["Queued at"]) + timedelta(seconds=int(missed["Wait"]))
                reached = _read(line["Queued at"]) + timedelta(seconds=int(line["Wait"]))
                return reached - given_up <= timedelta(seconds=60)
        return False


def _read(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H:%M:%S").replace(tzinfo=BERLIN)


@dataclass
class Inbox:
    """Sixty conversations of a social inbox with three operators, written newest first, as such tools do."""

    lines: list[Line] = field(default_factory=list)
    reactions: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        chance = random.Random(11)
        for number in range(60):
            self._conversation(
                number, datetime(2026, 10, 6, 8, tzinfo=UTC) + timedelta(hours=5 * number), chance
            )
        self.lines.reverse()

    def _say(self, number: int, at: datetime, action: str, **more: str) -> None:
        operator = more.pop("operator", "")
        self.lines.append(
            {
                "Entry": f"E{len(self.lines)}",
                "Time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "Action": action,
                "Conversation": f"V{number}",
                "Network": ["Facebook", "VK"][number % 2],
                "Type": ["Comment", "Message"][number % 2],
                "Author": f"fan{number}",
                "Author name": f"Fan Number{number}",
                "Operator ID": operator,
                "Operator": f"Operator {operator}" if operator else "",
            }
            | {key.replace("_", " "): text for key, text in more.items()}
        )

    def _conversation(self, number: int, at: datetime, chance: random.Random) -> None:
        kind = ["Comment", "Message"][number % 2].lower()
        operator = chance.choice("pqr")
        self._say(number, at, f"{kind} received", Item=f"I{number}", Text="Where is my parcel?")
        if number % 10 == 3:
            self.counts[("author blocked", operator)] += 1
            self._say(
                number,
                at + timedelta(minutes=1),
                "author blocked",
                operator=operator,
                Reason="insult",
            )
            return
        if number % 10 == 4:
            # deleted without an answer: found again in the log, whoever did it
            self.counts[("comments_deleted", operator)] += 1
            action = f"{kind} deleted" if number % 20 == 4 else "comment hidden"
            self._say(
                number, at + timedelta(minutes=2), action, operator=operator, Item=f"I{number}"
            )
            return
        if number % 10 == 5:
            self.counts[("closed_without_reply", operator)] += 1
            self._say(number, at + timedelta(minutes=9), "closed without reply", operator=operator)
            return
        seconds = chance.randrange(60, 7200)
        replied = at + timedelta(seconds=seconds)
        self.reactions[operator].append(seconds)
        self._say(
            number, replied, f"{kind} reply", operator=operator, Item=f"R{number}", Text="Tomorrow"
        )
        if number % 10 == 6:
            again = replied + timedelta(minutes=30)
            self._say(
                number,
                again,
                f"{kind} received",
                Item=f"J{number}",
                Text="Thank you, and the other?",
            )
            second = chance.choice("pqr")
            self.reactions[second].append(600)
            self._say(
                number,
                again + timedelta(minutes=10),
                f"{kind} reply",
                operator=second,
                Item=f"S{number}",
            )
        self.counts[("closed_with_reply", operator)] += 1
        self._say(number, replied + timedelta(hours=3), "Closed with reply", operator=operator)


def _american(instant: datetime) -> str:
    return instant.strftime("%m/%d/%Y %I:%M %p")


@dataclass
class Tickets:
    """Fifty tickets of a helpdesk's list, with reasons and ratings; durations in seconds."""

    lines: list[Line] = field(default_factory=list)
    first_responses: list[int] = field(default_factory=list)
    resolutions: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(3)
        for number in range(50):
            made = datetime(2026, 10, 2, 9, tzinfo=UTC) + timedelta(hours=9 * number)
            rating = chance.choice(["", "", "5", "4", "3", "1"])
            line = {
                "Ticket": str(1000 + number),
                "Created": made.strftime("%m/%d/%Y %I:%M %p"),
                "Updated": (made + timedelta(hours=30)).strftime("%m/%d/%Y %I:%M %p"),
                "First response": "",
                "Status": chance.choice(["Open", "Resolved", "Waiting for customer"]),
                "Priority": chance.choice(["Low", "Medium", ""]),
                "Channel": "E-mail",
                "Group": "Care",
                "Assignee ID": chance.choice(["a1", "a2"]),
                "Assignee": "Somebody",
                "Requester": f"Buyer{number}@Example.org",
                "Subject": "Please, call me",
                "Tags": "vip, late ,late" if number % 3 else "",
                "Reason": chance.choice(["late delivery", "broken", "invoice"]),
                "Rating": rating,
                "Rated at": (made + timedelta(hours=40)).strftime("%m/%d/%Y %I:%M %p")
                if rating
                else "",
            }
            if number % 7:
                minutes = chance.randrange(5, 900)
                self.first_responses.append(60 * minutes)
                line["First response"] = _american(made + timedelta(minutes=minutes))
            if line["Status"] == "Resolved":
                minutes = chance.randrange(900, 1800)
                self.resolutions.append(60 * minutes)
                line["Resolved"] = _american(made + timedelta(minutes=minutes))
            self.lines.append(line)


def write_exports(folder: Path, calls: Calls, inbox: Inbox, tickets: Tickets) -> None:
    """All exports in one folder, each of a tenant of its own; the calls thrice, judged in three ways."""
    folder.mkdir(parents=True, exist_ok=True)
    text = table_text(CALLS, calls.lines, ";")
    policies = {"strict": "count_as_missed", "normal": "treat_normally", "mild": "ignore"}
    for tenant in policies:
        (folder / f"calls_{tenant}.csv").write_bytes(text.encode("windows-1252"))
    (folder / "operator_log_2026-10.csv").write_text(
        table_text(LOG, inbox.lines, "\t"), encoding="utf-16"
    )
    (folder / "Ticket list (3).csv").write_text(
        table_text(LIST, tickets.lines, ","), encoding="utf-8"
    )
    named = "\n".join(f'  "calls_{tenant}.csv": {{tenant_id: {tenant}}}' for tenant in policies)
    (folder / "landing.yml").write_text(
        "profiles: [telephone_calls, social_inbox, helpdesk_tickets]\n"
        "sources:\n"
        "  telephony: {time_zone: Europe/Berlin, date_order: dmy, encoding: windows-1252}\n"
        "files:\n"
        '  "calls_*": {time_zone: Europe/Berlin, date_order: dmy, encoding: windows-1252}\n'
        f"{named}\n"
        '  "operator_log*": {tenant_id: social}\n'
        '  "ticket list*": {tenant_id: list, date_order: mdy, time_zone: UTC}\n'
    )
    _sheets(folder, policies)


def _sheets(folder: Path, policies: dict[str, str]) -> None:
    """What the keeper of the folder adds by hand: promises, and what becomes of missed calls."""
    since = "2015-01-01T00:00:00Z"
    channel = [
        "tenant_id,source_system,channel_id,missed_policy,short_abandon_s,obligation_mode,valid_from"
    ]
    policy = ["tenant_id,policy_id,version,layer,name,position,conditions,valid_from"]
    target = [
        "tenant_id,target_version_id,policy_id,version,metric,target_seconds,clock,clock_start,compliance_goal"
    ]
    for tenant, missed in policies.items():
        channel.append(f"{tenant},telephony,phone,{missed},10,reply_required,{since}")
        policy.append(f"{tenant},in,1,internal,in,1,{{}},{since}")
        target.append(f"{tenant},in-1,in,1,first_reply,60,calendar,queue_entered,0.8")
    for name, lines in (
        ("channel_policy", channel),
        ("sla_policies", policy),
        ("sla_targets", target),
    ):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
