"""The same volume under other names of channels, or in another time zone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from staffcalc._words import Sentence
from staffcalc.demand.zones import zone
from staffcalc.errors import InputError

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume


def rename(volume: Volume, channels: Mapping[str, str]) -> Volume:
    """
    Return a volume with channels renamed; channels that get the same name are added up.

    Raises
    ------
    InputError
        If a name is not a channel of the volume.
    """
    if not isinstance(channels, Mapping):
        raise InputError("channels_not_mapping", name="channels", value=type(channels).__name__)
    unknown = [str(name) for name in channels if name not in volume.channels]
    if unknown:
        raise InputError("rename_unknown", names=unknown, known=list(volume.channels))
    names = [str(channels.get(name, name)) for name in volume.channels]
    kept = list(dict.fromkeys(names))
    place = np.array([[float(name == new) for new in kept] for name in names])
    assert volume.slot_variance is not None
    profile = volume.profile @ place
    error = (volume.slot_variance * volume.profile**2) @ place
    left = np.divide(error, profile**2, out=np.zeros_like(error), where=profile > 0)
    return dataclasses.replace(volume, channels=tuple(kept), profile=profile, slot_variance=left)


def move_to(volume: Volume, timezone: str) -> Volume:
    """
    Return a volume in another time zone.

    Notes
    -----
    Zones change their distance over the year: the week is the mean of its twelve monthly shifts. Half an hour of
    distance gives half of each hour to both of its neighbours.
    """
    if timezone == volume.timezone:
        return volume
    moments = [pd.Timestamp(2026, month, 1, 12, tz="UTC") for month in range(1, 13)]
    hours = [(_offset(moment, timezone) - _offset(moment, volume.timezone)) / 3600 for moment in moments]
    profile = np.zeros_like(volume.profile)
    error = np.zeros_like(volume.profile)
    assert volume.slot_variance is not None
    absolute = volume.slot_variance * volume.profile**2
    for shift in hours:
        step = int(np.floor(shift))
        part = shift - step
        for places, weight in ((step, 1 - part), (step + 1, part)):
            profile += np.roll(volume.profile, places, axis=0) * weight / len(hours)
            error += np.roll(absolute, places, axis=0) * weight / len(hours)
    left = np.divide(error, profile**2, out=np.zeros_like(error), where=profile > 0)
    note = Sentence("volume_moved", from_zone=volume.timezone, to_zone=timezone, hours=float(np.mean(hours)))
    return dataclasses.replace(
        volume, timezone=timezone, profile=profile, slot_variance=left, notes=(*volume.notes, note)
    )


def _offset(moment: pd.Timestamp, timezone: str) -> float:
    """Return how far a zone is ahead of UTC at a moment. [s]"""
    ahead = moment.tz_convert(zone(timezone)).utcoffset()
    return ahead.total_seconds() if ahead is not None else 0.0
