"""Which tool wrote an export: found by its headers, never guessed where two readings are possible."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pandas as pd

from staffcalc._words import Sentence
from staffcalc.demand.quality import safe_headers
from staffcalc.demand.vocabulary import field_of, fold, header_key, layouts, value_words
from staffcalc.demand.written_numbers import is_spoken
from staffcalc.errors import InputError

CLOCKS = ("calendar", "business")
UNITS = {"seconds": 1 / 60, "minutes": 1.0, "hours": 60.0}
"""Minutes in one unit of a duration column."""

_SWITCHES = frozenset({"true", "false", "1", "0", "evet", "hayır", "other"})
"""Values that say a direction only under a header that asks for it."""

_GENERIC = ("generic_tickets", "generic_messages")


@dataclasses.dataclass(frozen=True)
class Duration:
    """A column of durations with its unit and clock."""

    column: str
    unit: str
    clock: str


@dataclasses.dataclass(frozen=True)
class Layout:
    """
    What was found about an export.

    Parameters
    ----------
    name : str
        Layout, such as ``zendesk`` or ``generic_tickets``.
    kind : str
        ``tickets`` (a row is a conversation) or ``messages`` (a row is a message).
    columns : mapping of str to str
        Header of each field.
    durations : tuple of Duration
        First reply times.
    zone : str or None
        Zone that the maker documents for times without an offset.
    outbound_if_filled : str or None
        Header whose filled cells mark messages that the team sent.
    localised : bool
        Whether headers are in another language than English.
    notes : tuple of Sentence
        What was detected.
    """

    name: str
    kind: str
    columns: Mapping[str, str]
    durations: tuple[Duration, ...]
    zone: str | None
    outbound_if_filled: str | None
    localised: bool
    notes: tuple[Sentence, ...]


def known_layouts() -> tuple[str, ...]:
    """Return the names that ``layout=`` accepts beside ``auto``."""
    return (*layouts()["layouts"], *_GENERIC)


def find_layout(
    frame: pd.DataFrame,
    *,
    source: str,
    layout: str,
    columns: Mapping[str, str] | None,
    unit: str | None,
    clock: str | None,
) -> Layout:
    """
    Find the layout of an export and the header of each field.

    Raises
    ------
    InputError
        If no time column is found, two layouts or two columns fit, or a duration has no unit or clock. The message
        names the candidates and the argument that settles it.
    """
    headers = [str(name) for name in frame.columns]
    name = _detect(headers, source) if layout == "auto" else layout
    if name not in (*known_layouts(), "generic"):
        raise InputError("not_one_of", name="layout", value=name, known=["auto", *known_layouts()])
    facts = layouts()["layouts"].get(name, {})
    if facts.get("kind") == "posts":
        raise InputError("layout_posts_only", source=source, layout=name)
    found = _fields(headers, source, dict(columns or {}), strict=not facts)
    if "created_at" not in found and "published_at" in found and {"direction", "conversation_id"} & set(found):
        found["created_at"] = found["published_at"]
    if "direction" not in found and not facts:
        found |= _told_by_values(frame, set(found.values()))
    if "created_at" not in found:
        raise InputError("message_column_missing", source=source, found=safe_headers(frame))
    kind = facts.get("kind") or _kind(name, found)
    if not facts:
        name = f"generic_{kind}"
    durations, left = _durations(frame, found, facts, source, unit, clock)
    words = {fold(word) for word in layouts()["values"]["localised_headers"]}
    localised = any(not header.isascii() or header_key(header)[0] in words for header in found.values())
    notes = [
        Sentence("layout_found", layout=name, kind=Sentence(f"layout_kind_{kind}"), columns=sorted(set(found.values())))
    ]
    notes += [Sentence("duration_left", column=column, other=found["first_reply_at"]) for column in left]
    for duration in durations:
        unit_word, clock_word = Sentence(f"unit_{duration.unit}"), Sentence(f"clock_{duration.clock}")
        notes.append(Sentence("duration_found", column=duration.column, unit=unit_word, clock=clock_word))
    if facts.get("note"):
        notes.append(
            Sentence("layout_doubt_created" if facts["note"] == "layout_hootsuite" else "layout_doubt_snapshot")
        )
    filled = facts.get("outbound_if_filled")
    by_fold = {fold(header): header for header in headers}
    return Layout(
        name=name,
        kind=kind,
        columns=found,
        durations=durations,
        zone=facts.get("zone"),
        outbound_if_filled=by_fold.get(fold(filled)) if filled else None,
        localised=localised,
        notes=tuple(notes),
    )


def _detect(headers: list[str], source: str) -> str:
    folded = {fold(header) for header in headers} | {header_key(header)[0] for header in headers}
    fits: dict[str, int] = {}
    for name, facts in layouts()["layouts"].items():
        groups = [group for group in facts["detect"] if all(fold(word) in folded for word in group)]
        if groups:
            fits[name] = max(len(group) for group in groups)
    if not fits:
        return "generic"
    best = [name for name, size in fits.items() if size == max(fits.values())]
    kinds = {layouts()["layouts"][name]["kind"] for name in best}
    if len(best) > 1 and (len(kinds) > 1 or len(best) > 2):
        raise InputError("layout_ambiguous", source=source, layouts=best)
    return best[0]


def _fields(headers: list[str], source: str, given: dict[str, str], *, strict: bool) -> dict[str, str]:
    known = field_of()
    for field, header in given.items():
        if field not in layouts()["fields"]:
            raise InputError("not_one_of", name="columns", value=field, known=sorted(layouts()["fields"]))
        if header not in headers:
            raise InputError("column_unknown", column=header, source=source)
    found = dict(given)
    taken = set(given.values())
    options: dict[str, list[str]] = {}
    for header in headers:
        name = known.get(header_key(header)[0]) or known.get(fold(header))
        if name is not None and header not in taken:
            options.setdefault(name, []).append(header)
    for field, choices in options.items():
        if field in found:
            continue
        aliases = [header_key(alias)[0] for alias in layouts()["fields"][field]["aliases"]]
        choices.sort(key=lambda header: _rank(header, aliases))
        if field == "created_at" and len(choices) > 1 and strict:
            raise InputError("columns_ambiguous", source=source, field=field, columns=choices)
        found[field] = choices[0]
    return found


def _told_by_values(frame: pd.DataFrame, taken: set[str]) -> dict[str, str]:
    """Return the one column whose every value says inbound, outbound or internal, and that has both directions."""
    sides = {side: value_words(side) - _SWITCHES for side in ("inbound", "outbound", "internal")}
    found = []
    for name in frame.columns:
        if name in taken or pd.api.types.is_numeric_dtype(frame[name].dtype):
            continue
        values = {fold(cell) for cell in frame[name].head(20_000).map(str).unique()[:13]} - {""}
        both = values & sides["inbound"] and values & sides["outbound"]
        if both and values <= sides["inbound"] | sides["outbound"] | sides["internal"]:
            found.append(str(name))
    return {"direction": found[0]} if len(found) == 1 else {}


def _rank(header: str, aliases: list[str]) -> int:
    key = header_key(header)[0]
    return aliases.index(key) if key in aliases else len(aliases)


def _kind(name: str, found: dict[str, str]) -> str:
    if name in _GENERIC:
        return name.removeprefix("generic_")
    is_message = "direction" in found or "parent_id" in found or ("message_id" in found and "status" not in found)
    return "messages" if is_message else "tickets"


def _durations(
    frame: pd.DataFrame,
    found: dict[str, str],
    facts: Mapping[str, str],
    source: str,
    unit: str | None,
    clock: str | None,
) -> tuple[tuple[Duration, ...], list[str]]:
    """
    Return the first-reply durations with unit and clock, or ask for what the headers do not say.

    A column that does not say its clock is left, and named, where the times of first replies tell the calendar clock.
    """
    for name, value, known in (("unit", unit, (*UNITS, "ignore")), ("clock", clock, CLOCKS)):
        if value is not None and value not in known:
            raise InputError("not_one_of", name=name, value=str(value), known=list(known))
    durations, left = [], []
    fields = layouts()["fields"]
    has_business = "first_reply_business" in found
    for field in ("first_reply_calendar", "first_reply_business", "response_duration"):
        column = found.get(field)
        if column is None or unit == "ignore":
            continue
        if field == "response_duration" and "first_reply_calendar" in found:
            continue
        named = header_key(column)[1] or unit or facts.get("unit")
        told = fields[field].get("clock") or clock or facts.get("clock") or ("calendar" if has_business else None)
        if named is None and is_spoken(frame[column]):
            named = "minutes"
        if (told is None or named is None) and "first_reply_at" in found:
            left.append(column)
            continue
        if named is None:
            raise InputError("duration_without_unit", source=source, column=column, units=list(UNITS))
        if told is None:
            raise InputError("duration_without_clock", source=source, column=column)
        durations.append(Duration(column, named, told))
    return tuple(durations), left
