"""The team beside published figures of others: old and coarse, but better than no yardstick."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from staffcalc._words import Sentence
from staffcalc.reference.lookup import Figure, figure

if TYPE_CHECKING:
    import pandas as pd

    from staffcalc.inputs.desk import Desk

LARGE_COMPANY = 1000
"""Employees from which the published count of accounts holds. [people]"""

Row = tuple[Sentence, float, Sentence, str]


def peer_frame(desk: Desk, *, team_size: bool = True) -> pd.DataFrame:
    """
    Return the team beside its peers, one row a yardstick.

    Parameters
    ----------
    desk : Desk
        The facts; yardsticks whose facts are not given are left out.
    team_size : bool
        Whether to tell the size of the team.

    Returns
    -------
    DataFrame
        Columns yardstick, this_team, peers, source.
    """
    import pandas as pd

    return pd.DataFrame(list(_rows(desk, team_size)), columns=["yardstick", "this_team", "peers", "source"])


def _rows(desk: Desk, team_size: bool) -> Iterator[Row]:
    people = len(desk.team())
    if people and team_size:
        band, row, share = _band(people)
        peers = Sentence("peers_team_size", share=share, band=Sentence(band))
        yield Sentence("yardstick_team_size"), people, peers, row.source
    if people and desk.employees:
        row = figure("employees_per_publisher")
        low, typical, high = row.range
        peers = Sentence("peers_employees", typical=typical, low=low, high=high)
        yield Sentence("yardstick_employees"), desk.employees / people, peers, row.source
    accounts = sum(channel.account_count for channel in desk.channels)
    if accounts and (desk.employees or 0) > LARGE_COMPANY:
        row = figure("accounts_per_company_over_1000_employees")
        low, typical, high = row.range
        peers = Sentence("peers_accounts", typical=typical, low=low, high=high)
        yield Sentence("yardstick_accounts"), accounts, peers, row.source


def _band(people: int) -> tuple[str, Figure, float]:
    """Return the published band of team sizes that a team falls into, and the share of firms in it."""
    one, few, many = (
        figure(name) for name in ("team_of_one_share_of_companies", "team_2_3_share", "team_over_6_share")
    )
    if people == 1:
        return "band_one", one, one.value
    if people <= 3:
        return "band_few", few, few.value
    if people > 6:
        return "band_many", many, many.value
    return "band_some", one, 1 - one.value - few.value - many.value
