"""What was promised: which share of the messages is answered within which time."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from staffcalc.errors import InputError
from staffcalc.inputs.fields import Facts, Id, Positive, Share, fact


class Target(Facts):
    """
    A response target.

    Examples
    --------
    >>> Target(id="standard", share=0.9, within_hours=24).within
    24.0
    """

    id: Id = fact("Name that channels refer to", unit="id", required=True, example="standard")
    share: Share = fact("Share of messages answered in time", unit="share", default=0.9, example=0.9)
    within_hours: Positive | None = fact("Time limit of the first answer", unit="hour", example=24)
    within_minutes: Positive | None = fact("The same limit in minutes, for real-time channels", unit="minute")
    clock: Literal["calendar", "business"] = fact(
        "Clock of the limit: calendar time, or opening hours only", unit="calendar or business", default="calendar"
    )
    of: Literal["all", "answered"] = fact(
        "Denominator of the share: all messages that need a reply, or those answered",
        unit="all or answered",
        default="all",
    )
    hard_cap_hours: Positive | None = fact("No message may wait longer than this", unit="hour", example=72)

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.within_hours is None) == (self.within_minutes is None):
            raise InputError("one_limit", id=self.id)
        if self.share == 1:
            raise InputError("share_of_one", id=self.id)
        if self.hard_cap_hours is not None and self.hard_cap_hours < self.within:
            raise InputError("cap_below_limit", id=self.id, cap=self.hard_cap_hours, within=self.within)
        return self

    @property
    def within(self) -> float:
        """Time limit. [hour]"""
        return self.within_hours if self.within_hours is not None else (self.within_minutes or 0) / 60
