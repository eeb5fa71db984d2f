"""The other way round: the fewest agents that reach a service level. One number needs only ``math``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from staffcalc import _checks
from staffcalc.errors import InputError
from staffcalc.staffing import erlang_laws as laws
from staffcalc.staffing.erlang_arguments import ABANDONED, aht_of, is_array, load_of, patience_ratio, spread_of
from staffcalc.staffing.headcount import check_most

if TYPE_CHECKING:
    from staffcalc.staffing.erlang_arguments import Numbers


def required_agents(
    load_erlangs: Numbers,
    *,
    aht_minutes: Numbers,
    within_minutes: Numbers,
    service_level: Numbers,
    max_occupancy: Numbers = 1.0,
    patience_minutes: Numbers | None = None,
    abandoned: str = "missed",
    whole: bool = True,
    day_cv: float = 0.0,
    engine: str = "numpy",
) -> Any:
    """
    Smallest number of agents that reaches a service level.

    Parameters
    ----------
    load_erlangs : float or array
        Offered load. [erlang]
    aht_minutes : float or array
        Average handle time. [minutes]
    within_minutes : float or array
        Time limit of the target; 0 asks for an answer at once. [minutes]
    service_level : float or array
        Share of messages to answer within the limit, 0 up to but not including 1. [share]
    max_occupancy : float or array
        Largest occupancy allowed; 1 sets no limit. [share]
    patience_minutes : float or array, optional
        Mean time a sender waits before giving up; unset: senders never give up. [minutes]
    abandoned : str
        What an abandoned message counts as, see :func:`staffcalc.service_level`.
    whole : bool
        Whole agents (the default), or the real number at which the target is just met.
    day_cv : float
        Coefficient of variation of a gamma day factor, see :func:`staffcalc.service_level`. [ratio]
    engine : {"numpy", "numba"}
        For arrays: ``numba`` finds the same whole numbers faster once compiled; it needs the extra ``fast``.

    Returns
    -------
    int, float or array
        Agents at work and available; 0 without load. [agents]

    Raises
    ------
    InputError
        If an argument is out of range: a level of 80 is a percentage, a level of 1 is not attainable, and a load above
        a million million erlangs is a wrong unit.
    MissingExtraError
        If ``engine="numba"`` and numba is not installed.

    Notes
    -----
    The search starts from the true minimum, ``floor(load) + 1``, or from 1 with patience: senders who leave make teams
    below the load possible. Add shrinkage and leave afterwards, see :func:`staffcalc.heads_for_seats`. Do **not** use
    it for hours-long targets: see :func:`staffcalc.staff`.

    References
    ----------
    .. [1] source keys ``erlang1917`` and ``palm1957`` in ``reference/sources.csv``.

    Examples
    --------
    Twenty messages an hour of eight minutes, 80% answered within the hour: three people, not four.

    >>> required_agents(20 * 8 / 60, aht_minutes=8, within_minutes=60, service_level=0.8)
    3
    """
    how = _checks.one_of("abandoned", abandoned, ABANDONED)
    _checks.one_of("engine", engine, ("numpy", "numba"))
    spread = spread_of(day_cv)
    many = is_array(load_erlangs, aht_minutes, within_minutes, service_level, max_occupancy, patience_minutes)
    if not many:
        a = load_of(load_erlangs)
        ratio = patience_ratio(patience_minutes, aht_minutes)
        horizon = _checks.at_least("within_minutes", within_minutes, unit="minutes") / aht_of(aht_minutes)
        level = _checks.share("service_level", service_level)
        if level == 1:
            raise InputError("certain_service_level")
        cap = _checks.share("max_occupancy", max_occupancy, above_zero=True)
        check_most("load_erlangs", a / cap)
    if many or spread > 0:
        from staffcalc.staffing import required

        found = required.required_agents(
            load_erlangs,
            aht_minutes=aht_minutes,
            within_minutes=within_minutes,
            service_level=service_level,
            max_occupancy=max_occupancy,
            patience_minutes=patience_minutes,
            abandoned=how,
            whole=whole,
            day_cv=spread,
            engine=engine,
        )
        return found if many else found.item()
    if whole:
        return int(laws.required_agents(a, horizon, level, cap, ratio, ABANDONED.index(how)))
    return laws.required_agents_real(a, horizon, level, cap, ratio, ABANDONED.index(how))
