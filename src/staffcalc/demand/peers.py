"""How large the teams of peers are, and how many people other functions of the company have."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import ClassVar

import pandas as pd

from staffcalc._checks import at_least, given, whole
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Peers(Result):
    """
    The team beside other companies.

    Parameters
    ----------
    table : DataFrame
        Columns group, share_of_companies, this_team.
    people : int
        People of this team.
    smaller : tuple of float
        Share of companies with a smaller team: at least and at most. [share]
    ratios : mapping of str to float
        People for each 1,000 employees, by function.
    """

    kind: ClassVar[str] = "peers"

    table: pd.DataFrame
    people: int
    smaller: tuple[float, float]
    ratios: Mapping[str, float]

    @property
    def headline(self) -> Sentence:
        """Place among peers in one sentence."""
        low, high = self.smaller
        if round(low, 2) == round(high, 2):
            return Sentence("peers_headline_one", count=self.people, share=low)
        return Sentence("peers_headline", count=self.people, low=low, high=high)

    def to_frame(self) -> pd.DataFrame:
        """Return group, share_of_companies, this_team."""
        return self.table.copy()


def compare_with_peers(desk: Desk, *, functions: Mapping[str, float] | None = None) -> Peers:
    """
    Place the team among other companies, and beside other functions of its own company.

    Parameters
    ----------
    desk : Desk
        Facts about the team; ``employees`` is needed for ratios.
    functions : mapping of str to float, optional
        People in other functions, such as ``{"hr": 14, "finance": 22}``. [people]

    Returns
    -------
    Peers
        Share of companies with smaller teams, and people for each 1,000 employees.

    Raises
    ------
    InputError
        If functions are given and the desk has no ``employees``.

    Notes
    -----
    The shares are of companies with people who work only on social media, in 2012: old, and a different base from all
    companies. A percentile is no target.

    Examples
    --------
    >>> desk = Desk.model_validate({
    ...     "name": "Solo", "timezone": "UTC", "employees": 1000, "people": [{"id": "p1", "role": "manager"}],
    ... })
    >>> compare_with_peers(desk, functions={"hr": 12}).ratios["hr"]
    12.0
    """
    given("desk", desk, Desk, maker="read_desk")
    if functions is not None and not isinstance(functions, Mapping):
        raise InputError("functions_not_paired", value=str(functions)[:60])
    people = len(desk.team())
    one, few, many = (
        figure(name) for name in ("team_of_one_share_of_companies", "team_2_3_share", "team_over_6_share")
    )
    middle = max(0.0, 1 - one.value - few.value - many.value)
    groups = [("one_person", 1, 1, one.value), ("two_or_three", 2, 3, few.value), ("four_to_six", 4, 6, middle),
              ("seven_or_more", 7, 10**9, many.value)]  # fmt: skip
    rows, below, within = [], 0.0, 0.0
    for name, first, last, part in groups:
        here = first <= people <= last
        rows.append({"group": name, "share_of_companies": part, "this_team": here})
        below += part if people > last else 0.0
        within += part if here else 0.0
    ratios: dict[str, float] = {}
    if functions and not desk.employees:
        raise InputError("employees_missing")
    if desk.employees:
        ratios["social_media"] = 1000 * people / desk.employees
        for name, count in (functions or {}).items():
            ratios[name] = 1000 * at_least(f"functions[{name}]", count) / desk.employees
    notes = [Sentence("peers_old")]
    if ratios:
        texts = [Sentence("peers_ratio", function=_function(name), ratio=ratio) for name, ratio in ratios.items()]
        notes.append(Sentence("peers_ratios", ratios=texts))
    edge = within if people < 7 and people != 1 else 0.0
    return Peers(
        table=pd.DataFrame(rows),
        people=whole("people", people),
        smaller=(below, below + edge),
        ratios=ratios,
        notes=tuple(notes),
        assumptions=(one.assumption(), few.assumption(), many.assumption()),
        sources=(one.source,),
        desk=desk,
    )


def _function(name: str) -> Sentence | str:
    """Return a function of the company for a sentence; those of the client stay as they are given."""
    return Sentence("term_social_media") if name == "social_media" else name.replace("_", " ")
