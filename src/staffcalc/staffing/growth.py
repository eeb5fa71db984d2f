"""People against the number of channels, and what sharing people between channels saves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffcalc._checks import generator, listed, whole
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.demand.workload import size_workload
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure
from staffcalc.staffing.attribution import separate_fte
from staffcalc.staffing.certified import Certified, certify_desk, tell
from staffcalc.staffing.certify import required_capacity
from staffcalc.staffing.classes import DUTIES, DeferredClass
from staffcalc.staffing.gather import duty_hours
from staffcalc.staffing.uncertainty import response_of

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ChannelGrowth(Result):
    """
    People against the number of channels.

    Parameters
    ----------
    table : DataFrame
        channels, hours_per_week, fte, fte_per_channel, fte_separate, pooling_gain: ``fte_separate`` is what channels
        with a plan of their own would take, at least the one plan.
    """

    kind: ClassVar[str] = "channel_growth"

    table: pd.DataFrame = dataclasses.field(repr=False)

    @property
    def headline(self) -> Sentence:
        """FTE of the first and the last number of channels, and what sharing saves."""
        first, last = self.table.iloc[0], self.table.iloc[-1]
        return Sentence(
            "channels_headline",
            first=int(first["channels"]),
            last=int(last["channels"]),
            fte_first=float(first["fte"]),
            fte_last=float(last["fte"]),
            each=float(last["fte_per_channel"]),
            gain=float(last["pooling_gain"]),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each number of channels."""
        return self.table.copy()


def trace_channels(
    desk: Desk,
    volume: Volume,
    *,
    counts: Sequence[int] = tuple(range(1, 31)),
    channels: Mapping[str, str] | None = None,
    replications: int | None = None,
    seed: int | np.random.Generator = 0,
    progress: bool = False,
) -> ChannelGrowth:
    """
    FTE as the number of channels grows, each new channel like the mean of the present ones.

    Parameters
    ----------
    desk, volume
        Facts and messages.
    counts : sequence of int
        Numbers of channels. [channels]
    channels : mapping, optional
        Channel names in the volume to channel names in the desk, where they differ.
    replications : int, optional
        Independent runs of the simulation at the present channels. [runs]
    seed : int or Generator
        Where the random numbers come from.
    progress : bool
        Say on standard error what is being computed.

    Returns
    -------
    ChannelGrowth
        FTE, FTE per channel, and the FTE of separate plans.

    Raises
    ------
    InputError
        If a count is not a whole number of 1 or more.

    Notes
    -----
    Messages grow in proportion, work on access and channels with the accounts, the other duties stay. The present
    channels are simulated once, as in :func:`staffcalc.staff`; from there the closed form of safety tells how the need
    moves, so far away from the present count single values may be some per cent off. Chance in single messages evens
    out over more channels, the day and the week factor do not.

    References
    ----------
    .. [1] source key ``staffcalc_deadline`` in ``reference/sources.csv``.

    Examples
    --------
    Sixty messages a day on one channel, answered within a day from Monday to Sunday, 8 to 18:

    >>> import numpy as np
    >>> from staffcalc.demand.volume import Volume
    >>> from staffcalc.inputs.desk import Desk
    >>> desk = Desk.model_validate({
    ...     "name": "Mail", "timezone": "UTC", "people": [{"id": "p1", "role": "agent"}],
    ...     "targets": [{"id": "day", "share": 0.9, "within_hours": 24}],
    ...     "channels": [{"id": "mail", "aht_minutes": 6, "needs_reply_share": 1}],
    ...     "calendar": {"open": {"daily": ["08:00-18:00"]}},
    ... })
    >>> profile = np.full((168, 1), 2.5)
    >>> volume = Volume(channels=("mail",), timezone="UTC", profile=profile, day_cv=0.2, week_cv=0.1, level_sd=0.05)
    >>> growth = trace_channels(desk, volume, counts=(1, 10))
    >>> growth.table["channels"].tolist()
    [1, 10]
    """
    asked = list(counts) if isinstance(counts, range) else listed("counts", counts)
    numbers = np.array([whole("counts", count, 1, unit="channels") for count in asked])
    if numbers.size == 0:
        raise InputError("slots_empty", name="counts")
    # the same draws as in staff, so that the curve passes through its answer
    rng = generator(seed).spawn(2)[0]
    certified = certify_desk(desk, volume, channels=channels, seed=rng, replications=replications, progress=progress)
    tell(progress, "numbers of channels")
    return ChannelGrowth(
        table=_table(desk, certified, numbers),
        notes=(Sentence("growth_is_closed_form"),),
        sources=("staffcalc_deadline",),
        desk=desk,
    )


def _table(desk: Desk, certified: Certified, counts: NDArray[np.int64]) -> pd.DataFrame:
    prepared = certified.prepared
    load, contract = prepared.load, prepared.contract
    present = len(load.channels.ids)
    duties = np.array([duty_hours(size_workload(_with_channels(desk, int(count))))[1] for count in counts])
    messages = float(load.channels.hours.sum()) * counts / present
    least = figure("stability_margin").value
    live = sum(float(part.load.sum()) / load.per_hour for part in load.realtime)
    base = float(prepared.setting.scaled.sum()) + live

    def capacity(count: int, duty: float) -> float:
        parts = tuple(_scaled(part, count / present, duty) for part in load.deferred)
        needed = required_capacity(parts, day_cv=load.day_cv, week_cv=load.week_cv, least=least).sum()
        return float(needed) + live * count / present

    multiples = np.array(
        [capacity(int(count), duty) / base if base > 0 else 1.0 for count, duty in zip(counts, duties, strict=True)]
    )
    lowest = max(float(multiples.min()), 1e-6)
    grid = np.geomspace(lowest, max(float(multiples.max()), lowest * 1.01), 6)
    fte = response_of(certified.setting, grid).at(multiples)
    apart = separate_fte(load, contract, certified=certified.over_closed_form)
    alone = float(apart.mean()) * counts + duties / contract.productive / contract.present_hours_per_week
    return pd.DataFrame(
        {
            "channels": counts,
            "hours_per_week": messages + duties,
            "fte": fte,
            "fte_per_channel": fte / counts,
            "fte_separate": np.maximum(alone, fte),
            "pooling_gain": np.maximum(alone - fte, 0.0),
        }
    )


def _with_channels(desk: Desk, count: int) -> Desk:
    """Return the desk with so many channels, the present ones repeated."""
    known = desk.channels
    return desk.model_copy(update={"channels": tuple(known[number % len(known)] for number in range(count))})


def _scaled(part: DeferredClass, times: float, duty: float) -> DeferredClass:
    stream = part.stream
    if part.name == DUTIES:
        total = float(stream.work.sum())
        messages = stream.messages * (duty / total) if total > 0 else stream.messages
    else:
        messages = stream.messages * times
    return dataclasses.replace(part, stream=dataclasses.replace(stream, messages=messages))
