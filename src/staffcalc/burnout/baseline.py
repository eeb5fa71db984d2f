"""The prevalence that every burnout answer is compared with: explicit, named, and uncertain."""

from __future__ import annotations

import dataclasses

from staffcalc._checks import at_least, share
from staffcalc._words import Sentence, has_word
from staffcalc.reference.lookup import figure


@dataclasses.dataclass(frozen=True)
class Baseline:
    """
    The prevalence a burnout answer is compared with.

    Parameters
    ----------
    name : str
        What it is, for example ``flanders_bat``.
    p : float
        Share of workers at or above the line. [share]
    logit_se : float
        Standard error on the logit scale. [log-odds]
    source : str
        Key of ``reference/sources.csv``, or ``desk`` for a value of your own.

    Examples
    --------
    >>> Baseline("our own survey of 2026", 0.24, 0.2).p
    0.24
    """

    name: str
    p: float
    logit_se: float
    source: str = "desk"

    def __post_init__(self) -> None:
        share("baseline", self.p, below_one=True, above_zero=True)
        at_least("logit_se", self.logit_se, 0, unit="log-odds")

    @property
    def words(self) -> Sentence | str:
        """The name as a reader knows it."""
        key = f"term_{self.name}"
        return Sentence(key) if has_word(key) else self.name


def default_baseline() -> Baseline:
    """
    Return the baseline of the reference tables: Flanders, Burnout Assessment Tool, at or above the at-risk line.

    Examples
    --------
    >>> default_baseline().p
    0.171
    """
    row = figure("baseline_bat_at_or_above_orange")
    return Baseline("flanders_bat", row.value, figure("baseline_logit_se").value, row.source)


def as_baseline(baseline: Baseline | float | None) -> Baseline:
    """Return a baseline; a plain number is a prevalence of your own with the default uncertainty."""
    if baseline is None:
        return default_baseline()
    if isinstance(baseline, Baseline):
        return baseline
    p = share("baseline", baseline, below_one=True, above_zero=True)
    return Baseline("own_baseline", p, figure("baseline_logit_se").value)
