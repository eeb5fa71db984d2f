"""Agents for every interval of a table: one row an interval in, one row out, a million rows and more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc import _checks
from staffcalc.errors import InputError
from staffcalc.staffing import realtime
from staffcalc.staffing.day_rate import law_level_days
from staffcalc.staffing.offered_load import METHODS, offered_load
from staffcalc.staffing.required import law_required

Floats = npt.NDArray[np.float64]
ADDED = (
    "load_erlangs",
    "agents",
    "expected_service_level",
    "average_wait_minutes",
    "occupancy",
    "unmet",
)
"""Columns that :func:`staff_intervals` adds; ``abandoned_share`` too where patience is given."""
_GROUPS = ("channel", "queue", "language", "site")
_LEFTOVER = 0.01


def staff_intervals(
    frame: pd.DataFrame,
    *,
    method: str = "mol_max",
    by: str | Sequence[str] | None = None,
    interval_minutes: float | None = None,
    aht_minutes: float | None = None,
    within_minutes: float | None = None,
    service_level: float | None = None,
    patience_minutes: float | None = None,
    max_occupancy: float | None = None,
    most_agents: float | None = None,
    day_cv: float = 0.0,
    engine: str = "numpy",
) -> pd.DataFrame:
    r"""
    Agents that every interval of a table needs.

    Parameters
    ----------
    frame : DataFrame
        One row an interval. Columns: ``messages`` [messages in the interval]; ``aht_minutes``, ``within_minutes``,
        ``service_level`` and, if wanted, ``interval_minutes``, ``patience_minutes``, ``max_occupancy`` and
        ``most_agents``, each as a column or as the keyword of that name for all rows; ``start`` [time, or minutes]
        gives the order, else the rows are in order. Other columns are kept.
    method : {"sipp", "lagged", "mol", "mol_max"}
        Load of an interval: the work that arrives in it; the same one handle time earlier; the mean work in progress;
        the largest work in progress (the default, for targets that are a promise).
    by : str or list of str, optional
        Columns that keep series apart; not given: those of ``channel``, ``queue``, ``language``, ``site`` that exist.
    interval_minutes : float, optional
        Length of an interval; not given and no such column: the distance of the ``start`` times. [minutes]
    aht_minutes, within_minutes, service_level, patience_minutes, max_occupancy, most_agents : float, optional
        Settings for all rows, see the columns. ``most_agents`` is what is there at most. [minutes, share, agents]
    day_cv : float
        Coefficient of variation of a gamma day factor, see :func:`staffcalc.service_level`. [ratio]
    engine : {"numpy", "numba"}
        ``numba`` gives the same numbers faster on large tables; it needs ``pip install "staffcalc[fast]"``.

    Returns
    -------
    DataFrame
        The rows of ``frame`` in their order, with ``load_erlangs``, ``agents``, ``expected_service_level``,
        ``average_wait_minutes``, ``occupancy``, with patience ``abandoned_share``, and ``unmet``: empty, or why the row
        cannot be met (``messages_missing``, ``messages_negative``, ``aht_invalid``, ``within_invalid``,
        ``service_level_invalid``, ``service_level_certain``, ``patience_invalid``, ``max_occupancy_invalid``,
        ``too_few_agents``).

    Raises
    ------
    InputError
        If a column is missing or given twice, levels are percentages, intervals overlap, or their length is unknown.
    MissingExtraError
        If ``engine="numba"`` and numba is not installed.

    Notes
    -----
    ``mol`` and ``mol_max`` solve :math:`m' = \lambda - m/h` exactly for rates that are constant in each interval and
    exponential handle times; before its first interval a series is taken to have run at its first rate, and a row with
    a missing count at the rate of the row before. Each interval is then a stationary Erlang C or A queue of that load.
    Use ``sipp`` for comparison with other software only: with a handle time of half an interval or more it is far off.
    Do not use any of them for hours-long targets: see :func:`staffcalc.staff`.

    References
    ----------
    .. [1] source keys ``eick1993`` and ``jennings1996`` in ``reference/sources.csv``.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.DataFrame({"messages": [10, 40, 60, 20]})
    >>> plan = staff_intervals(
    ...     day, interval_minutes=30, aht_minutes=6, within_minutes=1, service_level=0.8
    ... )
    >>> plan["agents"].tolist()
    [4, 11, 15, 15]
    """
    _checks.one_of("method", method, METHODS)
    _checks.one_of("engine", engine, ("numpy", "numba"))
    spread = _checks.at_least("day_cv", day_cv, unit="ratio")
    if not isinstance(frame, pd.DataFrame):
        raise InputError("not_a_frame", name="frame")
    clash = [name for name in (*ADDED, "abandoned_share") if name in frame.columns]
    if clash:
        raise InputError("column_taken", columns=clash)
    given = {
        "interval_minutes": interval_minutes,
        "aht_minutes": aht_minutes,
        "within_minutes": within_minutes,
        "service_level": service_level,
        "patience_minutes": patience_minutes,
        "max_occupancy": max_occupancy,
        "most_agents": most_agents,
    }
    table = {name: _setting(frame, name, value) for name, value in given.items()}
    missing = [name for name in ("aht_minutes", "within_minutes", "service_level") if table[name] is None]
    if "messages" not in frame.columns:
        missing.insert(0, "messages")
    if missing:
        raise InputError("column_missing", columns=missing)
    messages = _numbers(frame["messages"], "messages")
    for name in ("service_level", "max_occupancy"):
        _refuse_percentages(name, table[name])
    order, first, length, gap = _timeline(frame, _groups(frame, by), table["interval_minutes"], method)
    aht, within, level = (_there(table[name]) for name in ("aht_minutes", "within_minutes", "service_level"))
    patience, cap = table["patience_minutes"], table["max_occupancy"]
    unmet = _faults(messages, aht, within, level, patience, cap)
    with np.errstate(all="ignore"):
        load = np.empty(len(frame))
        counts = _carried(messages[order], first, least=0.0, default=0.0)
        times = _carried(aht[order], first, least=1e-300, default=1.0)
        load[order] = offered_load(counts / length, times, length, gap, first, method)
        load[(messages == 0.0) & (load < _LEFTOVER)] = 0.0  # under 1 % of one agent is left over and nothing arrives
        good = unmet == ""
        answers = _answers(
            load[good],
            aht[good],
            within[good],
            level[good],
            None if patience is None else patience[good],
            np.ones(int(good.sum())) if cap is None else cap[good],
            None if table["most_agents"] is None else _there(table["most_agents"])[good],
            spread,
            engine,
        )
    unmet[np.flatnonzero(good)[answers.pop("short")]] = "too_few_agents"
    result = frame.copy()
    result["load_erlangs"] = np.where(good, load, np.nan)
    for name, values in answers.items():
        column = np.full(len(frame), np.nan)
        column[good] = values
        result[name] = column
    result["agents"] = result["agents"].astype("Int64")
    result["unmet"] = unmet
    return result


def _answers(
    load: Floats,
    aht: Floats,
    within: Floats,
    level: Floats,
    patience: Floats | None,
    cap: Floats,
    most: Floats | None,
    day_cv: float,
    engine: str,
) -> dict[str, Any]:
    """Return the answer columns of the rows without fault."""
    horizon = within / aht
    waits = None if patience is None else patience / aht
    if engine == "numba" and day_cv == 0.0:
        from staffcalc.staffing import fast

        agents = fast.required(load, horizon, level, cap, waits, 0)
    else:
        agents = law_required(load, horizon, level, cap, waits, 0, day_cv)
    short = np.zeros(load.shape, dtype=bool)
    if most is not None:
        limit = np.floor(np.where(np.isnan(most), np.inf, most))
        short = agents > limit
        agents = np.minimum(agents, limit)
    found: dict[str, Any] = {"agents": agents, "short": short}
    if engine == "numba" and day_cv == 0.0:
        from staffcalc.staffing import fast

        reached, wait, left = fast.measure(agents, load, horizon, waits)
    elif waits is not None:
        _, left, reached, _ = realtime.law_a(agents, load, waits, horizon)
        wait = waits * left
    else:
        share, left = realtime.law_c(agents, load), np.zeros(load.shape)
        over = agents <= load
        reached = np.where(over, 0.0, 1.0 - share * np.exp((load - agents) * horizon))
        wait = np.where(over, np.inf, share / (agents - load))
        idle = load == 0.0
        reached[idle], wait[idle] = 1.0, 0.0
    if day_cv > 0.0:
        reached = law_level_days(agents, load, horizon, waits, 0, day_cv)
    found["expected_service_level"] = reached
    found["average_wait_minutes"] = wait * aht
    found["occupancy"] = np.where(load == 0.0, 0.0, np.minimum(load * (1.0 - left) / np.maximum(agents, 1e-300), 1.0))
    if waits is not None:
        found["abandoned_share"] = left
    return found


def _setting(frame: pd.DataFrame, name: str, value: float | None) -> Floats | None:
    """Return a setting for every row, from its column or its keyword, or None."""
    if name in frame.columns:
        if value is not None:
            raise InputError("given_twice", name=name)
        return _numbers(frame[name], name)
    return None if value is None else np.full(len(frame), _checks.number(name, value))


def _there(values: Floats | None) -> Floats:
    if values is None:
        raise TypeError("a setting is missing")
    return values


def _numbers(column: pd.Series[Any], name: str) -> Floats:
    if pd.api.types.is_bool_dtype(column.dtype):
        raise InputError("column_not_numbers", name=name, value=str(column.iloc[0]) if len(column) else "")
    try:
        return column.to_numpy(dtype=float, na_value=np.nan, copy=True)
    except (TypeError, ValueError) as error:
        bad = column[pd.to_numeric(column, errors="coerce").isna() & column.notna()]
        value = str(bad.iloc[0]) if len(bad) else str(column.dtype)
        raise InputError("column_not_numbers", name=name, value=value) from error


def _refuse_percentages(name: str, values: Floats | None) -> None:
    if values is not None:
        percent = values[(values > 1.0) & (values <= 100.0)]
        if percent.size:
            raise InputError("looks_like_percent", name=name, value=float(percent[0]), share=float(percent[0]) / 100)


def _groups(frame: pd.DataFrame, by: str | Sequence[str] | None) -> npt.NDArray[np.intp]:
    """Return the number of the series that each row belongs to."""
    names = [name for name in _GROUPS if name in frame.columns] if by is None else [by] if isinstance(by, str) else by
    unknown = [name for name in names if name not in frame.columns]
    if unknown:
        raise InputError("column_missing", columns=unknown)
    if not names:
        return np.zeros(len(frame), dtype=np.intp)
    numbers = frame.groupby(list(names), sort=False, dropna=False, observed=True).ngroup()
    return np.asarray(numbers, dtype=np.intp)


def _timeline(
    frame: pd.DataFrame, group: npt.NDArray[np.intp], given: Floats | None, method: str
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_], Floats, Floats]:
    """Return the order of the rows, where series begin, the length of each interval and the gap after it, in order."""
    rows = len(frame)
    minutes = _minutes(frame)
    order = np.lexsort((np.arange(rows) if minutes is None else minutes, group))
    first = np.ones(rows, dtype=bool)
    first[1:] = group[order][1:] != group[order][:-1]
    steps = np.array([]) if minutes is None else np.diff(minutes[order])[~first[1:]]
    if given is not None:
        length = given[order]
        bad = ~(length > 0.0) | np.isinf(length)
        if bad.any():
            raise InputError("not_above", name="interval_minutes", value=float(length[bad][0]), least=0, unit="minutes")
    elif steps.size and (steps > 0).any():
        values, counts = np.unique(np.round(steps[steps > 0], 6), return_counts=True)
        length = np.full(rows, float(values[counts.argmax()]))
    elif rows == 0:
        length = np.zeros(0)
    else:
        raise InputError("interval_unknown")
    gap = np.zeros(rows)
    if minutes is not None and method != "sipp":
        gap[:-1] = np.where(first[1:], 0.0, np.diff(minutes[order]) - length[:-1])
        if (gap < -1e-6).any():
            place = int(order[int(np.flatnonzero(gap < -1e-6)[0]) + 1])
            raise InputError("intervals_overlap", row=str(frame.index[place]), start=str(frame["start"].iloc[place]))
    return order, first, length, np.where(gap > 1e-6, gap, 0.0)


def _minutes(frame: pd.DataFrame) -> Floats | None:
    """Return the start of every interval in minutes, or None without a column ``start``."""
    if "start" not in frame.columns:
        return None
    start = frame["start"]
    if pd.api.types.is_object_dtype(start.dtype) or pd.api.types.is_string_dtype(start.dtype):
        try:
            start = pd.to_datetime(start, format="ISO8601")
        except (TypeError, ValueError) as error:
            raise InputError("start_unreadable") from error
    if start.isna().any():
        raise InputError("start_unreadable")
    if pd.api.types.is_datetime64_any_dtype(start.dtype):
        if getattr(start.dtype, "tz", None) is not None:
            start = start.dt.tz_convert("UTC")
        return np.asarray((start - start.min()).dt.total_seconds(), dtype=float) / 60
    return _numbers(start, "start")


def _carried(values: Floats, first: npt.NDArray[np.bool_], *, least: float, default: float) -> Floats:
    """Return the values with unusable ones taken from the row before in the same series, else after, else a default."""
    usable = np.isfinite(values) & (values >= least)
    if usable.all():
        return values
    series = pd.Series(np.where(usable, values, np.nan)).groupby(np.cumsum(first))
    return np.asarray(series.ffill().fillna(series.bfill()).fillna(default), dtype=float)


def _faults(
    messages: Floats, aht: Floats, within: Floats, level: Floats, patience: Floats | None, cap: Floats | None
) -> npt.NDArray[np.object_]:
    """Return for every row why it cannot be met, or an empty text."""
    fault = np.full(messages.shape, "", dtype=object)
    checks: list[tuple[str, npt.NDArray[np.bool_]]] = [
        ("messages_missing", ~np.isfinite(messages)),
        ("messages_negative", messages < 0.0),
        ("aht_invalid", ~(np.isfinite(aht) & (aht > 0.0))),
        ("within_invalid", ~(np.isfinite(within) & (within >= 0.0))),
        ("service_level_invalid", ~(np.isfinite(level) & (level >= 0.0) & (level <= 1.0))),
        ("service_level_certain", level == 1.0),
    ]
    if patience is not None:
        checks.append(("patience_invalid", ~(np.isfinite(patience) & (patience > 0.0))))
    if cap is not None:
        checks.append(("max_occupancy_invalid", ~(np.isfinite(cap) & (cap > 0.0) & (cap <= 1.0))))
    for reason, rows in reversed(checks):
        fault[rows] = reason
    return fault
