"""What each role of a desk is exposed to, computed from the other rooms and never asked twice."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from staffcalc.burnout.exposure import RoleExposure
from staffcalc.coverage.hours import on_call_week, working_week
from staffcalc.inputs.people import DUTIES
from staffcalc.reference.lookup import figure
from staffcalc.staffing.contract import Contract, contract_of
from staffcalc.staffing.headcount import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from staffcalc.demand.volume import Volume
    from staffcalc.inputs.desk import Desk
    from staffcalc.inputs.people import Person

Floats = NDArray[np.float64]

SLOTS_PER_HOUR = 4
_SLOTS = 168 * SLOTS_PER_HOUR


class Origin(NamedTuple):
    """Where one exposure of one role comes from: ``desk`` as given, ``computed`` from other answers, or ``average``."""

    role: str
    field: str
    value: float | None
    origin: str
    basis: str


@dataclasses.dataclass(frozen=True)
class RoleStrain:
    """One role: its seats, its exposure and where that comes from, and the part of it that is fact and not estimate."""

    role: str
    seats: int
    exposure: RoleExposure
    facts: RoleExposure
    origins: tuple[Origin, ...]
    single_holder_duties: tuple[str, ...]


def role_strains(desk: Desk, volume: Volume | None, *, hours_by_duty: Mapping[str, float]) -> tuple[RoleStrain, ...]:
    """
    Return the exposure of each role of a desk.

    Parameters
    ----------
    desk : Desk
        The team.
    volume : Volume, optional
        Messages; without it the after-hours share stays unknown.
    hours_by_duty : mapping
        Work of each duty. [hours per week]

    Returns
    -------
    tuple of RoleStrain
        One a role, in the order of the desk.

    Notes
    -----
    Work goes where there is room among those who may do it (least squares of utilisation), so utilisation is a lower
    bound. A second person counts as reachable if someone else of the team is scheduled and not away. After-hours
    messages are those that arrive in cover hours with nobody scheduled. Nights and rests broken by pages are shared
    equally by those on call.
    """
    team = desk.team()
    contract, _ = contract_of(desk)
    capacity = np.array([_contract_hours(person, contract) for person in team]) * _productive_part(contract)
    load = level_load(desk, team, volume, hours_by_duty, capacity)
    at_work = np.array([_slots(desk, person) for person in team])
    roles = list(dict.fromkeys(person.role for person in team))
    return tuple(_role(desk, volume, contract, role, team, capacity, load, at_work, hours_by_duty) for role in roles)


def _role(
    desk: Desk,
    volume: Volume | None,
    contract: Contract,
    role: str,
    team: Sequence[Person],
    capacity: Floats,
    load: Floats,
    at_work: Floats,
    hours_by_duty: Mapping[str, float],
) -> RoleStrain:
    members = [i for i, person in enumerate(team) if person.role == role]
    people = [team[i] for i in members]
    known: dict[str, tuple[float | None, str, str]] = {}
    busy = float(load[members].sum() / capacity[members].sum()) if capacity[members].sum() > 0 else None
    hours = float(np.mean([_contract_hours(person, contract) for person in people]))
    if busy is not None:
        stretch = min(max(busy, 1.0), figure("stretch_capacity").value)
        known["utilisation"] = min(busy, 20.0), "computed", "workload_over_capacity"
        known["weekly_hours"] = min(hours * stretch, 100.0), "computed", "contract_stretched_by_load"
    answers = any(_carries(person, "community") for person in people)
    community = desk.duties.community
    if not answers:
        known["abusive_share"] = 0.0, "computed", "answers_no_messages"
        known["after_hours_share"] = 0.0, "computed", "answers_no_messages"
    else:
        if community is not None and community.abusive_share is not None:
            known["abusive_share"] = community.abusive_share, "desk", "duties_community"
        outside = after_hours_share(desk, volume, at_work)
        if outside is not None:
            on_duty = any(person.on_call for person in people) or not any(person.on_call for person in team)
            known["after_hours_share"] = outside * on_duty, "computed", "messages_with_nobody_scheduled"
    if community is not None and community.low_control_share is not None:
        known["low_control_share"] = community.low_control_share, "desk", "duties_community"
    known["solo_share"] = _alone(at_work, members, contract.absence), "computed", "working_hours_and_absence"
    active = [duty for duty in DUTIES if duty != "on_call" and hours_by_duty.get(duty, 0) > 0]
    counts = [sum(_carries(person, duty) for duty in active) for person in people]
    known["duties"] = max(1.0, float(np.mean(counts))), "computed", "duties_with_work"
    share, nights = _on_call(desk, team, people)
    known["on_call_share"] = share, "computed", "rotation_of_the_desk"
    if nights is not None:
        known["paged_nights_per_week"] = nights, "computed", "paged_nights_over_rotation"
    returns = float(np.mean([_short_rests(desk, person) for person in people])) * WEEKS_PER_YEAR
    facts = RoleExposure(weekly_hours=hours, on_call_share=share, quick_returns_per_year=min(returns, 366.0))
    if nights is not None:
        returns += nights * figure("burnout_quick_returns_per_paged_night").value
    known["quick_returns_per_year"] = min(returns, 366.0), "computed", "rests_between_working_days"
    if desk.absence.leave_untaken_share is not None:
        known["leave_untaken_share"] = desk.absence.leave_untaken_share, "desk", "absence"
    if answers and desk.channels:
        total = len(desk.channels)
        counts = [total if person.channels == "all" else len(person.channels) for person in people]
        known["channels"] = float(np.mean(counts)), "computed", "channels_of_the_role"
    origins = tuple(
        Origin(role, field, *known[field]) if field in known else Origin(role, field, None, "average", "reference")
        for field in RoleExposure.model_fields
        if field in known or field in _FIELDS
    )
    singles = tuple(
        duty for duty in active if len(desk.holders_of_duty(duty)) == 1 and desk.holders_of_duty(duty)[0].role == role
    )
    exposure = RoleExposure(**{field: value for field, (value, _, _) in known.items()})
    return RoleStrain(role, len(members), exposure, facts, origins, singles)


_FIELDS = tuple(
    field
    for field in RoleExposure.model_fields
    if field not in ("effort_reward_imbalance", "low_justice", "long_shift_share", "backlog_ratio")
)


def level_load(
    desk: Desk,
    team: Sequence[Person],
    volume: Volume | None,
    hours_by_duty: Mapping[str, float],
    capacity: Floats,
) -> Floats:
    """
    Spread the work over the people who may do it, as evenly as their duties and channels allow.

    Returns
    -------
    array
        Hours a week by person of ``team``. [hours per week]

    Notes
    -----
    Minimises the sum of ``load ** 2 / capacity`` by pouring one task after the other until nothing moves. Work that
    nobody carries is left out.
    """
    tasks: list[tuple[float, list[int]]] = []
    for duty, hours in hours_by_duty.items():
        carriers = [i for i, person in enumerate(team) if _carries(person, duty)]
        if duty == "community" and volume is not None and desk.channels:
            for channel, part in _channel_parts(desk, volume).items():
                able = [i for i in carriers if team[i].channels == "all" or channel in team[i].channels]
                tasks.append((hours * part, able))
        else:
            tasks.append((hours, carriers))
    tasks = [(hours, able) for hours, able in tasks if hours > 0 and able]
    given = np.zeros((len(tasks), len(team)))
    load = np.zeros(len(team))
    for _ in range(_ROUNDS):
        moved = 0.0
        for t, (hours, able) in enumerate(tasks):
            others = load[able] - given[t, able]
            pour = _pour(hours, others, capacity[able])
            moved = max(moved, float(np.abs(pour - given[t, able]).max()))
            load[able] = others + pour
            given[t, able] = pour
        if moved < _STILL:
            break
    return load


_ROUNDS, _STILL = 200, 1e-6


def _pour(hours: float, others: Floats, capacity: Floats) -> Floats:
    """Fill the emptiest first until ``hours`` are gone: a common utilisation level above what others already take."""
    level = others / capacity
    order = np.argsort(level)
    room = np.cumsum(capacity[order]) * level[order] - np.cumsum(others[order])
    k = int(np.searchsorted(room, hours, side="left"))
    height = (hours + others[order][:k].sum()) / capacity[order][:k].sum()
    return np.asarray(np.maximum(height * capacity - others, 0.0), dtype=float)


def _channel_parts(desk: Desk, volume: Volume) -> dict[str, float]:
    """Share of the answering work that falls on each channel, by messages, need of reply and handle time."""
    weekly = volume.weekly_profile.sum()
    work = {}
    for channel in desk.channels:
        need = channel.needs_reply_share.typical if channel.needs_reply_share else 1.0
        minutes = channel.aht_minutes.typical if channel.aht_minutes else figure("aht_social_message").value
        work[channel.id] = float(weekly.get(channel.id, 0.0)) * need * minutes / (channel.concurrency or 1.0)
    total = sum(work.values())
    if total <= 0:
        return {channel: 1 / len(work) for channel in work}
    return {channel: part / total for channel, part in work.items()}


def _carries(person: Person, duty: str) -> bool:
    if duty == "on_call":
        return person.on_call
    return person.duties == "all" or duty in person.duties


def _contract_hours(person: Person, contract: Contract) -> float:
    return person.contract_hours_per_week or contract.contract_hours_per_week


def _productive_part(contract: Contract) -> float:
    return contract.productive_hours / WEEKS_PER_YEAR / contract.contract_hours_per_week


def _slots(desk: Desk, person: Person) -> Floats:
    """Share of each quarter of an hour of the desk's week in which a person is scheduled."""
    noon = dt.datetime.combine(desk.today, dt.time(12), tzinfo=dt.UTC)
    zones = (desk.timezone, desk.timezone_of(person))
    here, there = (noon.astimezone(ZoneInfo(zone)).utcoffset() or dt.timedelta() for zone in zones)
    shift = round((here - there).total_seconds() / 3600 * SLOTS_PER_HOUR)
    return np.asarray(np.roll(np.array(working_week(desk, person).slots(SLOTS_PER_HOUR)), shift), dtype=float)


