"""What each rule of on-call work asks for: the facts of a desk with their log, people by rule, incidents of a shift."""

from __future__ import annotations

import math

from staffcalc._result import Assumption
from staffcalc.coverage.hours import on_call_week
from staffcalc.coverage.oncall_rules import more_incidents_than, standby_rota_size
from staffcalc.coverage.presets import preset_of, rest_preset
from staffcalc.inputs.calendars import WeekHours
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.duties import OnCall
from staffcalc.reference.lookup import figure
from staffcalc.staffing.headcount import absence_share, cover_fte, rotation_size

_TIE = 1e-9


class Facts:
    """The facts of a desk about on call, each either given or taken from the reference tables, and logged."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.setup = desk, desk.on_call or OnCall()
        self.rows: list[Assumption] = []
        self.cover = desk.calendar.cover or desk.calendar.open or WeekHours(spans=())
        self.standby = on_call_week(desk if desk.on_call else desk.model_copy(update={"on_call": OnCall()}))
        self.roles = self.of("default_roles", "on_call.roles", self.setup.roles)
        self.max_fraction = self.of("default_max_fraction", "on_call.max_fraction", self.setup.max_fraction)
        self.overlap = self.of("default_overlap", "on_call.overlap_minutes", self.setup.overlap_minutes)
        self.shift_hours = self.of("workbook_shift_hours_max", "on_call.shift_hours", self.setup.shift_hours)
        self.counted = self.of("default_counted_share", "on_call.counted_share", self.setup.counted_share)
        away = desk.absence
        self.contract = self.of(
            "contract_hours_per_week", "absence.contract_hours_per_week", away.contract_hours_per_week
        )
        self.days = {
            name: self.of(name, f"absence.{name}", getattr(away, name))
            for name in ("leave_days", "holiday_days", "sick_days", "training_days")
        }
        if away.days_per_week is not None:
            self.days["days_per_week"] = self.of("", "absence.days_per_week", away.days_per_week, "day/week")
        self.shares = {
            name: self.of(name, f"absence.{name}", getattr(away, name))
            for name in ("meetings_share", "paid_breaks_share")
        }
        self.absence = absence_share(**self.days)

    def of(self, name: str, field: str = "", value: float | None = None, unit: str = "") -> float:
        """Return a given value, or the figure of that name, and log which."""
        if value is not None:
            self.given(field, float(value), unit or figure(name).unit)
            return float(value)
        self.rows.append(figure(name).assumption())
        return figure(name).value

    def given(self, field: str, value: float | None, unit: str) -> float | None:
        """Log a value that the client gave."""
        if value is not None:
            self.rows.append(Assumption(field, value, unit=unit))
        return value


def standby_terms(facts: Facts, *, sites: int) -> tuple[list[dict[str, object]], int, str]:
    """Return the people that each rule of a standby rotation asks for, the headcount, and the rule that decides."""
    setup, several = facts.setup, sites > 1
    mass = facts.of(
        "default_min_critical_mass_multisite" if several else "default_critical_mass",
        "on_call.critical_mass",
        setup.critical_mass,
    )
    buffer = facts.of("default_buffer" if several else "default_single_site_buffer", "on_call.buffer", setup.buffer)
    if not facts.standby.spans or not facts.roles:
        return [], 0, "not_asked"
    people = {
        "on_call_share": sites
        * rotation_size(facts.roles / sites, max_fraction=facts.max_fraction, absence=facts.absence),
        "critical_mass": sites * math.ceil(mass - _TIE),
    }
    if facts.counted:
        preset = rest_preset(preset_of(facts.desk.calendar.country))
        cap = preset.get("week_hours_avg_max") or preset.get("week_hours_max")
        if cap is not None and cap.value is not None:
            facts.rows.append(
                Assumption(
                    f"{preset.name}.{cap.rule}",
                    cap.value,
                    unit=cap.unit,
                    source=cap.source,
                    status=cap.status,
                    note=cap.note,
                )
            )
            hours = facts.standby.hours_per_week * facts.roles
            people["standby_hours"] = standby_rota_size(
                hours, counted_share=facts.counted, base_hours=facts.contract, cap_hours=cap.value
            )
    binding = max(people, key=lambda rule: people[rule])
    rows: list[dict[str, object]] = [
        {"need": "standby", "rule": rule, "people": count, "binds": rule == binding}
        for rule, count in people.items()
        if count
    ]
    spare = sites * math.ceil(buffer - _TIE)
    if spare:
        rows.append({"need": "standby", "rule": "buffer", "people": spare, "binds": False})
    return rows, people[binding] + spare, binding


def seat_terms(facts: Facts, days: float) -> tuple[list[dict[str, object]], int, str]:
    """Return the people that each rule of a staffed seat asks for, the headcount, and the rule that decides."""
    hours, seats = facts.cover.hours_per_week, facts.desk.calendar.seats
    if not hours or not seats:
        return [], 0, "not_asked"
    working_day = facts.contract / facts.days.get("days_per_week", 5)
    shifts = max(1, math.ceil(hours / days / working_day - _TIE))
    fte = cover_fte(
        seats,
        hours_per_week=hours,
        shifts_per_day=shifts,
        overlap_minutes=facts.overlap,
        cover_days_per_week=days,
        contract_hours_per_week=facts.contract,
        **facts.days,
        **facts.shares,
    )
    people = {
        "productive_hours": math.ceil(fte - _TIE),
        "contract_week": math.ceil(seats * hours / facts.contract - _TIE),
    }
    binding = max(people, key=lambda rule: people[rule])
    rows: list[dict[str, object]] = [
        {"need": "seat", "rule": rule, "people": count, "binds": rule == binding} for rule, count in people.items()
    ]
    return rows, people[binding], binding


def incidents(facts: Facts) -> tuple[float | None, float | None, float | None]:
    """Return the probability of a bad shift without and with bursts, and the mean incidents of a shift."""
    weekly, hours = facts.setup.incidents_per_week, facts.standby.hours_per_week
    if weekly is None or not hours:
        return None, None, None
    facts.rows.append(
        Assumption("on_call.incidents_per_week", weekly.typical, weekly.low, weekly.high, "incident/week")
    )
    most = int(facts.of("sre_incidents_per_12h_shift_max"))
    ratio = facts.of(
        "default_incident_overdispersion", "on_call.incident_variance_ratio", facts.setup.incident_variance_ratio
    )
    mean = weekly.typical * min(facts.shift_hours, hours) / hours
    steady = more_incidents_than(most, mean=mean)
    return steady, more_incidents_than(most, mean=mean, variance_ratio=max(1.0, ratio)), mean
