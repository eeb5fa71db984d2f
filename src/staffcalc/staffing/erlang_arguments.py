"""Arguments of the Erlang formulas: one number or an array, each checked with its unit. Needs only ``math``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from staffcalc import _checks
from staffcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    Numbers = float | Sequence[float] | npt.NDArray[Any] | pd.Series[Any]

ABANDONED = ("missed", "excluded", "early_excluded", "met", "patient")
"""How abandoned messages enter a service level: the words that :func:`staffcalc.service_level` knows."""


def is_array(*values: Any) -> bool:
    """Return whether any argument is an array, a series or a list rather than one number."""
    return any(
        isinstance(value, (list, tuple)) or getattr(value, "shape", ()) != () or type(value).__name__ == "ndarray"
        for value in values
    )


def agents_of(value: Any) -> float:
    """Return agents, whole or not, 0 or more."""
    return _checks.at_least("agents", value, unit="agents")


def aht_of(value: Any) -> float:
    """Return an average handle time above 0. [minutes]"""
    return _checks.at_least("aht_minutes", value, unit="minutes", above=True)


def spread_of(value: Any) -> float:
    """Return a coefficient of variation; days do not vary by more than five times their mean, so 20 means 20%."""
    spread = _checks.at_least("day_cv", value, unit="ratio")
    if spread > 5:
        raise InputError("looks_like_percent", name="day_cv", value=value, share=spread / 100)
    return spread


def load_of(value: Any) -> float:
    """Return an offered load of 0 or more. [erlang]"""
    return _checks.at_least("load_erlangs", value, unit="erlangs")


def patience_ratio(patience_minutes: Any, aht_minutes: Any) -> float:
    """Return patience in handle times, 0 for senders who never give up; check both."""
    aht = aht_of(aht_minutes)
    if patience_minutes is None:
        return 0.0
    return _checks.at_least("patience_minutes", patience_minutes, unit="minutes", above=True) / aht
