"""
Excel functions for single cells: SC_ERLANG_C, SC_REQUIRED_AGENTS and others, through xlwings.

One module for every xlwings host (Windows add-in, Server, Lite): bare ``func``, type hints with ``Annotated``, numbers
in and out. Nothing here computes; each function calls the public function of the same name. An optional cell left
empty takes the default. Tables live in another module, so that this one loads where numpy and pandas do not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from xlwings import func

from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.staffing import erlang, fewest_agents, headcount, presence

Agents = Annotated[float, {"doc": "Agents at work and available"}]
Load = Annotated[float, {"doc": "Offered load in erlangs: messages per hour times handling hours"}]
Aht = Annotated[float, {"doc": "Average handle time in minutes"}]
Within = Annotated[float, {"doc": "Time limit of the target in minutes"}]
Level = Annotated[float, {"doc": "Share answered in time, 0.8 for 80%"}]
Patience = Annotated[Any, {"doc": "Mean patience in minutes; empty: senders never give up"}]
Occupancy = Annotated[float, {"doc": "Largest occupancy allowed; 1 sets no limit"}]
Seats = Annotated[float, {"doc": "People who must be present"}]
Absence = Annotated[float, {"doc": "Share of the time that one person is away"}]
Confidence = Annotated[float, {"doc": "Share of the time on which enough people must be present"}]
Contract = Annotated[float, {"doc": "Contract hours per week"}]
Days = Annotated[float, {"doc": "Days away per year"}]
Share = Annotated[float, {"doc": "Share of a working day"}]
Hours = Annotated[float, {"doc": "Hours per week in which the seats are occupied; 168 is around the clock"}]
Shifts = Annotated[float, {"doc": "Shifts per day"}]
Overlap = Annotated[float, {"doc": "Paid overlap at each handover in minutes"}]


@func
def sc_erlang_b(agents: Agents, load_erlangs: Load) -> float:
    """Share of messages lost when nobody can wait (Erlang B)."""
    return float(_say(erlang.erlang_b, agents, load_erlangs))


@func
def sc_erlang_c(agents: Agents, load_erlangs: Load) -> float:
    """Probability that a message waits (Erlang C)."""
    return float(_say(erlang.erlang_c, agents, load_erlangs))


@func
def sc_service_level(
    agents: Agents, load_erlangs: Load, aht_minutes: Aht, within_minutes: Within, patience_minutes: Patience = None
) -> float:
    """Share of messages answered within the target."""
    return float(
        _say(
            erlang.service_level,
            agents,
            load_erlangs,
            aht_minutes=aht_minutes,
            within_minutes=within_minutes,
            patience_minutes=_unset(patience_minutes),
        )
    )


@func
def sc_average_wait(agents: Agents, load_erlangs: Load, aht_minutes: Aht, patience_minutes: Patience = None) -> float:
    """Average wait in minutes over all messages."""
    wait = float(
        _say(
            erlang.average_wait_minutes,
            agents,
            load_erlangs,
            aht_minutes=aht_minutes,
            patience_minutes=_unset(patience_minutes),
        )
    )
    if wait == float("inf"):
        raise ValueError(str(Sentence("cell_endless_wait", agents=agents, load=load_erlangs)))
    return wait


@func
def sc_required_agents(
    load_erlangs: Load,
    aht_minutes: Aht,
    within_minutes: Within,
    service_level: Level,
    max_occupancy: Occupancy = 1.0,
    patience_minutes: Patience = None,
) -> float:
    """Fewest agents that reach a service level."""
    return float(
        _say(
            fewest_agents.required_agents,
            load_erlangs,
            aht_minutes=aht_minutes,
            within_minutes=within_minutes,
            service_level=service_level,
            max_occupancy=1.0 if _unset(max_occupancy) is None else max_occupancy,
            patience_minutes=_unset(patience_minutes),
        )
    )


@func
def sc_productive_hours(
    contract_hours_per_week: Contract = 40.0,
    leave_days: Days = 25.0,
    holiday_days: Days = 10.0,
    sick_days: Days = 7.0,
    training_days: Days = 5.0,
    meetings_share: Share = 0.0,
    paid_breaks_share: Share = 0.0,
) -> float:
    """Productive hours a year of one full-time person."""
    return float(
        _say(
            headcount.productive_hours,
            contract_hours_per_week=contract_hours_per_week,
            leave_days=leave_days,
            holiday_days=holiday_days,
            sick_days=sick_days,
            training_days=training_days,
            meetings_share=meetings_share,
            paid_breaks_share=paid_breaks_share,
        )
    )


@func
def sc_cover_fte(
    seats: Seats, hours_per_week: Hours = 168.0, shifts_per_day: Shifts = 1.0, overlap_minutes: Overlap = 0.0
) -> float:
    """FTE that keep seats occupied, with the default absences."""
    return float(
        _say(
            headcount.cover_fte,
            seats,
            hours_per_week=hours_per_week,
            shifts_per_day=shifts_per_day,
            overlap_minutes=overlap_minutes,
        )
    )


@func
def sc_heads_for_seats(seats: Seats, absence: Absence, confidence: Confidence = 0.95) -> float:
    """People on the roster so that enough of them are present."""
    return float(_say(presence.heads_for_seats, seats, absence=absence, confidence=confidence))


def _unset(value: Any) -> Any:
    """Return None for an empty cell."""
    return None if value is None or value == "" else value


def _say(function: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
    """Call a public function on single cells; a refusal becomes one plain sentence in the cell."""
    for value in (*args, *keywords.values()):
        if isinstance(value, (list, tuple)) or hasattr(value, "shape"):
            raise ValueError(str(Sentence("cell_single")))
    try:
        return function(*args, **keywords)
    except InputError as error:
        raise ValueError(" ".join(str(error).split())) from error
