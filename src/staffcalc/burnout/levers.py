"""What helps: changes of the work, each with its modelled change of risk under common random numbers."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence, has_word
from staffcalc.burnout import guardrails
from staffcalc.burnout.answer import BurnoutRisk, answer_assumptions, answer_sources, role_words
from staffcalc.burnout.coefficients import Driver
from staffcalc.burnout.exposure import RoleExposure, as_exposure
from staffcalc.burnout.risk import Floats, design, draw_count, draw_parts, probabilities
from staffcalc.errors import InputError
from staffcalc.reference.lookup import table

TOGETHER = "all_together"
"""Name of the row with every lever pulled at once."""


class Change(NamedTuple):
    """One change of one exposure: ``at_most`` a value, or ``times`` a factor."""

    lever: str
    field: str
    rule: str
    value: float
    source: str
    status: str
    note: str

    def apply(self, now: float) -> float:
        """Return the exposure after the change."""
        return min(now, self.value) if self.rule == "at_most" else now * self.value


@functools.cache
def levers() -> dict[str, tuple[Change, ...]]:
    """
    Return the changes of each lever, from the reference table ``burnout_levers``.

    Examples
    --------
    >>> [change.field for change in levers()["relieve_load"]]
    ['utilisation', 'backlog_ratio', 'weekly_hours']
    """
    found: dict[str, list[Change]] = {}
    for row in table("burnout_levers"):
        names = ("lever", "field", "rule", "value", "source", "status", "note")
        parts = {name: row[name] for name in names} | {"value": float(row["value"])}
        found.setdefault(row["lever"], []).append(Change(**parts))  # type: ignore[arg-type]
    return {lever: tuple(changes) for lever, changes in found.items()}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class BurnoutLevers(Result):
    """
    Changes of the work that lower the modelled risk of one role, largest first.

    Parameters
    ----------
    role : str
        The job design.
    ratio : float
        Median ratio to the baseline now. [ratio]
    idle : tuple of str
        Levers that change nothing here.
    """

    kind: ClassVar[str] = "burnout_levers"

    role: str
    ratio: float
    idle: tuple[str, ...]
    table: pd.DataFrame = dataclasses.field(repr=False)

    @property
    def headline(self) -> Sentence:
        """The strongest single lever with its interval."""
        single = self.table[self.table["lever"] != TOGETHER]
        if single.empty:
            return Sentence("levers_none", role=role_words(self.role))
        best = single.iloc[0]
        return Sentence(
            "levers_headline" if float(best["change"]) <= 0 else "levers_headline_up",
            role=role_words(self.role),
            lever=lever_words(str(best["lever"])),
            ratio=self.ratio,
            then=float(best["ratio_then"]),
            low=float(best["change_low"]),
            high=float(best["change_high"]),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a lever: ratio after it, change of the ratio with its 95% interval, evidence."""
        return self.table.copy()


def lever_words(lever: str) -> Sentence | str:
    """Return a lever as a reader writes it; a plan of the user's keeps its name."""
    return Sentence(f"term_{lever}") if has_word(f"term_{lever}") else lever


