"""Volume far above the normal for a few days, and how it dies away."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Surge:
    """
    A time with more messages than usual.

    Parameters
    ----------
    name : str
        What happens.
    times : float
        Volume at the start, as a multiple of the normal one. [ratio]
    days : float
        Length. [day]
    decay_days : float or None
        Time in which the excess falls to 37%; None keeps it up to the end. [day]
    start_hour : int
        First hour, counted from the first hour of the sample. [hour]
    """

    name: str
    times: float
    days: float
    decay_days: float | None
    start_hour: int = 0

    def factor(self, hours: int) -> Floats:
        """Return the multiple of the normal volume in each of ``hours`` hours. [ratio]"""
        age = (np.arange(hours) - self.start_hour) / 24
        excess = np.full(hours, self.times - 1.0)
        if self.decay_days is not None:
            excess = excess * np.exp(-np.maximum(age, 0) / self.decay_days)
        return np.asarray(1 + np.where((age >= 0) & (age < self.days), excess, 0.0))
