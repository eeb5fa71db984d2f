"""The message simulation against exact queues, another simulator, and the backlog model."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import ciw
import numpy as np
import pytest
from numpy.typing import NDArray
from test_staffing_need import make_desk, make_volume

import staffcalc as sc
from staffcalc.staffing.messages import Crew, Messages, Outcome, serve_messages

CASES = {
    row["id"]: (json.loads(row["inputs_json"]), json.loads(row["output"]))
    for row in csv.DictReader(
        (Path(__file__).parent / "cases" / "message_queues.csv").read_text(encoding="utf-8").splitlines()
    )
}


def crew(heads: float, skills: tuple[int, ...] | None = None) -> Crew:
    return Crew(times=np.array([0.0]), heads=np.array([heads]), skills=skills)


def poisson(
    rate: float,
    mean: float,
    *,
    cv: float = 1.0,
    patience: float = math.inf,
    kind: int = 0,
    seed: int,
    count: int = 60_000,
) -> Messages:
    rng = np.random.default_rng(seed)
    arrive = np.cumsum(rng.exponential(1 / rate, count))
    return Messages(
        arrive=arrive,
        kind=np.full(count, kind),
        handle=rng.exponential(mean, count) if cv else np.full(count, mean),
        patience=rng.exponential(patience, count) if math.isfinite(patience) else np.full(count, math.inf),
        due=arrive + 1.0,
    )


def blocks(values: NDArray[np.float64], count: int = 30) -> tuple[float, float]:
    """Mean and three standard errors from the means of consecutive blocks."""
    means = np.array([part.mean() for part in np.array_split(values[len(values) // 20 :], count)])
    return float(means.mean()), float(3 * means.std(ddof=1) / math.sqrt(count))


def waits_of(outcome: Outcome, kind: int) -> NDArray[np.float64]:
    return outcome.wait[outcome.messages.kind == kind]


def test_waiting_is_that_of_erlang_c() -> None:
    outcome = serve_messages(poisson(20, 0.25, seed=1), [crew(6)])
    mean, noise = blocks(outcome.wait * 60)
    assert mean == pytest.approx(sc.average_wait_minutes(6, 5.0, aht_minutes=15), abs=noise)
    share, noise = blocks((outcome.wait > 1e-12).astype(float))
    assert share == pytest.approx(sc.erlang_c(6, 5.0), abs=noise)


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("MD")])
def test_constant_handle_times_wait_as_in_the_published_queue(case: str) -> None:
    inputs, output = CASES[case]
    servers, length = inputs["c"], inputs["D"]
    rate = inputs["rho"] * servers / length
    outcome = serve_messages(poisson(rate, length, cv=0, seed=2), [crew(servers)])
    share, noise = blocks((outcome.wait > 1e-9).astype(float))
    assert share == pytest.approx(output["pw"], abs=noise)
    mean, noise = blocks(outcome.wait)
    assert mean == pytest.approx(output["Wq"], abs=noise)


def test_the_first_class_waits_less_as_cobham_says() -> None:
    first = poisson(8, 0.25, seed=3, count=40_000)
    second = poisson(12, 0.25, kind=1, seed=4)
    outcome = serve_messages(Messages.merge([first, second]), [crew(6)])
    base = sc.erlang_c(6, 5.0) * 0.25 / 6
    mean, noise = blocks(waits_of(outcome, 0))
    assert mean == pytest.approx(base / (1 - 2 / 6), abs=noise)
    mean, noise = blocks(waits_of(outcome, 1))
    assert mean == pytest.approx(base / ((1 - 2 / 6) * (1 - 5 / 6)), abs=noise)


def test_senders_give_up_as_in_erlang_a() -> None:
    outcome = serve_messages(poisson(20, 0.25, patience=0.2, seed=5), [crew(4)])
    gone, noise = blocks(outcome.abandoned.astype(float))
    assert gone == pytest.approx(sc.abandonment(4, 5.0, aht_minutes=15, patience_minutes=12), abs=noise)
    share, noise = blocks((outcome.wait > 1e-12).astype(float))
    assert share == pytest.approx(sc.wait_probability(4, 5.0, aht_minutes=15, patience_minutes=12), abs=noise)


def test_the_level_within_a_minute_is_that_of_the_closed_form() -> None:
    outcome = serve_messages(poisson(40, 0.2, seed=6), [crew(10)])
    level, noise = blocks((outcome.wait <= 1 / 60).astype(float))
    assert level == pytest.approx(sc.service_level(10, 8.0, aht_minutes=12, within_minutes=1), abs=noise)


def ciw_waits(network: object, hours: float) -> NDArray[np.float64]:
    ciw.seed(7)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(hours)
    records = [record for record in simulation.get_all_records() if record.record_type == "service"]
    return np.array([record.waiting_time for record in sorted(records, key=lambda record: record.arrival_date)])


def test_one_queue_with_general_handle_times_agrees_with_ciw() -> None:
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(20)],
        service_distributions=[ciw.dists.Gamma(shape=0.5, scale=0.5)],
        number_of_servers=[6],
    )
    theirs, their_noise = blocks(ciw_waits(network, 2000))
    rng = np.random.default_rng(8)
    mine = poisson(20, 0.25, seed=9)
    mine = Messages(
        arrive=mine.arrive, kind=mine.kind, handle=rng.gamma(0.5, 0.5, 60_000), patience=mine.patience, due=mine.due
    )
    ours, noise = blocks(serve_messages(mine, [crew(6)]).wait)
    assert ours == pytest.approx(theirs, abs=noise + their_noise)


def test_two_classes_with_priority_agree_with_ciw() -> None:
    network = ciw.create_network(
        arrival_distributions={"a": [ciw.dists.Exponential(8)], "b": [ciw.dists.Exponential(10)]},
        service_distributions={"a": [ciw.dists.Deterministic(0.2)], "b": [ciw.dists.Exponential(4)]},
        priority_classes={"a": 0, "b": 1},
        number_of_servers=[5],
    )
    theirs, their_noise = blocks(ciw_waits(network, 2000))
    both = Messages.merge(
        [poisson(8, 0.2, cv=0, seed=10, count=40_000), poisson(10, 0.25, kind=1, seed=11, count=50_000)]
    )
    ours, noise = blocks(serve_messages(both, [crew(5)]).wait)
    assert ours == pytest.approx(theirs, abs=noise + their_noise)


def test_opening_hours_agree_with_ciw() -> None:
    """Three people for eight hours of each day, nobody else; a message in hand is finished after closing."""
    schedule = ciw.Schedule(numbers_of_servers=[3, 0], shift_end_dates=[8, 24], preemption=False)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(5)],
        service_distributions=[ciw.dists.Exponential(6)],
        number_of_servers=[schedule],
    )
    theirs, their_noise = blocks(ciw_waits(network, 24 * 300))
    days = np.arange(600)
    shifts = Crew(times=np.sort(np.concatenate([days * 24.0, days * 24.0 + 8])), heads=np.tile([3.0, 0.0], days.size))
    ours, noise = blocks(serve_messages(poisson(5, 1 / 6, seed=12, count=36_000), [shifts]).wait)
    assert ours == pytest.approx(theirs, abs=noise + their_noise)


def test_first_come_first_served_over_classes_treats_them_alike() -> None:
    both = Messages.merge([poisson(8, 0.25, seed=13, count=40_000), poisson(12, 0.25, kind=1, seed=14)])
    outcome = serve_messages(both, [crew(6)], policy="fifo")
    first, noise_first = blocks(waits_of(outcome, 0))
    second, noise_second = blocks(waits_of(outcome, 1))
    assert first == pytest.approx(second, abs=noise_first + noise_second)
    assert (np.diff(outcome.start[:90_000]) >= -1e-9).all()


def test_earliest_due_goes_first() -> None:
    late = Messages(
        arrive=np.array([0.0, 0.1, 0.2]), kind=np.array([0, 0, 1]), handle=np.ones(3), patience=np.full(3, np.inf),
        due=np.array([9.0, 9.1, 2.0]),
    )  # fmt: skip
    assert serve_messages(late, [crew(1)], policy="edf").start.tolist() == [0.0, 2.0, 1.0]
    assert serve_messages(late, [crew(1)], policy="fifo").start.tolist() == [0.0, 1.0, 2.0]


def test_people_answer_only_what_they_can() -> None:
    both = Messages(
        arrive=np.zeros(4), kind=np.array([0, 0, 1, 1]), handle=np.ones(4), patience=np.full(4, np.inf), due=np.ones(4)
    )
    outcome = serve_messages(both, [crew(1, skills=(0,)), crew(1, skills=(0, 1))])
    assert sorted(outcome.start[:2]) == [0.0, 0.0]
    assert outcome.start[2:].tolist() == [1.0, 2.0]


def test_a_message_in_hand_is_finished_after_the_shift_and_none_is_begun() -> None:
    shift = Crew(times=np.array([0.0, 1.0, 5.0]), heads=np.array([1.0, 0.0, 1.0]))
    two = Messages(
        arrive=np.array([0.5, 0.6]), kind=np.zeros(2, dtype=int), handle=np.ones(2), patience=np.full(2, np.inf),
        due=np.ones(2),
    )  # fmt: skip
    outcome = serve_messages(two, [shift])
    assert outcome.finish.tolist() == [1.5, 6.0]


def test_parked_work_makes_room_and_is_taken_up_again() -> None:
    mixed = Messages(
        arrive=np.array([0.0, 0.5]), kind=np.array([1, 0]), handle=np.array([2.0, 1.0]), patience=np.full(2, np.inf),
        due=np.full(2, 9.0),
    )  # fmt: skip
    outcome = serve_messages(mixed, [crew(1)], parkable=(1,), urgent=(0,))
    assert outcome.start.tolist() == [0.0, 0.5]
    assert outcome.finish.tolist() == [3.0, 1.5]
    waiting = serve_messages(mixed, [crew(1)])
    assert waiting.start.tolist() == [0.0, 2.0]


def test_two_chats_share_one_agent() -> None:
    chats = Messages(
        arrive=np.zeros(3), kind=np.zeros(3, dtype=int), handle=np.ones(3), patience=np.full(3, np.inf), due=np.ones(3)
    )
    assert serve_messages(chats, [crew(1)], per_agent=[2.0]).start.tolist() == [0.0, 0.0, 1.0]


def test_late_answers_bring_more_messages() -> None:
    late = poisson(20, 0.25, seed=15, count=5_000)
    quiet = serve_messages(late, [crew(5)])
    loud = serve_messages(late, [crew(5)], repeat_share=0.5, repeat_hours=0.5, seed=1)
    assert len(loud.wait) > len(quiet.wait) == 5_000
    assert loud.wait[:5_000].mean() > quiet.wait.mean()


def test_messages_out_of_order_are_refused() -> None:
    both = Messages(
        arrive=np.array([1.0, 0.0]), kind=np.zeros(2, dtype=int), handle=np.ones(2), patience=np.ones(2), due=np.ones(2)
    )
    with pytest.raises(sc.InputError, match="order"):
        serve_messages(both, [crew(1)])
    with pytest.raises(sc.InputError, match="policy"):
        serve_messages(both, [crew(1)], policy="random")


def test_message_by_message_the_desk_gives_what_the_backlog_model_says() -> None:
    desk, volume = make_desk(), make_volume()
    need = sc.staff(desk, volume, seed=0, replications=60)
    flow = sc.simulate(desk, volume, need, seed=5)
    single = sc.simulate(desk, volume, need, fte=need.fte, engine="messages", seed=6, weeks=14, replications=20)
    half = (flow.ci_high - flow.ci_low + single.ci_high - single.ci_low) / 2
    assert single.service_level == pytest.approx(flow.service_level, abs=half + 0.02)
    assert single.engine == "messages"


def test_whole_people_on_their_tours_keep_the_promise() -> None:
    desk, volume = make_desk(), make_volume(600)
    need = sc.staff(desk, volume, seed=0, replications=40)
    whole = sc.simulate(desk, volume, need, engine="messages", seed=6, weeks=20, replications=8)
    assert whole.service_level > 0.9
    assert whole.reply_hours["share"].is_monotonic_increasing


def test_a_chat_is_answered_at_once_while_other_work_is_parked() -> None:
    desk = make_desk(
        targets=[
            {"id": "standard", "share": 0.9, "within_hours": 24},
            {"id": "chat", "share": 0.8, "within_minutes": 1, "clock": "business"},
        ],
        channels=[
            {"id": "a", "aht_minutes": 4, "needs_reply_share": 1},
            {"id": "chat", "aht_minutes": 12, "needs_reply_share": 1, "target": "chat"},
        ],
        calendar={"open": "24/7"},
    )
    volume = make_volume({"a": 1000, "chat": 400}, day_cv=0.0)
    need = sc.staff(desk, volume, seed=0, replications=20)
    single = sc.simulate(desk, volume, need, engine="messages", seed=6, weeks=8, replications=6)
    levels = single.levels.set_index("target")["service_level"]
    assert levels["chat"] > 0.8
    assert levels["standard"] > 0.9