def _alone(at_work: Floats, members: Sequence[int], absence: float) -> float:
    """Share of the scheduled hours of a role in which everybody else is absent or not scheduled."""
    alone = held = 0.0
    log_away = np.log1p(-np.minimum(at_work, 1.0) * (1 - absence)) if absence > 0 else None
    for i in members:
        if log_away is None:
            nobody = np.prod(1 - np.delete(at_work, i, axis=0), axis=0)
        else:
            nobody = np.exp(log_away.sum(axis=0) - log_away[i])
        alone += float((at_work[i] * nobody).sum())
        held += float(at_work[i].sum())
    return min(1.0, alone / held) if held > 0 else 1.0


def after_hours_share(desk: Desk, volume: Volume | None, at_work: Floats) -> float | None:
    """
    Return the share of messages that arrive in cover or standby hours with nobody scheduled; None where not known.

    Notes
    -----
    Without cover hours and without standby nobody handles messages outside the schedule, which is zero only if the
    team says so; it stays unknown.
    """
    if volume is None or volume.profile.sum() <= 0:
        return None
    asked = np.zeros(_SLOTS)
    if desk.calendar.cover is not None:
        asked = np.array(desk.calendar.cover.slots(SLOTS_PER_HOUR))
    elif desk.on_call is not None:
        asked = np.array(on_call_week(desk).slots(SLOTS_PER_HOUR))
    else:
        return None
    local = volume.move_to(desk.timezone)
    arriving = np.repeat(local.profile.sum(axis=1), SLOTS_PER_HOUR)
    present = np.minimum(at_work.sum(axis=0), 1.0)
    return float((arriving * asked * (1 - present)).sum() / arriving.sum())


