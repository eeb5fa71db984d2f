"""Speed of the burnout room: 20,000 draws for 50 roles, two years of 2,000 teams of eight, and overdue work."""

from __future__ import annotations

import sys
import time

import numpy as np

from staffcalc.burnout.assess import assess_burnout
from staffcalc.burnout.dynamics import TeamDesign, draw_noise, simulate_team
from staffcalc.burnout.exposure import RoleExposure
from staffcalc.burnout.plan import team_response
from staffcalc.burnout.risk import burnout_probability
from staffcalc.demand.volume import Volume
from staffcalc.inputs.desk import Desk

PROMISED_RISK = 2.0
PROMISED_TEAMS = 5.0
PROMISED_OVERDUE = 1.0


def roles(count: int) -> dict[str, RoleExposure]:
    """Return ``count`` job designs that differ in every input."""
    rng = np.random.default_rng(0)
    return {
        f"role {i}": RoleExposure(
            weekly_hours=rng.uniform(35, 60),
            utilisation=rng.uniform(0.6, 1.3),
            abusive_share=rng.uniform(0, 0.12),
            low_control_share=rng.uniform(0, 1),
            solo_share=rng.uniform(0, 1),
            duties=rng.uniform(1, 8),
            on_call_share=rng.uniform(0, 1),
            paged_nights_per_week=rng.uniform(0, 3),
            after_hours_share=rng.uniform(0, 0.5),
            quick_returns_per_year=rng.uniform(0, 60),
            leave_untaken_share=rng.uniform(0, 1),
            channels=rng.uniform(1, 12),
        )
        for i in range(count)
    }


def desk_of_eight() -> tuple[Desk, Volume]:
    """Return a desk of eight people around the week and its messages."""
    hours = ({"monday-friday": ["08:00-16:00"]}, {"wednesday-sunday": ["14:00-22:00"]})
    people = [{"id": f"p{i}", "role": f"r{i % 2}", "working_hours": hours[i % 2]} for i in range(8)]
    channels = [{"id": name, "aht_minutes": 6, "needs_reply_share": 1} for name in "abc"]
    targets = [{"id": "day", "share": 0.9, "within_hours": 24}]
    facts = {"name": "Eight", "timezone": "UTC", "people": people, "channels": channels, "targets": targets}
    volume = Volume(
        channels=("a", "b", "c"), timezone="UTC", profile=np.full((168, 3), 4.0), day_cv=0.2, week_cv=0.1, level_sd=0.05
    )
    return Desk.model_validate(facts), volume


def main() -> None:
    """Print all times and fail where one is above its promise."""
    burnout_probability(roles(1), draws=100)  # load the tables
    start = time.perf_counter()
    burnout_probability(roles(50), draws=20_000)
    risk = time.perf_counter() - start
    team = TeamDesign(
        seats=8, load=0.95, abusive_share=0.03, low_control_share=0.4, solo_share=0.2, duties=4, on_call=1,
        paged_nights_per_week=2, after_hours_share=0.15, channels=5,
    )  # fmt: skip
    desk, volume = desk_of_eight()
    assess_burnout(desk, None, draws=200)
    start = time.perf_counter()
    simulate_team(team, weeks=104, noise=draw_noise(runs=2000, seed=0), response=team_response(desk, volume))
    teams = time.perf_counter() - start
    start = time.perf_counter()
    assess_burnout(desk, volume, draws=200)
    overdue = time.perf_counter() - start
    print(f"20,000 draws for 50 roles          {risk:6.2f} s  (promised: {PROMISED_RISK} s)")
    print(f"two years of 2,000 teams of eight  {teams:6.2f} s  (promised: {PROMISED_TEAMS} s)")
    print(f"a year of overdue work of a desk   {overdue:6.2f} s  (promised: {PROMISED_OVERDUE} s)")
    if risk > PROMISED_RISK or teams > PROMISED_TEAMS or overdue > PROMISED_OVERDUE:
        sys.exit("slower than promised")


if __name__ == "__main__":
    main()
