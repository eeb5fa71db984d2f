"""Who goes first: what each order costs, what triage hides, and that both engines agree."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from test_staffing_need import make_desk, make_volume

import staffcalc as sc
from staffcalc.staffing.buckets import serve_earliest_due
from staffcalc.staffing.messages import Crew, Messages, serve_messages
from staffcalc.staffing.simulation import Stream, draw, serve

DESK = make_desk(
    targets=[{"id": "quick", "share": 0.9, "within_hours": 10}, {"id": "standard", "share": 0.9, "within_hours": 24}],
    channels=[
        {"id": "a", "aht_minutes": 4, "needs_reply_share": 1, "target": "standard"},
        {"id": "b", "aht_minutes": 6, "needs_reply_share": 1, "target": "quick"},
    ],
    calendar={"open": {"daily": ["06:00-23:00"]}},
)
VOLUME = make_volume({"a": 600, "b": 200})


@functools.cache
def need_of(policy: str) -> sc.StaffingNeed:
    return sc.staff(DESK, VOLUME, policy=policy, replications=12, seed=0)


def test_working_in_order_of_arrival_takes_more_people_than_serving_the_short_target_first() -> None:
    assert need_of("fifo").fte > 1.02 * need_of("priority").fte
    assert need_of("fifo").policy == "fifo"


def test_triage_takes_the_fewest_people_and_says_what_they_keep_in_order_of_arrival() -> None:
    need = need_of("triage")
    assert need.fte < need_of("priority").fte
    notes = " ".join(str(note) for note in need.notes)
    assert "wait until nothing else does" in notes
    assert "only as long as late messages stay on the shelf" in notes


@pytest.mark.parametrize("policy", ["fifo", "triage"])
def test_a_simulation_follows_the_policy_of_the_plan(policy: str) -> None:
    need = need_of(policy)
    own = sc.simulate(DESK, VOLUME, need, seed=5, replications=12)
    assert own.service_level > 0.85
    other = sc.simulate(DESK, VOLUME, need, seed=5, replications=12, policy="priority")
    shares = [[part.service_level for part in found.targets] for found in (own, other)]
    assert shares[0] != shares[1]


@pytest.mark.parametrize("policy", ["fifo", "triage"])
def test_the_message_engine_keeps_about_what_the_backlog_engine_keeps(policy: str) -> None:
    need = need_of(policy)
    flow = sc.simulate(DESK, VOLUME, need, seed=5, replications=12)
    single = sc.simulate(DESK, VOLUME, need, seed=5, replications=4, weeks=12, engine="messages", fte=need.fte)
    for part, other in zip(flow.targets, single.targets, strict=True):
        assert part.target == other.target
        assert other.service_level == pytest.approx(part.service_level, abs=0.12)


def test_an_unknown_policy_is_refused_with_those_that_exist() -> None:
    with pytest.raises(sc.InputError, match="triage"):
        sc.staff(DESK, VOLUME, policy="random")


def test_other_duties_wait_behind_messages_in_order_of_arrival_too() -> None:
    """Steady work that fills the hours left over changes nothing for the messages."""
    slots = np.arange(168)
    quick = Stream(messages=np.full(168, 2.0), handle_hours=np.full(168, 0.1), handle_cv=np.ones(168), last=slots + 4)
    flow = Stream(
        messages=np.full(168, 0.1), handle_hours=np.ones(168), handle_cv=np.zeros(168), last=slots + 168, steady=True
    )
    capacity = np.full(168, 0.22)
    both = draw((quick, flow), day_cv=0.2, week_cv=0.0, replications=3, weeks=10, warm_up=4, seed=1)
    alone = serve(both, (quick, flow), capacity).on_time[0]
    assert serve(both, (quick, flow), capacity, first_in_first_out=True).on_time[0] == pytest.approx(alone)
    by_due = serve_earliest_due(both, (quick, flow), capacity).on_time
    assert by_due[0] == pytest.approx(alone, abs=1e-6)
    assert by_due[1] == pytest.approx(serve(both, (quick, flow), capacity).on_time[1], abs=1e-3)


def test_triage_keeps_the_share_of_the_closed_form_in_a_burst() -> None:
    """r hours an hour for L hours, capacity 1, limit d: (L + d) / (r L) with triage, else d / ((r - 1) L)."""
    rate, length, within = 3.0, 40, 20
    messages = np.zeros(168)
    messages[:length] = 60 * rate
    burst = Stream(
        messages=messages, handle_hours=np.full(168, 1 / 60), handle_cv=np.zeros(168), last=np.arange(168) + within
    )
    draws = draw((burst,), day_cv=0.0, week_cv=0.0, replications=4, weeks=4, warm_up=2, seed=0)
    capacity = np.ones(168)
    shelved = serve_earliest_due(draws, (burst,), capacity, shelve_late=True).on_time.mean()
    in_order = serve(draws, (burst,), capacity).on_time.mean()
    assert shelved == pytest.approx((length + within) / (rate * length), abs=0.02)
    assert in_order == pytest.approx(within / ((rate - 1) * length), abs=0.02)


def test_late_messages_are_taken_from_the_shelf_when_nothing_else_waits() -> None:
    """One agent, an hour each: the second message is late at its turn, the third is not and goes first."""
    messages = Messages(
        arrive=np.array([0.0, 0.1, 0.2]),
        kind=np.zeros(3, dtype=np.int64),
        handle=np.ones(3),
        patience=np.full(3, np.inf),
        due=np.array([5.0, 0.9, 5.0]),
    )
    crew = Crew(times=np.array([0.0]), heads=np.array([1.0]))
    assert serve_messages(messages, [crew], policy="triage").start.tolist() == [0.0, 2.0, 1.0]
    behind = Messages(
        arrive=messages.arrive, kind=np.array([1, 0, 1]), handle=messages.handle, patience=messages.patience,
        due=np.full(3, 9.0),
    )  # fmt: skip
    assert serve_messages(behind, [crew], policy="fifo", behind=[1]).start.tolist() == [0.0, 1.0, 2.0]
    later = Messages(
        arrive=messages.arrive, kind=np.array([0, 1, 0]), handle=messages.handle, patience=messages.patience,
        due=np.full(3, 9.0),
    )  # fmt: skip
    assert serve_messages(later, [crew], policy="fifo", behind=[1]).start.tolist() == [0.0, 2.0, 1.0]
