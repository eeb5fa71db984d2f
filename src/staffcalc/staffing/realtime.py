"""
Erlang B, C and A on arrays: what the functions of :mod:`staffcalc.staffing.erlang` hand over to.

Arguments broadcast. A missing value (NaN) gives NaN; a negative or infinite value is an error that names its place. The
laws themselves are in :mod:`staffcalc.staffing.array_laws`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from staffcalc._checks import numbers
from staffcalc.errors import InputError
from staffcalc.staffing.array_laws import law_a, law_c, law_excess, law_occupancy, quiet

Floats = npt.NDArray[np.float64]


@quiet
def erlang_b(agents: Any, load_erlangs: Any) -> Floats:
    """Return Erlang B on arrays."""
    (n, a), shape = columns(agents=agents, load_erlangs=load_erlangs)
    return (np.where(a == 0.0, 0.0, 1.0 / (1.0 + law_excess(n, a))) + 0.0 * (n + a)).reshape(shape)


@quiet
def erlang_c(agents: Any, load_erlangs: Any) -> Floats:
    """Return Erlang C on arrays."""
    (n, a), shape = columns(agents=agents, load_erlangs=load_erlangs)
    return law_c(n, a).reshape(shape)


@quiet
def occupancy(agents: Any, load_erlangs: Any, *, aht_minutes: Any = None, patience_minutes: Any = None) -> Floats:
    """Return occupancy on arrays."""
    if patience_minutes is None:
        (n, a), shape = columns(agents=agents, load_erlangs=load_erlangs)
        return law_occupancy(n, a, None).reshape(shape)
    (n, a, h, p), shape = columns(
        agents=agents, load_erlangs=load_erlangs, aht_minutes=aht_minutes, patience_minutes=patience_minutes
    )
    return law_occupancy(n, a, p / h).reshape(shape)


@quiet
def wait_probability(agents: Any, load_erlangs: Any, *, aht_minutes: Any, patience_minutes: Any = None) -> Floats:
    """Return the probability of waiting on arrays."""
    if patience_minutes is None:
        (n, a, h), shape = columns(agents=agents, load_erlangs=load_erlangs, aht_minutes=aht_minutes)
        return (law_c(n, a) + 0.0 * h).reshape(shape)
    return _erlang_a(agents, load_erlangs, aht_minutes, patience_minutes, 0)


@quiet
def service_level(
    agents: Any,
    load_erlangs: Any,
    *,
    aht_minutes: Any,
    within_minutes: Any,
    patience_minutes: Any = None,
    abandoned: str = "missed",
    day_cv: float = 0.0,
) -> Floats:
    """Return the service level on arrays."""
    from staffcalc.staffing.day_rate import law_level_days

    names = {
        "agents": agents,
        "load_erlangs": load_erlangs,
        "aht_minutes": aht_minutes,
        "within_minutes": within_minutes,
    }
    if patience_minutes is not None:
        names["patience_minutes"] = patience_minutes
    (n, a, h, t, *p), shape = columns(**names)
    value = law_level_days(n, a, t / h, p[0] / h if p else None, word(abandoned), day_cv)
    return (value + 0.0 * (t + h)).reshape(shape)


@quiet
def average_wait_minutes(agents: Any, load_erlangs: Any, *, aht_minutes: Any, patience_minutes: Any = None) -> Floats:
    """Return the average wait on arrays."""
    if patience_minutes is not None:
        left = _erlang_a(agents, load_erlangs, aht_minutes, patience_minutes, 1)
        return np.asarray(patience_minutes, dtype=float) * left
    (n, a, h), shape = columns(agents=agents, load_erlangs=load_erlangs, aht_minutes=aht_minutes)
    value = np.where(a == 0.0, 0.0, np.where(n <= a, np.inf, law_c(n, a) * h / (n - a)))
    return np.where(np.isnan(n + a + h), np.nan, value).reshape(shape)


@quiet
def abandonment(agents: Any, load_erlangs: Any, *, aht_minutes: Any, patience_minutes: Any) -> Floats:
    """Return the abandoned share on arrays."""
    return _erlang_a(agents, load_erlangs, aht_minutes, patience_minutes, 1)


def _erlang_a(agents: Any, load_erlangs: Any, aht_minutes: Any, patience_minutes: Any, which: int) -> Floats:
    (n, a, h, p), shape = columns(
        agents=agents, load_erlangs=load_erlangs, aht_minutes=aht_minutes, patience_minutes=patience_minutes
    )
    return law_a(n, a, p / h, np.zeros_like(a))[which].reshape(shape)


def word(abandoned: str) -> int:
    """Return the place of a word in :data:`staffcalc.staffing.erlang.ABANDONED`."""
    from staffcalc.staffing.erlang_arguments import ABANDONED

    return ABANDONED.index(abandoned)


_POSITIVE = ("aht_minutes", "patience_minutes", "max_occupancy")
_SHARES = ("service_level", "max_occupancy")


def columns(missing: bool = True, **arguments: Any) -> tuple[list[Floats], tuple[int, ...]]:
    """Return the arguments as flat float arrays of one length, checked, and their common shape."""
    arrays = []
    for name, value in arguments.items():
        array = numbers(name, value)
        if not _is_plain(name, array):
            _look_closely(name, array, missing)
        if name == "service_level" and (array == 1.0).any():
            raise InputError("certain_service_level")
        arrays.append(array)
    try:
        together = np.broadcast_arrays(*arrays)
    except ValueError as error:
        shapes = [f"{name} {array.shape}" for name, array in zip(arguments, arrays, strict=True)]
        raise InputError("shapes_differ", shapes=shapes) from error
    return [np.ascontiguousarray(array).reshape(-1) for array in together], together[0].shape


def _is_plain(name: str, array: Floats) -> bool:
    """Return whether all values are usable: two quick looks at the extremes, as nearly always everything is."""
    if array.size == 0:
        return True
    least, most = float(array.min()), float(array.max())
    return (least > 0.0 if name in _POSITIVE else least >= 0.0) and (most <= 1.0 if name in _SHARES else most < np.inf)


def _look_closely(name: str, array: Floats, missing: bool) -> None:
    """Refuse what cannot be used, with its place."""
    bad = np.isinf(array) | (array < 0.0) | ((array == 0.0) if name in _POSITIVE else False)
    if not missing:
        bad |= np.isnan(array)
    _refuse(name, array, bad, "array_out_of_range")
    if name in _SHARES:
        percent = (array > 1.0) & (array <= 100.0)
        if percent.any():
            first = float(array[percent].flat[0])
            raise InputError("looks_like_percent", name=name, value=first, share=first / 100)
        _refuse(name, array, array > 1.0, "array_out_of_range")


def _refuse(name: str, array: Floats, bad: npt.NDArray[np.bool_], key: str) -> None:
    if bad.any():
        place = int(np.flatnonzero(bad)[0])
        raise InputError(key, name=name, place=place, value=str(float(array.flat[place])), bad=int(bad.sum()))
