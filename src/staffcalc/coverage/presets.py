"""Rest rules as dated data: presets of five legal orders, and rules of one's own."""

from __future__ import annotations

import csv
import dataclasses
import io
import os
from collections.abc import Mapping

from staffcalc import _checks
from staffcalc._checks import at_least, given
from staffcalc._files import reason_of
from staffcalc.errors import InputError
from staffcalc.reference.lookup import table

ALIASES = {"eu": "eu_wtd", "uk": "uk_wtr", "us": "us_flsa", "tr": "tr_4857", "au": "au_fwa"}
"""Short names of the presets."""

COUNTRIES = {"GB": "uk_wtr", "US": "us_flsa", "TR": "tr_4857", "AU": "au_fwa"}

COLUMNS = ("rule", "value", "unit", "window_days", "article", "source", "as_of", "status", "note")


@dataclasses.dataclass(frozen=True, kw_only=True)
class RestRule:
    """
    One rule: a limit with its article and the day on which the source was read.

    Parameters
    ----------
    rule : str
        Name of the rule, such as ``daily_rest_min``.
    value : float or None
        The limit; None is no limit. [unit]
    unit : str
        Unit of the limit.
    window_days : float or None
        Length of the window over which it is measured. [day]
    article : str
        Article of the law, or who agreed it.
    source : str
        Key of ``reference/sources.csv``, or an address.
    as_of : str
        Day on which the source was read; empty where it was not.
    status : str
        How sure the row is, or ``given`` where the user set it.
    note : str
        What to know about it.
    """

    rule: str
    value: float | None
    unit: str = "hour"
    window_days: float | None = None
    article: str = ""
    source: str = ""
    as_of: str = ""
    status: str = "given"
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse limits and windows that are no numbers."""
        if self.value is not None:
            at_least(self.rule, self.value)
        if self.window_days is not None:
            at_least("window_days", self.window_days, above=True, unit="day")


@dataclasses.dataclass(frozen=True)
class RestRules:
    """
    A set of rest rules.

    Parameters
    ----------
    name : str
        Name of the preset or of the user's own set.
    rules : tuple of RestRule
        The rules, one for each name.
    overridden : tuple of str
        Names of the rules that the user changed.

    Examples
    --------
    >>> house = RestRules("house", (RestRule(rule="daily_rest_min", value=12, article="works agreement"),))
    >>> house.limit("daily_rest_min")
    12
    """

    name: str
    rules: tuple[RestRule, ...] = ()
    overridden: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no rule."""
        for row in self.rules:
            given("rules", row, RestRule, maker="rest_preset")

    def get(self, rule: str) -> RestRule | None:
        """Return a rule by its name, or None."""
        return next((row for row in self.rules if row.rule == rule), None)

    def limit(self, rule: str) -> float | None:
        """Return the limit of a rule; None where there is none."""
        row = self.get(rule)
        return None if row is None else row.value

    def change(self, limits: Mapping[str, float | None], *, name: str | None = None, article: str = "") -> RestRules:
        """
        Return the rules with some limits changed or added.

        Parameters
        ----------
        limits : mapping of str to float or None
            New limits by the name of the rule; None lifts the limit. [unit of the rule]
        name : str, optional
            Name of the new set.
        article : str
            Where the limits come from, for example a collective agreement.

        Returns
        -------
        RestRules
            The new set; the changed rules have status ``given``.

        Raises
        ------
        InputError
            If a limit is negative or no number, or no preset knows the rule.

        Examples
        --------
        >>> rest_preset("eu").change({"daily_rest_min": 12}, article="collective agreement").limit("daily_rest_min")
        12.0
        """
        if not isinstance(limits, Mapping):
            raise InputError("rest_limits_unreadable", value=type(limits).__name__)
        known = {row["rule"] for row in table("rest_rules")}
        rows = {row.rule: row for row in self.rules}
        for rule, value in limits.items():
            if rule not in known:
                raise InputError("rest_rule_unknown", rule=rule, known=sorted(known & CHECKED))
            new = None if value is None else at_least(rule, value)
            old = rows.get(rule) or next(_row(row) for row in table("rest_rules") if row["rule"] == rule)
            rows[rule] = dataclasses.replace(
                old, value=new, article=article or old.article, source="desk", status="given", as_of="", note=""
            )
        changed = tuple(dict.fromkeys([*self.overridden, *limits]))
        return RestRules(name or self.name, tuple(rows.values()), changed)


CHECKED = frozenset(
    {
        "week_hours_avg_max", "week_hours_max", "daily_rest_min", "shift_change_rest_min", "weekly_rest_min",
        "day_hours_max", "night_hours_max", "night_hours_avg_max",
        "overtime_year_max", "nights_in_a_row_weeks_alternating_max", "break_min",
        "break_min_up_to_4h", "break_min_up_to_7_5h", "break_min_above_7_5h", "overtime_after",
    }
)  # fmt: skip
"""Rules that the checker measures."""


