"""What a job design exposes people to, and how each input becomes an exposure of the model."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, ValidationInfo, model_validator

from staffcalc._checks import number
from staffcalc.burnout.coefficients import Driver, Scale, drivers
from staffcalc.burnout.guardrails import refuse_personal
from staffcalc.errors import InputError
from staffcalc.inputs.fields import Facts, Share, fact


def _between(least: float, most: float) -> BeforeValidator:
    def validate(value: Any, info: ValidationInfo) -> Any:
        if value is None:
            return None
        name = info.field_name or "value"
        result = number(name, value)
        if not least <= result <= most:
            raise InputError("burnout_out_of_range", name=name, value=value, least=least, most=most)
        return result

    return BeforeValidator(validate)


Hours = Annotated[float, _between(0, 100)]
Ratio = Annotated[float, _between(0, 20)]
Weeks = Annotated[float, _between(0, 520)]
DutyCount = Annotated[float, _between(1, 8)]
Nights = Annotated[float, _between(0, 7)]
Rests = Annotated[float, _between(0, 366)]
ChannelCount = Annotated[float, _between(0, 10_000)]


class RoleExposure(Facts):
    """
    What a job design, never a person, is exposed to; every field is optional and a missing one counts as average.

    Parameters
    ----------
    weekly_hours : float, optional
        Hours worked in an average week, overtime included. [hours per week]
    utilisation : float, optional
        Required hours over effective capacity hours. [ratio]
    backlog_ratio : float, optional
        Work already past its target, over one week of capacity. [weeks of capacity]
    abusive_share : float, optional
        Share of handled messages that are abusive or distressing. [share]
    low_control_share : float, optional
        Share of the work whose timing or priority cannot be decided by who does it. [share]
    solo_share : float, optional
        Share of covered hours with no second person reachable. [share]
    duties : float, optional
        Duties one job holds, on-call not counted, 1 to 8. [duties]
    on_call_share : float, optional
        Share of weeks on call: one over the people in the rota. [share]
    paged_nights_per_week : float, optional
        Nights a week in which one person is paged. [nights per week]
    after_hours_share : float, optional
        Share of messages handled outside working hours. [share]
    quick_returns_per_year : float, optional
        Rests shorter than eleven hours. [rests per year]
    leave_untaken_share : float, optional
        Share of the annual leave that is not taken. [share]
    channels : float, optional
        Channels one job switches between. [channels]
    effort_reward_imbalance, low_justice, long_shift_share : float, optional
        Exposures that count only where they are given: share of the team with more effort than reward, share that finds
        decisions unjust (both from a survey of the team), share of shifts of twelve hours or more. [share]

    Raises
    ------
    InputError
        If a value is outside its plausible range, or a field is not known.

    Notes
    -----
    Published prevalence already contains average exposure. A field left unset is put at that average (``x_ref`` of the
    reference table) and listed in the answer; it never becomes zero. There is no field for a name, a text, a mood or a
    body, and unknown fields are refused.

    Examples
    --------
    >>> RoleExposure(weekly_hours=46, duties=6).duties
    6.0
    """

    weekly_hours: Hours | None = fact(
        "Hours worked in an average week, overtime included", unit="hour/week", example=42
    )
    utilisation: Ratio | None = fact(
        "Required hours over effective capacity hours; 1.05 is five per cent too much", unit="ratio", example=0.9
    )
    backlog_ratio: Weeks | None = fact(
        "Work already past its target, over one week of capacity", unit="week of capacity"
    )
    abusive_share: Share | None = fact(
        "Share of handled messages that are abusive or distressing", unit="share", example=0.03
    )
    low_control_share: Share | None = fact(
        "Share of the work whose timing or priority cannot be decided by who does it", unit="share", example=0.4
    )
    solo_share: Share | None = fact("Share of covered hours with no second person reachable", unit="share", example=0.2)
    duties: DutyCount | None = fact("Duties one job holds, on-call not counted", unit="duty", example=4)
    on_call_share: Share | None = fact(
        "Share of weeks on call: one over the people in the rota", unit="share", example=0.25
    )
    paged_nights_per_week: Nights | None = fact(
        "Nights a week in which one person is paged", unit="night/week", example=0.5
    )
    after_hours_share: Share | None = fact("Share of messages handled outside working hours", unit="share", example=0.1)
    quick_returns_per_year: Rests | None = fact("Rests shorter than eleven hours", unit="rest/year", example=4)
    leave_untaken_share: Share | None = fact("Share of the annual leave that is not taken", unit="share", example=0.1)
    channels: ChannelCount | None = fact("Channels one job switches between", unit="channel", example=4)
    effort_reward_imbalance: Share | None = fact(
        "Share of the team with more effort than reward, from a survey; counts only where given", unit="share"
    )
    low_justice: Share | None = fact(
        "Share of the team that finds decisions unjust, from a survey; counts only where given", unit="share"
    )
    long_shift_share: Share | None = fact(
        "Share of shifts of twelve hours or more; counts only where given", unit="share"
    )

    @model_validator(mode="before")
    @classmethod
    def _no_person(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            refuse_personal(data, allowed=cls.model_fields)
        return data

    @property
    def inputs(self) -> dict[str, float]:
        """The fields that are set, in the order of the class."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}

    def change(self, **values: float | None) -> RoleExposure:
        """
        Return a copy with some fields changed and checked again.

        Examples
        --------
        >>> RoleExposure(solo_share=1.0, duties=8).change(solo_share=0.2).solo_share
        0.2
        """
        return RoleExposure(**{**self.inputs, **values})


