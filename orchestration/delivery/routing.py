"""Which recipient a rule tells, and of whom that recipient may read a name (catalogue §9, §11.7)."""

from __future__ import annotations

from orchestration.delivery.episodes import Episode
from orchestration.delivery.recipients import Recipient

_PERSONAL = ("agent", "holder")
_KEY_CHARACTERS = 8


def is_told(recipient: Recipient, episode: Episode) -> bool:
    """Whether an episode concerns a recipient, quiet hours aside."""
    if recipient.tenants and episode.tenant_id not in recipient.tenants:
        return False
    if episode.severity not in recipient.severities:
        return False
    if recipient.rules and episode.rule_id not in recipient.rules:
        return False
    roles = set(recipient.roles) & set(episode.roles)
    if roles & set(_PERSONAL) and is_own(recipient, episode):
        return True
    return bool(roles - set(_PERSONAL)) and _is_of_teams(recipient, episode)


def is_own(recipient: Recipient, episode: Episode) -> bool:
    """Whether an episode is about the recipient himself, or about a turn that he holds."""
    return recipient.agent is not None and recipient.agent == episode.agent_id


def _is_of_teams(recipient: Recipient, episode: Episode) -> bool:
    """What belongs to no team concerns everybody with the role."""
    if not recipient.teams or (episode.team_id is None and episode.team_name is None):
        return True
    wanted = {team.casefold() for team in recipient.teams}
    own = {name.casefold() for name in (episode.team_id, episode.team_name) if name}
    return bool(wanted & own)


def may_name(recipient: Recipient, episode: Episode) -> bool:
    """Whether a recipient may read who an episode is about.

    Persons see themselves, leads the teams that are theirs by the file, across teams only operations managers.
    """
    if is_own(recipient, episode) or "operations_manager" in recipient.roles:
        return True
    has_team = episode.team_id is not None or episode.team_name is not None
    is_lead = "team_lead" in recipient.roles and bool(recipient.teams)
    return is_lead and has_team and _is_of_teams(recipient, episode)


def person(recipient: Recipient, episode: Episode) -> str | None:
    """The name of the person concerned, or the beginning of the key where no name may be read; None for nobody."""
    if episode.agent is None:
        return None
    if episode.agent_name and may_name(recipient, episode):
        return episode.agent_name
    return episode.agent[:_KEY_CHARACTERS]