def weigh_levers(
    risk: BurnoutRisk,
    *,
    role: str | None = None,
    plans: Mapping[str, RoleExposure | Mapping[str, float]] | None = None,
    draws: int | None = None,
    seed: int | np.random.Generator = 0,
) -> BurnoutLevers:
    """
    Weigh what would lower the burnout risk of a role: the work first, never the person.

    Parameters
    ----------
    risk : BurnoutRisk
        Answer of :func:`staffcalc.assess_burnout` or :func:`staffcalc.burnout_probability`.
    role : str, optional
        Role; the one with the highest ratio if not given.
    plans : mapping, optional
        Job designs of your own by name, compared with the role as it is, in place of the levers of the reference
        table.
    draws : int, optional
        Monte Carlo draws; 20,000 if not given. [draws]
    seed : int or numpy Generator
        Seed; now and then share all draws, so that the interval is that of the difference.

    Returns
    -------
    BurnoutLevers
        Levers that change something here, largest effect first, and all of them together.

    Raises
    ------
    InputError
        If the answer has no such role.

    Notes
    -----
    A lever changes exposures that are known; what is not known stays at its average and no lever can be weighed for
    it. Effects overlap: they do not add up, which is why all together is a row of its own. The model describes
    associations, so a lever is a reason to try and measure, not a promise. Options with money are compared by the
    decisions room.

    References
    ----------
    .. [1] the sources named in each row, in ``reference/sources.csv``.

    Examples
    --------
    >>> from staffcalc.burnout.risk import burnout_probability
    >>> risk = burnout_probability(RoleExposure(solo_share=1.0, duties=8), draws=2000)
    >>> weigh_levers(risk, draws=2000).to_frame()["lever"].tolist()
    ['all_together', 'share_duties', 'add_backup']
    """
    if not isinstance(risk, BurnoutRisk):
        raise InputError("burnout_wrong_answer", name="risk", value=type(risk).__name__, maker="assess_burnout")
    ratios = risk.to_frame().set_index("role")["ratio"]
    chosen = role if role is not None else str(ratios.idxmax())
    one = risk.of(chosen)
    now = one.exposures[0]
    designs, idle = _designs(now) if plans is None else (_own_plans(plans), [])
    designs = {"now": now, **designs}
    model = one.model
    count = draw_count(draws, cells=len(model) + 3 * len(designs))
    deviations, active, _ = design(list(designs.values()), model)
    parts = draw_parts(model, draws=count, seed=seed, overlap=one.overlap, baseline=one.baseline)
    _, ratio = probabilities(parts, deviations, active)
    rows = [
        _row(lever, ratio[:, i], ratio[:, i] - ratio[:, 0], model) for i, lever in enumerate(designs) if lever != "now"
    ]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS)).sort_values("change", kind="stable").reset_index(drop=True)
    return BurnoutLevers(
        role=chosen,
        ratio=float(np.median(ratio[:, 0])),
        idle=tuple(idle),
        table=frame,
        notes=(
            Sentence("levers_note_work_first"),
            Sentence("levers_note_sizes"),
            Sentence("levers_note_overlap"),
            Sentence("levers_note_association"),
            *([Sentence("levers_note_idle", levers=[Sentence(f"term_{lever}") for lever in idle])] if idle else []),
            *guardrails.short_notes(one.purpose),
        ),
        assumptions=(
            *(_assumption(change) for lever in designs for change in levers().get(lever, ())),
            *answer_assumptions(model, tuple(designs.values()), one.baseline, one.overlap),
        ),
        sources=answer_sources(model, one.baseline),
        desk=risk.desk,
    )


def _own_plans(plans: Any) -> dict[str, RoleExposure]:
    if not isinstance(plans, Mapping) or not plans:
        raise InputError("levers_no_plans")
    return {str(name): as_exposure(plan) for name, plan in plans.items()}


def _designs(now: RoleExposure) -> tuple[dict[str, RoleExposure], list[str]]:
    """Return the design after each lever of the table and after all of them, and the levers that change nothing."""
    found: dict[str, RoleExposure] = {}
    idle: list[str] = []
    together: dict[str, float | None] = {}
    for lever, changes in levers().items():
        moved = _moved(now, changes)
        if moved:
            found[lever] = now.change(**moved)
            together |= moved
        else:
            idle.append(lever)
    if len(found) > 1:
        found[TOGETHER] = now.change(**together)
    return found, idle


def _moved(now: RoleExposure, changes: tuple[Change, ...]) -> dict[str, float | None]:
    known = now.inputs
    pairs = {change.field: change.apply(known[change.field]) for change in changes if change.field in known}
    return {field: value for field, value in pairs.items() if value < known[field]}


_COLUMNS = (
    "lever", "ratio_then", "change", "change_low", "change_high", "source", "effect_status",
)  # fmt: skip


def _row(lever: str, ratio: Floats, change: Floats, model: tuple[Driver, ...]) -> tuple[object, ...]:
    low, middle, high = np.quantile(change, [0.025, 0.5, 0.975])
    changes = levers().get(lever, ())
    fields = {change.field for change in changes}
    weakest = [d.status for d in model if any(scale.field in fields for scale in d.scales)]
    status = "judgement" if "judgement" in weakest or not weakest else weakest[0]
    source = changes[0].source if changes else "judgement"
    return (lever, float(np.median(ratio)), middle, low, high, source, status)


def _assumption(change: Change) -> Assumption:
    return Assumption(
        name=f"{change.lever}.{change.field}",
        value=change.value,
        unit="factor" if change.rule == "times" else str(change.rule),
        source=change.source,
        status=change.status,
        note=change.note,
    )
