"""The team as it is: the tables of the chapter on the current state, straight from the facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from staffcalc._words import Sentence, label
from staffcalc.outputs.peers import peer_frame
from staffcalc.outputs.tables import Table, readable

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk

MOST_CHANNELS = 12


def current_tables(
    desk: Desk, language: str, *, numbers: Mapping[str, int] | None = None, team_size: bool = True
) -> tuple[tuple[str, Table], ...]:
    """
    Return the tables on the people, the channels and the peers of a desk, each with its title.

    Parameters
    ----------
    desk : Desk
        The facts about the team.
    language : str
        ``en`` or ``tr``.
    numbers : mapping of str to int, optional
        Number of each source in the list of sources.
    team_size : bool
        Whether the size of the team stands beside that of others; not where an answer tells it.

    Returns
    -------
    tuple of (str, Table)
        Title and table; none for what the desk does not have.
    """
    import pandas as pd

    made = []
    people = _people(desk)
    if people:
        made.append((label("table_people", language), readable(pd.DataFrame(people), language=language)))
    channels = _channels(desk)
    if channels:
        table = readable(pd.DataFrame(channels), language=language, most_rows=MOST_CHANNELS)
        made.append((label("table_channels", language), table))
    peers = peer_frame(desk, team_size=team_size)
    if len(peers):
        made.append((label("table_peers", language), readable(peers, language=language, numbers=numbers)))
    return tuple(made)


def _people(desk: Desk) -> list[dict[str, Any]]:
    team = desk.team()
    full = desk.absence.contract_hours_per_week
    groups = Counter((person.role, person.grade, person.employment, desk.timezone_of(person)) for person in team)
    rows = []
    for (role, grade, employment, zone), count in groups.items():
        members = [
            person
            for person in team
            if (person.role, person.grade, person.employment, desk.timezone_of(person))
            == (role, grade, employment, zone)
        ]
        hours = [person.contract_hours_per_week or full for person in members]
        rows.append(
            {
                "role": role.replace("_", " "),
                "grade": grade,
                "employment": employment,
                "people": count,
                "contract_hours_per_week": None if None in hours else sum(hour or 0 for hour in hours),
                "on_call_people": sum(person.on_call for person in members),
                "timezone": zone,
            }
        )
    return rows


def _channels(desk: Desk) -> list[dict[str, Any]]:
    rows = []
    for channel in desk.channels:
        target = desk.target_of(channel) if desk.targets else None
        rows.append(
            {
                "channel": channel.id,
                "platform": channel.platform,
                "languages": ", ".join(channel.languages),
                "needs_reply_share": channel.needs_reply_share.typical if channel.needs_reply_share else None,
                "aht_minutes": channel.aht_minutes.typical if channel.aht_minutes else None,
                "target": target and Sentence("target_words", share=target.share, within=_limit(target.within)),
                "answering_people": len(desk.holders_of_channel(channel.id)),
            }
        )
    return rows


def _limit(hours: float) -> Sentence:
    return Sentence("limit_hours", hours=hours) if hours >= 1 else Sentence("limit_minutes", minutes=hours * 60)
