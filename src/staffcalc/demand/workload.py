"""All nine duties in one ledger of hours, each with its range and the source of its assumptions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc._checks import given
from staffcalc._result import Assumption, Result
from staffcalc._words import Sentence, has_word
from staffcalc.demand.diary import TimeDiary
from staffcalc.demand.duties import BESIDE_MESSAGES, NONE, Item, total
from staffcalc.demand.estimate import Estimate, Inputs, add, add_together
from staffcalc.demand.volume import Volume
from staffcalc.errors import InputError
from staffcalc.inputs.channels import Channel
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.duties import Community
from staffcalc.inputs.people import DUTIES

Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Workload(Result):
    """
    Hours a week of each of the nine duties.

    Parameters
    ----------
    items : tuple of Item
        Lines of the ledger.
    sources_by_duty : mapping of str to tuple of str
        Sources of the figures behind each duty; ``desk`` for what the client gave.
    load_erlangs : array of 168
        Messages' offered load by hour of the local week: replies an hour times handling hours. [erlang]
    """

    kind: ClassVar[str] = "workload"

    items: tuple[Item, ...]
    sources_by_duty: Mapping[str, tuple[str, ...]]
    load_erlangs: Floats = dataclasses.field(repr=False)

    @property
    def estimates(self) -> dict[str, Estimate]:
        """Low, typical and high hours a week of each duty. [hour/week]"""
        return {duty: total([item for item in self.items if item.duty == duty]) for duty in DUTIES}

    @property
    def hours_by_duty(self) -> Mapping[str, float]:
        """Typical hours a week of each duty. [hour/week]"""
        return MappingProxyType({duty: estimate.typical for duty, estimate in self.estimates.items()})

    @property
    def hours_per_week(self) -> float:
        """Typical hours a week of all duties. [hour/week]"""
        return float(sum(self.hours_by_duty.values()))

    @property
    def range(self) -> tuple[float, float]:
        """Low and high hours a week of all duties together. [hour/week]"""
        whole = add(self.estimates.values())
        return whole.low, whole.high

    @property
    def publishing_share(self) -> float:
        """Share of the hours that goes into publishing, the part that everybody sees. [share]"""
        return self.hours_by_duty["publishing"] / max(self.hours_per_week, 1e-12)

    @property
    def headline(self) -> Sentence:
        """Hours a week and the share of publishing in one sentence."""
        low, high = self.range
        return Sentence(
            "workload_headline",
            hours=self.hours_per_week,
            low=low,
            high=high,
            publishing=self.publishing_share,
            community=self.hours_by_duty["community"] / max(self.hours_per_week, 1e-12),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a duty: duty, hours_per_week, low, high, share, source."""
        estimates = self.estimates
        whole = max(self.hours_per_week, 1e-12)
        return pd.DataFrame(
            {
                "duty": list(estimates),
                "hours_per_week": [part.typical for part in estimates.values()],
                "low": [part.low for part in estimates.values()],
                "high": [part.high for part in estimates.values()],
                "share": [part.typical / whole for part in estimates.values()],
                "source": [", ".join(self.sources_by_duty[duty]) for duty in estimates],
            }
        )

    def ledger(self) -> pd.DataFrame:
        """Return every line: duty, item, hours_per_week, low, high, hours_per_year."""
        return pd.DataFrame(
            {
                "duty": [item.duty for item in self.items],
                "item": [item.item for item in self.items],
                "hours_per_week": [item.hours.typical for item in self.items],
                "low": [item.hours.low for item in self.items],
                "high": [item.hours.high for item in self.items],
                "hours_per_year": [item.hours.typical * 52 for item in self.items],
            }
        )


