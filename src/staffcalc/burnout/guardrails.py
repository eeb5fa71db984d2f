"""What the burnout room refuses: persons, texts, bodies, small groups, and purposes that work against the asked."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from importlib import resources

from staffcalc._checks import one_of, whole
from staffcalc._words import Sentence
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure

PURPOSES = ("work_design", "research")
"""Purposes an answer of this room may serve."""

REFUSED_PURPOSES = ("hiring", "pay", "performance", "dismissal", "promotion", "discipline", "selection")
"""Purposes an answer of this room never serves."""

_WHY = {"person": "burnout_no_person", "text": "burnout_no_text", "body": "burnout_no_body"}


@functools.cache
def _refused() -> tuple[frozenset[str], dict[str, tuple[frozenset[str], frozenset[str]]]]:
    """Return the words of groups and items, and by message the words refused always and those refused alone."""
    text = (resources.files("staffcalc.burnout") / "refused.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)
    groups = frozenset(words.pop("groups"))
    return groups, {_WHY[kind]: (frozenset(part["always"]), frozenset(part["alone"])) for kind, part in words.items()}


def refuse_personal(names: Iterable[str], *, allowed: Iterable[str] = ()) -> None:
    """
    Refuse inputs that describe a person, what somebody wrote, or a body.

    Parameters
    ----------
    names : iterable of str
        Names of the inputs or columns offered.
    allowed : iterable of str
        Names that are part of the interface and therefore fine.

    Raises
    ------
    InputError
        If one of the names stands for a person, for message text or sentiment, or for a biometric measurement.

    Examples
    --------
    English and Turkish names are known:

    >>> refuse_personal(["weekly_hours", "duties"])
    >>> refuse_personal(["heart_rate"])
    Traceback (most recent call last):
    ...
    staffcalc.errors.InputError: heart_rate is not accepted here...
    """
    fine = set(allowed)
    groups, refused = _refused()
    for name in names:
        if name in fine:
            continue
        words = {word.rstrip("0123456789") for word in plain(str(name)).split("_")}
        grouped = bool(words & groups)
        for key, (always, alone) in refused.items():
            if words & always or (words & alone and not grouped):
                raise InputError(key, name=str(name))


def plain(name: str) -> str:
    """
    Return a name in small letters without accents or signs, so that it can be compared.

    Examples
    --------
    >>> plain("Çalışan (adı)")
    'calisan_adi'
    """
    letters = unicodedata.normalize("NFKD", name.replace("ı", "i").lower())
    return re.sub(r"[^a-z0-9]+", "_", "".join(c for c in letters if not unicodedata.combining(c))).strip("_")


def check_purpose(purpose: str) -> str:
    """
    Return ``purpose`` if an answer of this room may serve it.

    Raises
    ------
    InputError
        If the purpose is one of hiring, pay, performance, dismissal, promotion, discipline or selection, or unknown.
    """
    asked: object = purpose
    if isinstance(asked, str) and asked in REFUSED_PURPOSES:
        raise InputError("burnout_purpose_refused", purpose=purpose, known=list(PURPOSES))
    return one_of("purpose", purpose, PURPOSES)


def check_min_group(min_group: int | None) -> int:
    """
    Return the smallest group that may be shown: five, or more where asked for; never fewer.

    Raises
    ------
    InputError
        If ``min_group`` is below the five of the reference table.

    Examples
    --------
    >>> check_min_group(None), check_min_group(8)
    (5, 8)
    """
    floor = int(figure("min_group").value)
    if min_group is None:
        return floor
    asked = whole("min_group", min_group, unit="people")
    if asked < floor:
        raise InputError("burnout_min_group", value=asked, floor=floor)
    return asked


def short_notes(purpose: str = "work_design") -> tuple[Sentence, ...]:
    """Return the notes that every answer of this room carries: no diagnosis, for which purpose, where help is."""
    return (
        Sentence("burnout_note_not_diagnosis"),
        Sentence("burnout_note_purpose", purpose=Sentence(f"term_{purpose}")),
        Sentence("burnout_note_help"),
    )


def standing_notes(purpose: str) -> tuple[Sentence, ...]:
    """Return the notes that every model answer of this room carries."""
    first, *rest = short_notes(purpose)
    return (
        first,
        Sentence("burnout_note_estimand"),
        Sentence("burnout_note_weak_evidence"),
        Sentence("burnout_note_trauma"),
        *rest,
    )
