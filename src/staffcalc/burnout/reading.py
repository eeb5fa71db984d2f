"""What follows from a burnout answer in plain words: what moves each job design, and which facts break a rule."""

from __future__ import annotations

import pandas as pd

from staffcalc._words import Sentence, has_word
from staffcalc.burnout.answer import role_words

_ALONE = "single_holder_"


def burnout_points(roles: tuple[str, ...], drivers: pd.DataFrame, signals: pd.DataFrame) -> tuple[Sentence, ...]:
    """
    Return for each role what most of the modelled change comes from, and the facts outside a rule.

    Parameters
    ----------
    roles : tuple of str
        Job designs, in the order in which they are told.
    drivers, signals : DataFrame
        Tables of the answer.

    Notes
    -----
    Drivers blur into each other, so that only the group of the large ones is named, without numbers and in the order
    of the reference table.
    """
    told: list[Sentence] = []
    for role in roles:
        large = drivers[(drivers["role"] == role) & (drivers["group"] == "large")].sort_values("driver")
        facts = signals[(signals["role"] == role) & (signals["layer"] == "rules")]["signal"]
        if len(large):
            names = [Sentence(f"term_{driver}") for driver in large["driver"]]
            told.append(Sentence("burnout_point_large", role=role_words(role), drivers=names))
        if len(facts):
            told.append(Sentence("burnout_point_rules", role=role_words(role), facts=_facts(list(facts))))
    return tuple(told)


def _facts(signals: list[str]) -> list[Sentence | str]:
    """Return broken rules as a reader knows them; duties with one holder together."""
    alone = [signal.removeprefix(_ALONE) for signal in signals if signal.startswith(_ALONE)]
    rest = [_word(signal) for signal in signals if not signal.startswith(_ALONE)]
    held = [Sentence("burnout_fact_single_holder", duties=[_word(duty) for duty in alone])] if alone else []
    return [*rest, *held]


def _word(code: str) -> Sentence | str:
    return Sentence(f"term_{code}") if has_word(f"term_{code}") else code.replace("_", " ")