def size_workload(
    desk: Desk,
    volume: Volume | None = None,
    *,
    channels: Mapping[str, str] | None = None,
    diary: TimeDiary | None = None,
) -> Workload:
    """
    Put all nine duties into one ledger of hours.

    Parameters
    ----------
    desk : Desk
        Facts about the team; what it leaves open is filled from the reference tables and listed.
    volume : Volume, optional
        Messages; without it, answering messages counts zero, with a note.
    channels : mapping of str to str, optional
        Channels of the volume under other names in the desk.
    diary : TimeDiary, optional
        Measured hours, which replace the assumptions of the duties they cover; answering messages stays with the
        volume if one is given.

    Returns
    -------
    Workload
        ``hours_per_week``, ``hours_by_duty``, ``load_erlangs`` and the ledger.

    Raises
    ------
    InputError
        If the volume has a channel that the desk does not know.

    Notes
    -----
    Answering: messages x share that needs a reply x handle time / concurrency; where the volume counts conversations,
    also times replies per conversation and reopenings. A message that comes back is a message again, so reopenings
    count for messages only if the desk gives them. Standby is not work in this ledger, alerts are. A duty whose
    minutes nobody has published counts zero and is asked for in the notes.

    Examples
    --------
    >>> desk = Desk.model_validate({"name": "Desk", "timezone": "UTC"})
    >>> work = size_workload(desk)
    >>> round(work.hours_by_duty["analytics"], 1), work.hours_by_duty["community"]
    (3.8, 0.0)
    """
    given("desk", desk, Desk, maker="read_desk")
    if volume is not None:
        given("volume", volume, Volume, maker="fit_volume")
    if diary is not None:
        given("diary", diary, TimeDiary, maker="read_time_diary")
    inputs = Inputs()
    notes: list[Sentence] = []
    items: list[Item] = []
    sources: dict[str, tuple[str, ...]] = {}
    load: Floats = np.zeros(168)
    for duty in DUTIES:
        inputs.used, inputs.asked = [], []
        if duty == "community":
            lines, load = _community(desk, volume, channels, inputs, notes)
        else:
            lines = BESIDE_MESSAGES[duty](desk, inputs)
        if diary is not None and duty in diary.estimates and not (duty == "community" and volume is not None):
            lines = [Item(duty, "measured", diary.estimates[duty])]
            inputs.used, inputs.asked = [_measured(duty, diary)], []
            inputs.assumptions = {
                name: part for name, part in inputs.assumptions.items() if not name.startswith(f"duties.{duty}.")
            }
            inputs.assumptions[f"diary.{duty}"] = inputs.used[0]
        items += lines
        sources[duty] = tuple(dict.fromkeys(used.source for used in inputs.used))
        if inputs.asked:
            key = "duty_asked" if total(lines).typical > 0 else "duty_asked_zero"
            names = [_named(name) for name in dict.fromkeys(inputs.asked)]
            notes.append(Sentence(key, duty=Sentence(f"term_{duty}"), names=names))
    guessed = [duty for duty in DUTIES if "no_source" in sources[duty]]
    if guessed:
        notes.append(Sentence("duties_guessed", names=[Sentence(f"term_{duty}") for duty in guessed]))
    if desk.duties.security is None or desk.duties.security.watch_hours_per_week is None:
        notes.append(Sentence("governance_scaled"))
    load.flags.writeable = False
    assumptions = _ordered(inputs.assumptions, volume)
    return Workload(
        items=tuple(items),
        sources_by_duty=MappingProxyType(sources),
        load_erlangs=load,
        notes=tuple(notes),
        assumptions=assumptions,
        sources=tuple(dict.fromkeys(a.source for a in assumptions if a.source != "desk")),
        desk=desk,
    )


def _named(path: str) -> Sentence | str:
    """Return a field as a reader and as the writer of a desk know it: its name, and its path."""
    key = f"name_{path.rpartition('.')[2]}"
    return Sentence("field_named", name=Sentence(key), path=path) if has_word(key) else path


def _measured(duty: str, diary: TimeDiary) -> Assumption:
    part = diary.estimates[duty]
    note = f"time diary of {diary.person_days} person-days"
    return Assumption(f"diary.{duty}", part.typical, part.low, part.high, "hour/week", "desk", "given", note)


def _ordered(known: dict[str, Assumption], volume: Volume | None) -> tuple[Assumption, ...]:
    return (*known.values(), *(volume.assumptions if volume is not None else ()))


