"""What follows from a burnout answer in plain words: what moves each job design, and which facts break a rule."""

from __future__ import annotations

import pandas as pd

from staffcalc._words import Sentence, has_word
from staffcalc.burnout.answer import role_words


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
            told.append(Sentence("burnout_point_rules", role=role_words(role), facts=[_fact(fact) for fact in facts]))
    return tuple(told)


def _fact(signal: str) -> Sentence | str:
    """Return a broken rule as a reader knows it."""
    return Sentence(f"term_{signal}") if has_word(f"term_{signal}") else signal.replace("_", " ")
