"""The prevalence that every burnout answer is compared with: explicit, named, and uncertain."""

from __future__ import annotations

import dataclasses

from staffcalc._checks import at_least, one_of, share
from staffcalc._words import Sentence, has_word
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure, figures, sources

_FLANDERS, _SPREAD = "baseline_bat_at_or_above_orange", "baseline_logit_se"


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
        name: object = self.name
        if not isinstance(name, str) or not name.strip():
            raise InputError("burnout_baseline_name", value=str(self.name))
        source: object = self.source
        if not isinstance(source, str) or source not in ("desk", *sources()):
            raise InputError("burnout_baseline_source", value=str(source)[:60])
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
    row = figure(_FLANDERS)
    return Baseline("flanders_bat", row.value, figure(_SPREAD).value, row.source)


def named_baselines() -> dict[str, Baseline]:
    """
    Return the baselines of the reference tables by name; all but the first count burnout by another definition.

    Examples
    --------
    >>> {name: baseline.p for name, baseline in named_baselines().items()}["us_primary_care"]
    0.53
    """
    found = {"flanders_bat": default_baseline()}
    for name, row in figures().items():
        if name.startswith("baseline_") and name not in (_FLANDERS, _SPREAD):
            key = name.removeprefix("baseline_").lower()
            found[key] = Baseline(key, row.value, figure(_SPREAD).value, row.source)
    return found


def as_baseline(baseline: Baseline | float | str | None) -> Baseline:
    """
    Return a baseline: the default, one of the reference tables by name, or a prevalence of your own.

    Raises
    ------
    InputError
        If the name is not known, or the number is no share between 0 and 1.
    """
    if baseline is None:
        return default_baseline()
    if isinstance(baseline, Baseline):
        return baseline
    if isinstance(baseline, str):
        named = named_baselines()
        return named[one_of("baseline", baseline, tuple(named))]
    p = share("baseline", baseline, below_one=True, above_zero=True)
    return Baseline("own_baseline", p, figure(_SPREAD).value)