def _community(
    desk: Desk, volume: Volume | None, channels: Mapping[str, str] | None, inputs: Inputs, notes: list[Sentence]
) -> tuple[list[Item], Floats]:
    load: Floats = np.zeros(168)
    if volume is None:
        notes.append(Sentence("workload_without_volume"))
        return [Item("community", "replies", NONE)], load
    volume = matched(desk, volume, channels, notes)
    facts = desk.duties.community or Community()
    replies, escalations = [], []
    again = _again(facts, volume.per, inputs)
    for channel in desk.channels:
        if channel.id not in volume.channels:
            continue
        messages = volume.profile[:, volume.channels.index(channel.id)]
        answered, handling = _reply(channel, inputs)
        each = answered * handling * again
        load = load + messages * each.typical
        replies.append(each * float(messages.sum()))
        if facts.minutes_per_escalation is not None:
            share = inputs.take(
                "duties.community.escalated_share", facts.escalated_share, unit="share", default="escalated_share"
            )
            extra = inputs.take("duties.community.minutes_per_escalation", facts.minutes_per_escalation, unit="minute")
            escalations.append(answered * (share or NONE) * (extra or NONE) * (float(messages.sum()) / 60))
    level = 1.2816 * volume.level_sd
    certain = add_together(replies)
    swing = Estimate(max(0.0, 1 - level), 1.0, 1 + level)
    lines = [Item("community", "replies", certain * swing)]
    if escalations:
        lines.append(Item("community", "escalations", add_together(escalations) * swing))
        load = load * ((certain.typical + lines[1].hours.typical) / max(certain.typical, 1e-12))
    return lines, load


def _reply(channel: Channel, inputs: Inputs) -> tuple[Estimate, Estimate]:
    """Return the share of messages that need a reply and the hours one person spends on one of them."""
    where = f"channels.{channel.id}" if channel.needs_reply_share is not None else "channels"
    answered = inputs.take(
        f"{where}.needs_reply_share", channel.needs_reply_share, unit="share", default="share_of_inbound_needing_reply"
    )
    where = f"channels.{channel.id}" if channel.aht_minutes is not None else "channels"
    handling = inputs.take(f"{where}.aht_minutes", channel.aht_minutes, unit="minute", default="aht_social_message")
    return answered or NONE, (handling or NONE) * (1 / 60 / (channel.concurrency or 1.0))


def _again(facts: Community, per: str, inputs: Inputs) -> Estimate:
    """Return how many times the work of one unit of volume is done: replies of a conversation, reopenings."""
    times = Estimate(1.0, 1.0, 1.0)
    if per == "conversation":
        times = (
            inputs.take(
                "duties.community.replies_per_conversation",
                facts.replies_per_conversation,
                unit="reply",
                default="agent_replies_per_ticket",
            )
            or times
        )
    if per == "conversation" or facts.reopen_share is not None:
        share = (
            inputs.take("duties.community.reopen_share", facts.reopen_share, unit="share", default="reopen_share")
            or NONE
        )
        times = times * Estimate(1 + share.low, 1 + share.typical, 1 + share.high)
    return times


def matched(desk: Desk, volume: Volume, channels: Mapping[str, str] | None, notes: list[Sentence]) -> Volume:
    """
    Return the volume under the desk's channel names and in its time zone.

    Raises
    ------
    InputError
        If the volume has a channel that the desk does not know; the message lists both sides.
    """
    if channels is not None and not isinstance(channels, Mapping):
        raise InputError("channels_not_paired", value=str(channels)[:60])
    if channels:
        volume = volume.rename(channels)
    ids = [channel.id for channel in desk.channels]
    strange = [name for name in volume.channels if name not in ids]
    if strange:
        raise InputError("volume_channel_unknown", names=strange[:8], known=ids[:8])
    silent = [name for name in ids if name not in volume.channels]
    if silent:
        notes.append(Sentence("channels_without_volume", names=silent[:8], count=len(silent)))
    if volume.timezone != desk.timezone:
        volume = volume.move_to(desk.timezone)
        notes.append(volume.notes[-1])
    return volume
