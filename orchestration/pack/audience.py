"""For whom a pack is: the whole company, a forum or a role of the catalogue's section 9, and which KPIs that means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ingestion.canonical import tables
from ingestion.errors import ConfigurationError
from orchestration.presenting.publication import Publication

_READS_ALL = ("quarterly_kpi_review",)
"""Decides about targets and definitions, so about every KPI; the registry names it for none."""
_NAMES_ACROSS_TEAMS = ("operations_manager",)
"""Who sees colleagues by name in all teams (catalogue §11.7); everybody else sees how teams are spread."""
_SCOPES = (
    "company",
    "team",
    "platform",
    "marketplace_account",
    "channel",
    "reason",
    "macro",
    "fix",
)


@dataclass(frozen=True)
class Audience:
    """Who reads; None = not narrowed.

    Attributes:
        forum: where the KPIs are reviewed.
        role: that answers for the KPIs.
    """

    forum: str | None = None
    role: str | None = None

    @property
    def sees_names(self) -> bool:
        """Whether single colleagues are shown, by the name or pseudonym that their legal entity allows."""
        return self.role in _NAMES_ACROSS_TEAMS

    @property
    def slug(self) -> str:
        """Part of a file's name."""
        return "-".join(part for part in (self.forum, self.role) if part) or "company"


@dataclass(frozen=True)
class Chosen:
    """What a pack is about: KPIs at one kind of scope; ``kpi_ids`` None = all."""

    scope_type: str
    kpi_ids: frozenset[str] | None


def forums() -> tuple[str, ...]:
    """Forums of the catalogue in its order."""
    return tuple(tables()["actions"].columns["forum_id"].allowed)


def roles(publication: Publication) -> tuple[str, ...]:
    """Roles that the matrix of the registry names."""
    found = publication.rows(
        "select distinct role from governance_review.kpi_accountability order by role"
    )
    return tuple(row["role"] for row in found)


def chosen(publication: Publication, tenant_id: str, month: date, audience: Audience) -> Chosen:
    """KPIs of an audience in a month.

    Raises:
        ConfigurationError: there is no such forum or role, or the forum reviews no KPI of the role.
    """
    _refuse_unknown(publication, audience)
    scope, kpi_ids = "company", None
    if audience.role is not None:
        scope, kpi_ids = _answered_for(publication, tenant_id, month, audience.role)
    if audience.forum is not None and audience.forum not in _READS_ALL:
        reviewed = _reviewed(publication, audience.forum)
        kpi_ids = reviewed if kpi_ids is None else kpi_ids & reviewed
    if kpi_ids is not None and not kpi_ids:
        whose = f"role {audience.role}" if audience.role else "any role"
        where = f" is reviewed in forum {audience.forum}" if audience.forum else " is known"
        raise ConfigurationError(
            f"No KPI of {whose}{where} in {month:%Y-%m}: choose another forum or role, or leave one of them out."
        )
    return Chosen(scope, kpi_ids)


def _refuse_unknown(publication: Publication, audience: Audience) -> None:
    for option, name, known in (
        ("forum", audience.forum, forums()),
        ("role", audience.role, roles(publication)),
    ):
        if name is not None and name not in known:
            raise ConfigurationError(
                f"There is no {option} {name}; choose among {', '.join(known)}."
            )


def _answered_for(
    publication: Publication, tenant_id: str, month: date, role: str
) -> tuple[str, frozenset[str]]:
    """The widest scope at which a role is accountable, and the KPIs; for a role that is for none, those it works on."""
    rows = publication.rows(
        "select kind, scope_type, kpi_id from governance_review.kpi_accountability where tenant_id = ? and role = ? "
        "and kind in ('A', 'R') and valid_from <= ? and (valid_to is null or valid_to > ?)",
        [tenant_id, role, month, month],
    )
    for kind in ("A", "R"):
        for scope in _SCOPES:
            found = frozenset(
                row["kpi_id"] for row in rows if (row["kind"], row["scope_type"]) == (kind, scope)
            )
            if found:
                return scope, found
    return "company", frozenset()


def _reviewed(publication: Publication, forum: str) -> frozenset[str]:
    rows = publication.rows(
        "select distinct kpi_id from governance_review.kpi_definitions where forum_id = ?", [forum]
    )
    return frozenset(row["kpi_id"] for row in rows)