def as_exposure(design: Any) -> RoleExposure:
    """
    Return a job design; a mapping of field to number stands for one.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> as_exposure({"duties": 8}).duties
    8.0
    """
    if isinstance(design, RoleExposure):
        return design
    if not isinstance(design, Mapping):
        raise InputError("burnout_exposure_kind", value=type(design).__name__)
    return RoleExposure(**design)


def driver_value(driver: Driver, inputs: Mapping[str, Any]) -> NDArray[np.float64] | None:
    """
    Return the exposure ``x`` of one driver, clipped to its range; None where no input of it is given.

    Parameters
    ----------
    driver : Driver
        The driver.
    inputs : mapping
        Numbers or arrays by field of :class:`RoleExposure`; None or absent where not known.

    Returns
    -------
    array or None
        Exposure between ``x_min`` and ``x_max``. [exposure]

    Notes
    -----
    ``x = clip(max over inputs of (input - start) / (full - start), x_min, x_max)``. Only ``high_demands`` has two
    inputs: without a backlog it follows utilisation alone; without utilisation, its part stays at reference.
    """
    parts: list[Any] = []
    missing: list[Scale] = []
    for scale in driver.scales:
        value = inputs.get(scale.field)
        if value is None:
            missing.append(scale)
        else:
            parts.append((np.asarray(value, dtype=float) - scale.start) / (scale.full - scale.start))
    if not parts:
        return None
    parts += [driver.x_ref for scale in missing if scale.if_missing is None]
    x = functools.reduce(np.maximum, parts)
    return np.asarray(np.clip(x, driver.x_min, driver.x_max), dtype=float)


def exposure_values(
    exposure: RoleExposure, *, model_drivers: tuple[Driver, ...] | None = None
) -> tuple[dict[str, float], tuple[str, ...]]:
    """
    Return the exposure of each driver that counts, and the fields that were missing.

    Parameters
    ----------
    exposure : RoleExposure
        The job design.
    model_drivers : tuple of Driver, optional
        Drivers of the model; those of the reference table if not given.

    Returns
    -------
    values : dict
        Exposure by driver; the reference exposure where the input is missing. [exposure]
    missing : tuple of str
        Fields of the twelve drivers that were not given.

    Examples
    --------
    >>> values, missing = exposure_values(RoleExposure(weekly_hours=46))
    >>> round(values["weekly_hours"], 3), values["low_control"], "duties" in missing
    (0.6, 0.3, True)
    """
    inputs = exposure.inputs
    values: dict[str, float] = {}
    missing: list[str] = []
    for driver in model_drivers or drivers():
        x = driver_value(driver, inputs)
        if driver.role == "driver":
            missing += [s.field for s in driver.scales if s.field not in inputs and (s.if_missing is None or x is None)]
            values[driver.key] = driver.x_ref if x is None else float(x)
        elif x is not None:
            values[driver.key] = float(x)
    return values, tuple(missing)
