"""The range of the need: quasi-random draws of what is not known, through the calibrated closed form."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from staffcalc._checks import generator
from staffcalc._result import Assumption
from staffcalc.reference.lookup import figure
from staffcalc.staffing.certify import window_share
from staffcalc.staffing.classes import DUTIES, Load
from staffcalc.staffing.contract import Contract
from staffcalc.staffing.deadline import safety_ratio
from staffcalc.staffing.plan import Setting, best_plan

Floats = NDArray[np.float64]

SOURCES_OF_DOUBT = (
    "aht", "reply_share", "level", "day_cv", "week_cv", "absence", "in_shift", "duties",
)  # fmt: skip
"""What is drawn, one axis each; channels move together on an axis."""


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Response:
    """How FTE answer to the amount of work: FTE of the plan at multiples of the planned work."""

    multiples: Floats
    fte: Floats

    def at(self, multiple: Floats) -> Floats:
        """Return FTE, straight lines between the plans computed and beyond the last one."""
        inside = np.interp(multiple, self.multiples, self.fte)
        slope = (self.fte[-1] - self.fte[-2]) / (self.multiples[-1] - self.multiples[-2])
        return np.asarray(inside + np.maximum(0.0, multiple - self.multiples[-1]) * slope)


def response_of(setting: Setting, multiples: Floats) -> Response:
    """Return FTE at multiples of the planned work: solved where seats matter, in proportion where they do not."""
    if setting.load.realtime or setting.load.seats.any():
        fte = [setting.fte(best_plan(setting, setting.week(float(multiple)))) for multiple in multiples]
    else:
        one = setting.fte(best_plan(setting, setting.week()))
        fte = [one * float(multiple) for multiple in multiples]
    return Response(multiples=multiples, fte=np.array(fte))


def triangle(low: Floats, typical: Floats, high: Floats, u: Floats) -> Floats:
    """Return quantiles of triangular distributions; a range of no width gives its typical value."""
    width = np.where(high > low, high - low, 1.0)
    turn = (typical - low) / width
    rising = low + np.sqrt(np.maximum(u * width * (typical - low), 0))
    falling = high - np.sqrt(np.maximum((1 - u) * width * (high - typical), 0))
    return np.where(high > low, np.where(u < turn, rising, falling), typical)


def draw_fte(
    load: Load, contract: Contract, contract_rows: tuple[Assumption, ...], response: Response, *, seed: int
) -> Floats:
    """
    Return FTE for each draw of what is not known.

    Parameters
    ----------
    load, contract
        The work and the contract as planned.
    contract_rows : tuple of Assumption
        Where the contract's figures come from: those that were assumed are drawn, those given are not.
    response : Response
        FTE by multiples of the planned work.
    seed : int
        Scrambling of the quasi-random sequence.
    """
    count = round(figure("need_draws").value)
    grid = qmc.Sobol(len(SOURCES_OF_DOUBT), seed=generator(seed)).random(count)
    u = dict(zip(SOURCES_OF_DOUBT, np.clip(grid.T, 1e-6, 1 - 1e-6), strict=True))
    base = required_hours(load, dict.fromkeys(SOURCES_OF_DOUBT))
    multiple = required_hours(load, dict(u)) / base
    presence = _presence(contract, contract_rows, u["absence"], u["in_shift"])
    return np.asarray(response.at(multiple) * presence)


def required_hours(load: Load, u: dict[str, Floats | None]) -> Floats:
    """Return the capacity of the closed form for each draw; None on an axis is the typical value. [hours per week]"""
    facts = load.channels

    def drawn(values: Floats, axis: str) -> Floats:
        place = u[axis]
        if place is None:
            return np.asarray(values[1][None, ...])
        low, typical, high = (values[row][None, ...] for row in range(3))
        return triangle(low, typical, high, place.reshape(-1, *([1] * (values.ndim - 1))))

    reply, aht = drawn(facts.reply_share, "reply_share"), drawn(facts.work_hours, "aht")
    level_at = u["level"]
    level = 1.0 if level_at is None else np.maximum(0.05, 1 + load.level_sd * ndtri(level_at))[:, None]
    duty = drawn(np.array(load.duty_hours), "duties")
    spread = figure("day_cv_relative_range").value
    cvs = {}
    for axis, value in (("day_cv", load.day_cv), ("week_cv", load.week_cv)):
        three = np.array([value * (1 - spread), value, value * (1 + spread)])
        cvs[axis] = drawn(three, axis)
    weekly = facts.messages.sum(axis=0)
    replies = weekly * reply * level
    work = replies * aht
    second = replies * aht**2 * (1 + facts.aht_cv**2)
    carried = sum((work[:, part.channels].sum(axis=1) for part in load.realtime), np.zeros(work.shape[0]))
    total, random, noise = (np.zeros(work.shape[0]) for _ in range(3))
    needed = np.zeros(work.shape[0])
    shape = facts.messages.sum(axis=1)
    days = shape.reshape(7, 24).sum(axis=1) / max(float(shape.sum()), 1e-12)
    concentration = float((days**2).sum())
    for part in load.deferred:
        if part.name == DUTIES:
            total = total + duty
        else:
            own = work[:, part.channels].sum(axis=1)
            total, random = total + own, random + own
            noise = noise + second[:, part.channels].sum(axis=1)
        day, week = cvs["day_cv"] ** 2, cvs["week_cv"] ** 2
        variance = noise + (day * (1 + week) * concentration + week) * random**2
        needed = np.maximum(needed, total * safety_ratio(total, variance, total * window_share(part), part.goal))
    return np.asarray(np.maximum(needed + carried, 1e-9))


def _presence(contract: Contract, rows: tuple[Assumption, ...], absence: Floats, in_shift: Floats) -> Floats:
    """Return FTE per planned FTE when assumed absence and in-shift shares differ from their typical values."""
    away = np.zeros_like(absence)
    inside = np.ones_like(in_shift)
    days = contract.days_per_week * 365.25 / 7
    for row in rows:
        if row.status == "given" or row.low is None or row.high is None or not isinstance(row.value, (int, float)):
            continue
        low, typical, high = (np.array(float(value)) for value in (row.low, row.value, row.high))
        if row.name in ("leave_days", "holiday_days", "sick_days", "training_days"):
            away = away + (triangle(low, typical, high, absence) - typical) / days
        elif row.name in ("meetings_share", "paid_breaks_share"):
            inside = inside * (1 - triangle(low, typical, high, in_shift)) / (1 - typical)
    return np.asarray((1 - contract.absence) / np.maximum(0.05, 1 - contract.absence - away) / inside)
