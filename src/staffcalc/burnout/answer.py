"""The burnout answer: ratio to a named baseline first, level second, drivers, signals, doubts and sources."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import pandas as pd
from scipy.special import expit, logit

from staffcalc._checks import one_of
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence
from staffcalc.burnout import guardrails
from staffcalc.burnout.baseline import Baseline, default_baseline, named_baselines
from staffcalc.burnout.coefficients import TO_VERIFY, Z95, Driver
from staffcalc.burnout.exposure import RoleExposure
from staffcalc.reference.lookup import Figure, figure, figures

THRESHOLDS = ("amber_ratio_median", "amber_ratio_lo95", "red_ratio_median", "red_ratio_lo95")
"""Policy thresholds of the model layer."""

MOST_ROLES_TOLD = 6
"""Roles whose drivers and facts are told in words, highest ratio first; the tables have all."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class BurnoutRisk(Result):
    """
    Burnout risk of one or several job designs, as a ratio to a named baseline; never of a person, never a diagnosis.

    Parameters
    ----------
    roles : tuple of str
        The job designs.
    baseline : Baseline
        What they are compared with.
    exposures : tuple of RoleExposure
        What was known of each.
    draws : int
        Monte Carlo draws.
    model : tuple of Driver
        The effects used.
    overlap : pair of float
        Range from which the mean correlation between exposures was drawn. [correlation]

    Notes
    -----
    ``point``, ``median``, ``low``, ``high``, ``ratio``, ``ratio_low``, ``ratio_high`` and ``odds_ratio`` are numbers
    where there is one role, and a pandas Series by role where there are several. ``low`` and ``high`` are the 95%
    interval.
    """

    kind: ClassVar[str] = "burnout_risk"

    roles: tuple[str, ...]
    baseline: Baseline
    exposures: tuple[RoleExposure, ...]
    draws: int
    purpose: str = "work_design"
    model: tuple[Driver, ...] = dataclasses.field(default=(), repr=False)
    overlap: tuple[float, float]
    table: pd.DataFrame = dataclasses.field(repr=False)
    driver_table: pd.DataFrame = dataclasses.field(repr=False)
    signal_table: pd.DataFrame = dataclasses.field(repr=False)
    origin_table: pd.DataFrame | None = dataclasses.field(default=None, repr=False)

    def _column(self, name: str) -> Any:
        if len(self.roles) == 1:
            return float(self.table[name].iloc[0])
        return pd.Series(self.table[name].to_numpy(), index=pd.Index(self.roles, name="role"), name=name)

    @property
    def point(self) -> Any:
        """Probability at the central coefficients, per role. [probability]"""
        return self._column("point")

    @property
    def median(self) -> Any:
        """Median probability over the draws, per role. [probability]"""
        return self._column("median")

    @property
    def low(self) -> Any:
        """Lower end of the 95% interval of the probability, per role. [probability]"""
        return self._column("low")

    @property
    def high(self) -> Any:
        """Upper end of the 95% interval of the probability, per role. [probability]"""
        return self._column("high")

    @property
    def ratio(self) -> Any:
        """Median ratio to the baseline, per role. [ratio]"""
        return self._column("ratio")

    @property
    def ratio_low(self) -> Any:
        """Lower end of the 95% interval of the ratio, per role. [ratio]"""
        return self._column("ratio_low")

    @property
    def ratio_high(self) -> Any:
        """Upper end of the 95% interval of the ratio, per role. [ratio]"""
        return self._column("ratio_high")

    @property
    def odds_ratio(self) -> Any:
        """Odds ratio against the baseline at the central coefficients, per role. [odds ratio]"""
        return self._column("odds_ratio")

    @property
    def judgement_share(self) -> Any:
        """Share of the summed effect that rests on coefficients nobody has published, per role. [share]"""
        return self._column("judgement_share")

    @property
    def drivers(self) -> pd.DataFrame:
        """What moves the risk: one row a role and driver, with exposure, log-odds, interval, points and status."""
        return self.driver_table.copy()

    @property
    def signals(self) -> pd.DataFrame:
        """Which layer fired: rules, survey and model are kept apart and never blended."""
        return self.signal_table.copy()

    @property
    def origins(self) -> pd.DataFrame:
        """Where each exposure comes from: role, field, value, origin (desk, computed, average) and basis."""
        if self.origin_table is not None:
            return self.origin_table.copy()
        rows = [
            (role, field, value, "desk", "measured")
            for role, exposure in zip(self.roles, self.exposures, strict=True)
            for field, value in exposure.inputs.items()
        ]
        return pd.DataFrame(rows, columns=["role", "field", "value", "origin", "basis"])

    def of(self, role: str) -> BurnoutRisk:
        """
        Return the answer for one of the roles.

        Raises
        ------
        InputError
            If the answer has no such role.
        """
        one_of("role", role, self.roles)
        at = self.roles.index(role)

        def only(frame: pd.DataFrame) -> pd.DataFrame:
            return frame[frame["role"] == role].reset_index(drop=True)

        return dataclasses.replace(
            self,
            roles=(role,),
            exposures=(self.exposures[at],),
            table=only(self.table),
            driver_table=only(self.driver_table),
            signal_table=only(self.signal_table),
            origin_table=only(self.origins),
        )

    @property
    def headline(self) -> Sentence:
        """The ratio to the baseline with its 95% interval, the level second."""
        worst = max(self.table.to_dict("records"), key=lambda row: float(row["ratio"]))
        values = {
            "ratio": worst["ratio"],
            "ratio_low": worst["ratio_low"],
            "ratio_high": worst["ratio_high"],
            "median": worst["median"],
            "low": worst["low"],
            "high": worst["high"],
            "baseline": self.baseline.words,
        }
        if len(self.roles) == 1:
            return Sentence("burnout_headline", **values)
        return Sentence("burnout_headline_roles", role=role_words(str(worst["role"])), count=len(self.roles), **values)

    @property
    def points(self) -> tuple[Sentence, ...]:
        """For each role, highest ratio first: what most of the change comes from, and the facts outside a rule."""
        from staffcalc.burnout.reading import burnout_points

        order = self.table.sort_values("ratio", ascending=False, kind="stable")["role"]
        return burnout_points(tuple(order)[:MOST_ROLES_TOLD], self.driver_table, self.signal_table)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a role: ratio and probability with 50% and 95% intervals, and the model signal."""
        return self.table.copy()


def role_words(role: str) -> Sentence | str:
    """Return the name of a role as a reader writes it."""
    return Sentence("term_job_design") if role == "job_design" else role.replace("_", " ")


def answer_notes(
    roles: tuple[str, ...],
    missing: tuple[tuple[str, ...], ...],
    table: pd.DataFrame,
    base: Baseline,
    overlap: float | tuple[float, float] | None,
    purpose: str,
) -> tuple[Sentence, ...]:
    """Return the doubts of an answer: the standing ones, the baseline, missing inputs, what rests on judgement."""
    notes = list(guardrails.standing_notes(purpose))
    notes.append(Sentence("burnout_note_baseline", baseline=base.words, p=base.p))
    if base.name in named_baselines() and base.name != default_baseline().name:
        notes.append(Sentence("burnout_note_other_definition", baseline=base.words))
    for fields in dict.fromkeys(filter(None, missing)):  # roles that lack the same are told together
        words = [Sentence(f"term_{field}") for field in fields]
        lacking = [role_words(role) for role, its in zip(roles, missing, strict=True) if its == fields]
        if len(lacking) == len(roles):
            notes.append(Sentence("burnout_note_missing", fields=words))
        else:
            notes.append(Sentence("burnout_note_missing_role", roles=lacking, fields=words))
    notes.append(Sentence("burnout_note_judgement", share=float(table["judgement_share"].max())))
    if overlap == 0:
        notes.insert(0, Sentence("burnout_note_naive"))
    return tuple(notes)


def answer_assumptions(
    model: tuple[Driver, ...],
    exposures: tuple[RoleExposure, ...],
    base: Baseline,
    spread: tuple[float, float],
    missing: tuple[tuple[str, ...], ...] = (),
) -> tuple[Assumption, ...]:
    """Return every number an answer rests on, with its range, source and status."""
    row = figure("exposure_correlation_r")
    given = spread == (row.low, row.high)
    row_of_base = _baseline_row(base)
    log = [
        Assumption(
            name="burnout_baseline",
            value=base.p,
            low=float(expit(logit(base.p) - Z95 * base.logit_se)),
            high=float(expit(logit(base.p) + Z95 * base.logit_se)),
            unit="share",
            source=base.source,
            status="given" if row_of_base is None else row_of_base.status,
            note="" if row_of_base is None else row_of_base.note,
        ),
        row.assumption()
        if given
        else Assumption("exposure_correlation_r", sum(spread) / 2, *spread, "correlation", "desk", "given"),
        figure("transport_log_sd").assumption(),
        *(figure(name).assumption() for name in THRESHOLDS),
    ]
    used = {field for exposure in exposures for field in exposure.inputs}
    for driver in model:
        fields = {scale.field for scale in driver.scales}
        if driver.role == "driver" or fields & used:
            log.append(driver.assumption)
            log.append(
                Assumption(
                    f"burnout_reference_{driver.key}",
                    driver.x_ref,
                    unit="exposure",
                    source="judgement",
                    status="judgement",
                    note=f"{TO_VERIFY}; the average exposure that the baseline already contains",
                )
            )
            log.extend(scale.assumption for scale in driver.scales)
    for scale in (scale for driver in model for scale in driver.scales if scale.if_missing is not None):
        if scale.field not in used:
            log.append(
                Assumption(scale.field, scale.if_missing, source=scale.source, status="assumption", note=scale.note)
            )
    lacking = {field for fields in missing for field in fields} - {line.name for line in log}
    log.extend(Assumption(field, None, unit="", source="judgement", status="assumption") for field in sorted(lacking))
    return tuple(log)


def _baseline_row(base: Baseline) -> Figure | None:
    """Return the row of the reference tables behind a baseline; None for one of your own, whatever its source."""
    if base == default_baseline():
        return figure("baseline_bat_at_or_above_orange")
    if base != named_baselines().get(base.name):
        return None
    return {name.lower(): row for name, row in figures().items()}[f"baseline_{base.name}"]


def answer_sources(model: tuple[Driver, ...], base: Baseline) -> tuple[str, ...]:
    """Return the keys of everything an answer rests on, each once."""
    return tuple(dict.fromkeys([base.source, "shoman_2022", *(key for driver in model for key in driver.sources)]))