def rest_preset(name: str, limits: Mapping[str, float | None] | None = None) -> RestRules:
    """
    Rest rules of a legal order, as read on the day in each row.

    Parameters
    ----------
    name : str
        ``eu``, ``uk``, ``us``, ``tr`` or ``au``, or the full name of a preset of ``reference/rest_rules.csv``.
    limits : mapping of str to float or None, optional
        Limits to change, see :meth:`RestRules.change`. [unit of the rule]

    Returns
    -------
    RestRules
        The rules.

    Raises
    ------
    InputError
        If there is no such preset.

    Notes
    -----
    Not legal advice: laws change, agreements differ, and a row marked ``recalled`` was not read again.

    References
    ----------
    .. [1] table ``rest_rules`` in ``reference/``.

    Examples
    --------
    >>> turkey = rest_preset("tr")
    >>> turkey.limit("night_hours_max"), turkey.get("night_hours_max").article.split(";")[0]
    (7.5, 'Law 4857 Art. 69')
    """
    wanted = ALIASES.get(str(name).lower(), str(name).lower())
    rows = tuple(_row(row) for row in table("rest_rules") if row["preset"] == wanted)
    if not rows:
        known = [*ALIASES, *sorted({row["preset"] for row in table("rest_rules")})]
        raise InputError("rest_preset_unknown", name=str(name), known=known)
    rules = RestRules(wanted, rows)
    return rules.change(limits) if limits else rules


def read_rest_rules(path: str | os.PathLike[str], *, name: str | None = None) -> RestRules:
    r"""
    Rest rules of one's own, from a CSV file with the columns of ``reference/rest_rules.csv``.

    Parameters
    ----------
    path : path
        CSV file with at least the columns ``rule`` and ``value``.
    name : str, optional
        Name of the set; the name of the file if left out.

    Returns
    -------
    RestRules
        The rules.

    Raises
    ------
    InputError
        If the file cannot be read, or a rule is unknown or no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "agreement.csv"
    >>> _ = file.write_text("rule,value,article\ndaily_rest_min,12,works agreement\n")
    >>> read_rest_rules(file).limit("daily_rest_min")
    12.0
    """
    file = _checks.path("path", path)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError("not_utf8", path=str(file), byte=problem.start) from None
    except OSError as problem:
        raise InputError("cannot_read", path=str(file), reason=reason_of(problem)) from None
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if not rows or not {"rule", "value"} <= set(rows[0]):
        raise InputError("rest_rules_columns", path=str(file), columns=["rule", "value"])
    empty = RestRules(name or file.stem)
    limits: dict[str, float | None] = {}
    extra: dict[str, dict[str, str]] = {}
    for row in rows:
        rule, value = (row["rule"] or "").strip(), (row["value"] or "").strip()
        try:
            limits[rule] = float(value) if value else None
        except ValueError:
            raise InputError("not_a_number", name=rule, value=value) from None
        extra[rule] = {key: row[key] or "" for key in COLUMNS[2:] if row.get(key)}
    changed = empty.change(limits)
    return dataclasses.replace(changed, rules=tuple(_with(row, extra[row.rule]) for row in changed.rules))


def as_rules(rules: str | RestRules) -> RestRules:
    """Return rules by the name of a preset, or as they are."""
    return rules if isinstance(rules, RestRules) else rest_preset(rules)


def preset_of(country: str | None) -> str:
    """
    Return the preset of a country; the European one where there is none of its own.

    Examples
    --------
    >>> preset_of("TR"), preset_of("FR"), preset_of(None)
    ('tr_4857', 'eu_wtd', 'eu_wtd')
    """
    return COUNTRIES.get(country or "", "eu_wtd")


def _row(row: Mapping[str, str]) -> RestRule:
    return RestRule(
        rule=row["rule"],
        value=_number(row["value"]),
        unit=row["unit"],
        window_days=_number(row["window_days"]),
        article=row["article"],
        source=row["source"],
        as_of=row["as_of"],
        status=row["status"],
        note=row["note"],
    )


def _number(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _with(rule: RestRule, extra: Mapping[str, str]) -> RestRule:
    window = _number(extra.get("window_days", ""))
    if window is None and extra.get("window_days"):
        raise InputError("not_a_number", name=f"{rule.rule}, window_days", value=extra["window_days"])
    texts = {key: value for key, value in extra.items() if key != "window_days"}
    return dataclasses.replace(rule, window_days=rule.window_days if window is None else window, **texts)  # type: ignore[arg-type]
