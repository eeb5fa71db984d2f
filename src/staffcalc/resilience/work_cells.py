"""The work of a desk as cells with load, and its people as capacity: what a loss has to be measured against."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.demand.workload import size_workload
from staffcalc.inputs.people import DUTIES
from staffcalc.reference.lookup import figure
from staffcalc.staffing.contract import contract_of

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.channels import Channel
    from staffcalc.inputs.desk import Desk

COMMUNITY = "community"


@dataclasses.dataclass(frozen=True, kw_only=True)
class WorkCells:
    """
    Work, who can do it, and how much each can do.

    Parameters
    ----------
    holders : dict of str to frozenset of str
        People who can do the work of each cell: ``channel`` or ``channel · language``, and the codes of the duties.
    load : dict of str to float
        Work of each cell. [hour/week]
    capacity : dict of str to float
        Work each person can do, over a whole year, after absence, meetings and breaks. [hour/week]
    within_hours : dict of str to float
        Response target of the cells that have one. [hour]
    absence : float
        Share of the time that a person is away. [share]
    notes : tuple of Sentence
        Doubts.
    assumptions : tuple of Assumption
        What was assumed or given.
    """

    holders: dict[str, frozenset[str]]
    load: dict[str, float]
    capacity: dict[str, float]
    within_hours: dict[str, float]
    absence: float
    notes: tuple[Sentence, ...]
    assumptions: tuple[Assumption, ...]


def work_cells(desk: Desk, volume: Volume | None = None) -> WorkCells:
    """
    Return the work of a desk by channel, language and duty, with its holders and their capacity.

    Parameters
    ----------
    desk : Desk
        The team, its channels and duties.
    volume : Volume, optional
        Messages; without it answering counts no hours.

    Notes
    -----
    Channel hours are messages x share that needs a reply x handle time, scaled to the hours of community management in
    the ledger, so that escalations and reopenings are in. The languages of a channel share its work equally: nobody
    counts them. Capacity is the contract less absence, meetings and breaks; the cap on occupancy is not taken off, so
    what is left undone here is left undone even at full stretch.
    """
    work = size_workload(desk, volume)
    contract, rows = contract_of(desk)
    team = desk.team()
    holders: dict[str, frozenset[str]] = {}
    load: dict[str, float] = {}
    within: dict[str, float] = {}
    raw = {channel.id: _raw_hours(channel, volume) for channel in desk.channels}
    scale = work.hours_by_duty[COMMUNITY] / total if (total := sum(raw.values())) > 0 else 0.0
    several = []
    for channel in desk.channels:
        languages = channel.languages or ("",)
        if len(languages) > 1:
            several.append(channel.id)
        for language in languages:
            name = f"{channel.id} · {language}" if len(languages) > 1 else channel.id
            holders[name] = frozenset(
                person.id
                for person in team
                if (person.channels == "all" or channel.id in person.channels)
                and (not language or not person.languages or language in person.languages)
            )
            load[name] = raw[channel.id] * scale / len(languages)
            within[name] = _calendar_hours(desk, channel)
    for duty in DUTIES:
        if duty != COMMUNITY and work.hours_by_duty[duty] > 0:
            holders[duty] = frozenset(person.id for person in desk.holders_of_duty(duty))
            load[duty] = work.hours_by_duty[duty]
    share = (1 - contract.absence) * contract.at_work
    capacity = {
        person.id: (person.contract_hours_per_week or contract.contract_hours_per_week) * share for person in team
    }
    notes = list(work.notes)
    if several:
        notes.append(Sentence("languages_shared_equally", count=len(several)))
    return WorkCells(
        holders=holders,
        load=load,
        capacity=capacity,
        within_hours=within,
        absence=contract.absence,
        notes=tuple(notes),
        assumptions=(*work.assumptions, *rows),
    )


def _calendar_hours(desk: Desk, channel: Channel) -> float:
    """Return the response target of a channel on the calendar clock, opening hours stretched to the week. [hour]"""
    if not desk.targets:
        return figure("reply_within_hours_without_target").value
    target = desk.target_of(channel)
    if target.clock == "business" and desk.calendar.open is not None and desk.calendar.open.hours_per_week > 0:
        return target.within * 168 / desk.calendar.open.hours_per_week
    return target.within


def _raw_hours(channel: Channel, volume: Volume | None) -> float:
    """Return the hours a week of answering one channel, before escalations and reopenings."""
    if volume is None or channel.id not in volume.channels:
        return 0.0
    messages = float(volume.profile[:, volume.channels.index(channel.id)].sum())
    share = channel.needs_reply_share
    minutes = channel.aht_minutes
    needed = share.typical if share is not None else figure("share_of_inbound_needing_reply").value
    handling = minutes.typical if minutes is not None else figure("aht_social_message").value
    return messages * needed * handling / 60 / (channel.concurrency or 1.0)
