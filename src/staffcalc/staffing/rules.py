"""The rules that decide how many people a desk takes, each with its own number and its reason."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from staffcalc._words import Sentence
from staffcalc.reference.lookup import figure
from staffcalc.staffing.contract import FIELDS, Contract
from staffcalc.staffing.headcount import cover_fte, rotation_size
from staffcalc.staffing.presence import heads_for_seats

if TYPE_CHECKING:
    from staffcalc.inputs.desk import Desk

_ROUNDING = 1e-6

DECIDING = ("work", "cover_hours", "minimum_seats", "on_call_share", "whole_people")
"""Rules that can bind; the others of the table are for comparison."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rule:
    """
    One rule and what it asks for.

    Parameters
    ----------
    name : str
        work, cover_hours, minimum_seats, on_call_share, whole_people, standby_rotation or staffed_seat.
    fte : float
        People before rounding. [FTE]
    people : int
        Whole people. [people]
    applies : bool
        Whether the desk asks for it; the others are told for comparison.
    source : str
        Key of ``reference/sources.csv``.
    reason : Sentence
        The rule in words.
    """

    name: str
    fte: float
    people: int
    applies: bool
    source: str
    reason: Sentence


def rules_of(
    desk: Desk,
    contract: Contract,
    *,
    work_fte: float,
    cover_fte: float,
    fte: float,
    heads_on_tours: int,
    hours_per_week: float,
) -> tuple[Rule, ...]:
    """Return every rule of a desk with the people it asks for."""
    rules = [
        Rule(
            name="work",
            fte=work_fte,
            people=_up(work_fte),
            applies=True,
            source="staffcalc_deadline",
            reason=Sentence("need_rule_work", hours=hours_per_week, fte=work_fte),
        )
    ]
    cover = desk.calendar.cover
    seats = desk.calendar.seats
    if cover is not None and seats > 0:
        confidence = figure("heads_confidence").value
        heads = heads_for_seats(seats, absence=contract.absence, confidence=confidence)
        rules += [
            Rule(
                name="cover_hours",
                fte=cover_fte,
                people=_up(cover_fte),
                applies=True,
                source="staffcalc_derived",
                reason=Sentence(
                    "need_rule_cover_hours",
                    hours=cover.hours_per_week,
                    people=_people(seats),
                    shift=contract.shift_hours,
                    fte=cover_fte,
                ),
            ),
            Rule(
                name="minimum_seats",
                fte=float(heads),
                people=heads,
                applies=True,
                source="staffcalc_derived",
                reason=Sentence(
                    "need_rule_minimum_seats", people=_people(seats), absence=contract.absence, confidence=confidence
                ),
            ),
        ]
    rules.append(_rotation(desk, contract, asked=desk.on_call is not None))
    rules.append(
        Rule(
            name="whole_people",
            fte=fte,
            people=max(heads_on_tours, _up(fte)),
            applies=True,
            source="staffcalc_deadline",
            reason=Sentence("need_rule_whole_people", people=_people(heads_on_tours), fte=fte),
        )
    )
    hours = cover.hours_per_week if cover is not None else 168.0
    rules += [_standby(desk, contract), _staffed_seat(contract, hours, max(1, seats))]
    return tuple(rules)


def binding_rule(rules: tuple[Rule, ...]) -> tuple[str, int]:
    """
    Return the rule that decides, and the people that satisfy all rules.

    Notes
    -----
    Rules are compared before rounding. ``whole_people`` decides where putting whole people on whole shifts takes more
    of them than every other rule does, rounded up.
    """
    asked = [rule for rule in rules if rule.applies and rule.name in DECIDING]
    others = [rule for rule in asked if rule.name != "whole_people"]
    largest = max(others, key=lambda rule: rule.fte)
    people = max(rule.people for rule in asked)
    whole = next((rule for rule in asked if rule.name == "whole_people"), None)
    rounding = whole is not None and (whole.people > max(rule.people for rule in others) or largest.fte < 0.5)
    if rounding and whole is not None and _up(whole.fte) <= max(rule.people for rule in others):
        return "whole_people", people
    return largest.name, people


def _rotation(desk: Desk, contract: Contract, *, asked: bool) -> Rule:
    on_call = desk.on_call
    share = figure("oncall_share_of_time_max")
    fraction = share.value if on_call is None or on_call.max_fraction is None else on_call.max_fraction
    roles = 1 if on_call is None or on_call.roles is None else on_call.roles
    people = rotation_size(
        roles,
        max_fraction=fraction,
        absence=contract.absence,
        critical_mass=(on_call.critical_mass or 0) if on_call else 0,
        buffer=(on_call.buffer or 0) if on_call else 0,
    )
    return Rule(
        name="on_call_share",
        fte=roles / (fraction * (1 - contract.absence)),
        people=people,
        applies=asked,
        source=share.source,
        reason=Sentence("need_rule_on_call_share", people=_people(roles), share=fraction, absence=contract.absence),
    )


def _standby(desk: Desk, contract: Contract) -> Rule:
    rule = _rotation(desk, contract, asked=False)
    return dataclasses.replace(
        rule, name="standby_rotation", reason=Sentence("need_rule_standby_rotation", **rule.reason.values)
    )


def _staffed_seat(contract: Contract, hours: float, seats: int) -> Rule:
    names = {name: getattr(contract, name) for name in FIELDS if name != "max_occupancy"}
    needed = cover_fte(seats, hours_per_week=hours, **names)
    return Rule(
        name="staffed_seat",
        fte=needed,
        people=_up(needed),
        applies=False,
        source="staffcalc_derived",
        reason=Sentence(
            "need_rule_staffed_seat",
            people=_people(seats),
            hours=hours,
            productive=contract.productive_hours,
            fte=needed,
        ),
    )


def _people(count: int) -> Sentence:
    return Sentence("people_count", count=count)


def _up(value: float) -> int:
    return math.ceil(value - _ROUNDING)