def _on_call(desk: Desk, team: Sequence[Person], people: Sequence[Person]) -> tuple[float, float | None]:
    """Return the share of weeks on call and the broken nights a week of one person of a role."""
    rota = [person for person in team if person.on_call]
    if desk.on_call is None or not rota:
        return 0.0, 0.0
    part = sum(person.on_call for person in people) / len(people)
    share = min(1.0, (desk.on_call.roles or figure("default_roles").value) / len(rota)) * part
    nights = desk.on_call.paged_nights_per_week
    if nights is None:
        incidents = desk.on_call.incidents_per_week
        if incidents is None:
            return share, None
        nights = 7 * (1 - float(np.exp(-incidents.typical * _night_part(desk) / 7)))
    return share, min(7.0, nights / len(rota) * part)


def _night_part(desk: Desk) -> float:
    """Share of the standby hours that lies in the night."""
    standby = np.array(on_call_week(desk).slots(SLOTS_PER_HOUR)).reshape(7, 24, SLOTS_PER_HOUR).sum(axis=(0, 2))
    start, end = int(figure("burnout_night_start").value), int(figure("burnout_night_end").value)
    night = [hour for hour in range(24) if hour >= start or hour < end]
    return float(standby[night].sum() / standby.sum()) if standby.sum() > 0 else 0.0


def _short_rests(desk: Desk, person: Person) -> int:
    """Return how many rests of a scheduled week are shorter than the daily rest of the directive."""
    return sum(
        rest < figure("wtd_daily_rest_hours_min").value for rest in weekly_rests(working_week(desk, person).spans)
    )


def weekly_rests(spans: Sequence[tuple[int, int]]) -> list[float]:
    """
    Return the rests between the working days of a week that repeats; shorter pauses count as breaks. [hours]

    Examples
    --------
    >>> weekly_rests([(9 * 60, 12 * 60), (13 * 60, 22 * 60), (31 * 60, 39 * 60)])
    [9.0, 138.0]
    """
    gaps = [
        (spans[(i + 1) % len(spans)][0] - end + (7 * 24 * 60 if i + 1 == len(spans) else 0)) / 60
        for i, (_, end) in enumerate(spans)
    ]
    return [gap for gap in gaps if gap >= figure("burnout_rest_not_break_hours").value]
