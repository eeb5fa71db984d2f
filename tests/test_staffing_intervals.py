"""Intervals: offered load against differential equations, whole tables, and rows that cannot be met."""

import csv
import itertools
import json
import math
import pathlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

import staffcalc as sc

CASES = {
    row["id"]: (json.loads(row["inputs_json"]), json.loads(row["output"]))
    for row in csv.DictReader(
        (pathlib.Path(__file__).parent / "cases" / "staffing_benchmarks.csv").read_text(encoding="utf-8").splitlines()
    )
}
TARGET = {"aht_minutes": 6, "within_minutes": 1, "service_level": 0.8}


def wave(a0, b, w, start, end, step):
    """Exact counts of a rate a0 + b sin(wt) in intervals of one step, and their starts."""
    t = np.arange(round((end - start) / step)) * step + start
    return t, a0 * step + b / w * (np.cos(w * t) - np.cos(w * (t + step)))


# ------------------------------------------------------------------------------------------------------ truth: load


def test_sipp_rows_are_plain_required_agents():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "messages": rng.integers(0, 200, 50),
            "aht_minutes": rng.uniform(2, 20, 50),
            "within_minutes": rng.uniform(0, 30, 50),
            "service_level": rng.uniform(0.3, 0.99, 50),
            "max_occupancy": rng.choice([1.0, 0.8], 50),
        }
    )
    plan = sc.staff_intervals(frame, interval_minutes=30, method="sipp")
    for before, row in zip(frame.itertuples(), plan.itertuples(), strict=True):
        load = before.messages * before.aht_minutes / 30
        asked = {"aht_minutes": before.aht_minutes, "within_minutes": before.within_minutes}
        needed = sc.required_agents(
            load, service_level=before.service_level, max_occupancy=before.max_occupancy, **asked
        )
        assert row.load_erlangs == pytest.approx(load, abs=1e-12)
        assert row.agents == needed
        assert row.expected_service_level == pytest.approx(sc.service_level(needed, load, **asked), abs=1e-12)
        wait = sc.average_wait_minutes(needed, load, aht_minutes=before.aht_minutes)
        assert row.average_wait_minutes == pytest.approx(wait, rel=1e-10)
        assert row.occupancy == pytest.approx(sc.occupancy(needed, load), abs=1e-12)
        assert row.unmet == ""


def test_work_in_progress_matches_the_differential_equation():
    """m' = lambda - m/h with a rate that is constant in each interval, handle times that change, and a closed gap."""
    rng = np.random.default_rng(2)
    start = np.array([0.0, 30, 60, 90, 180, 210, 240])  # closed from 120 to 180
    count, aht = rng.uniform(5, 60, 7), np.array([12.0, 12, 40, 40, 40, 7, 7])
    frame = pd.DataFrame({"start": start, "messages": count, "aht_minutes": aht})
    keywords = {"within_minutes": 1, "service_level": 0.8, "interval_minutes": 30}
    mean = sc.staff_intervals(frame, method="mol", **keywords)["load_erlangs"]
    largest = sc.staff_intervals(frame, method="mol_max", **keywords)["load_erlangs"]
    state = count[0] / 30 * aht[0]
    for i in range(7):

        def slope(_t, y, i=i):
            return [count[i] / 30 - y[0] / aht[i], y[0] / 30]

        path = integrate.solve_ivp(slope, (0, 30), [state, 0.0], rtol=1e-11, atol=1e-12, dense_output=True)
        assert mean[i] == pytest.approx(path.y[1, -1], rel=1e-8)
        assert largest[i] == pytest.approx(path.sol(np.linspace(0, 30, 2001))[0].max(), rel=1e-8)
        gap = 0 if i == 6 else start[i + 1] - start[i] - 30
        state = path.y[0, -1] * math.exp(-gap / aht[i])


def test_lagged_load_is_the_exact_load_of_a_fixed_handle_time():
    """MOL2: with intervals of one handle time, the arrivals of the interval before are what is in progress now."""
    case, right = CASES["MOL2"]
    t, count = wave(20, 12, 2 * math.pi / 24, -24, 24, case["D"])
    frame = pd.DataFrame({"start": t * 60, "messages": count})
    plan = sc.staff_intervals(frame, method="lagged", **(TARGET | {"aht_minutes": case["D"] * 60}))
    for moment, m in zip(case["t"], right["m"], strict=True):
        assert plan["load_erlangs"][np.isclose(t, moment)].item() == pytest.approx(m, rel=1e-8)


def test_lagged_load_matches_counting_with_gaps_and_groups():
    frame = pd.DataFrame(
        {
            "queue": list("aaaabb"),
            "start": [0, 30, 60, 150, 0, 30],
            "messages": [30, 60, 90, 30, 300, 0],
            "aht_minutes": [45, 45, 45, 45, 15, 15],
        }
    )
    plan = sc.staff_intervals(frame, method="lagged", interval_minutes=30, within_minutes=1, service_level=0.8)
    # a: 1 a minute before 30, 2 to 60, 3 to 90, none to 150, 1 after; means over the interval 45 minutes earlier
    a = [1, 1, 0.5 * 1 + 0.5 * 2, 0, 10, 0.5 * 10]
    assert plan["load_erlangs"].tolist() == pytest.approx([45 * a[0], 45 * a[1], 45 * a[2], 0, 15 * 10, 15 * 5])


def test_the_oracle_of_patience_equal_to_handle_time_holds():
    """ISA1: with theta = mu the number in system is Poisson(m(t)) whatever the staffing was."""
    case, right = CASES["ISA1"]
    t, count = wave(100, 20, 1.0, -8 * math.pi, 6, 0.01)
    frame = pd.DataFrame({"messages": count})
    keywords = {"aht_minutes": 1, "within_minutes": 0.1, "service_level": 0.8, "interval_minutes": 0.01}
    load = sc.staff_intervals(frame, method="mol", **keywords)["load_erlangs"].to_numpy()
    middle = t + 0.005
    for moment, s, p in zip(case["t"], case["s"], right["p_delay"], strict=True):
        m = float(np.interp(moment, middle, load))
        assert sc.wait_probability(s, m, aht_minutes=1, patience_minutes=1) == pytest.approx(p, abs=2e-5)


def chance_of_delay(rate, agents_at, mu, start, times, top):
    """P(N(t) >= s(t)) in an M_t/M/s_t queue by the forward equations, restarted where the staffing changes."""
    n = np.arange(top + 1)

    def slope(t, p):
        lam, s = rate(t), agents_at(t)
        out = np.minimum(n, s) * mu * p
        up = lam * p
        up[-1] = 0.0
        change = -out - up
        change[1:] += up[:-1]
        change[:-1] += out[1:]
        return change

    p = np.zeros(top + 1)
    p[0] = 1.0
    seen, here = [], start
    for moment in times:
        if moment > here:
            path = integrate.solve_ivp(slope, (here, moment), p, rtol=1e-7, atol=1e-9, method="RK45", max_step=0.5)
            p, here = path.y[:, -1], moment
        seen.append(float(p[int(agents_at(moment)) :].sum()))
    return seen


def test_the_forward_equations_reproduce_a_known_transient():
    """MTMS1 checks the oracle that the next test uses."""
    case, right = CASES["MTMS1"]
    got = chance_of_delay(lambda t: 30 + 20 * math.sin(5 * t), lambda t: case["s"], 1.0, 0.0, case["t"], 160)
    assert got == pytest.approx(right["p_delay"], abs=1e-5)


@pytest.mark.parametrize(
    ("method", "low", "high"), [("sipp", 0.02, 0.79), ("mol", 0.13, 0.22), ("mol_max", 0.09, 0.18)]
)
def test_only_the_work_in_progress_keeps_the_promise_of_two_hour_handle_times(method, low, high):
    """R = 20 +- 60%, daily sinusoid, half-hour staffing for P(delay) <= .2: the sipp plan lets it swing to .79."""
    mu, w = 0.5, 2 * math.pi / 24
    _, count = wave(10, 6, w, 0, 72, 0.5)
    frame = pd.DataFrame({"messages": count})
    keywords = {"aht_minutes": 120, "within_minutes": 0, "service_level": 0.8, "interval_minutes": 30}
    plan = sc.staff_intervals(frame, method=method, **keywords)
    agents = plan["agents"].to_numpy(dtype=float)
    times = np.arange(24, 48, 0.05) + 0.001
    seen = chance_of_delay(
        lambda t: 10 + 6 * math.sin(w * t), lambda t: agents[min(int(t * 2), len(agents) - 1)], mu, 12.0, times, 110
    )
    assert min(seen) == pytest.approx(low, abs=0.03)
    assert max(seen) == pytest.approx(high, abs=0.03)
    # and it costs nothing: agent-hours of a day
    hours = agents[48:96].sum() / 2
    assert hours == pytest.approx(625 if method == "mol_max" else 612.5, abs=3)


# --------------------------------------------------------------------------------------------------- truth: day factor


@pytest.mark.parametrize(
    ("agents", "load", "within", "patience", "cv"),
    [(14, 10, 1 / 9, None, 0.25), (3, 2.2, 10, None, 0.2), (14, 10, 0.1, 2.0, 0.4), (30, 20, 96, 10.0, 1.2)],
)
def test_the_day_factor_matches_adaptive_quadrature(agents, load, within, patience, cv):
    """Share of messages: E[G SL(n; G a)] for G gamma with mean 1."""
    factor = stats.gamma(1 / cv**2, scale=cv**2)

    def busy(g):
        level = sc.service_level(agents, g * load, aht_minutes=1, within_minutes=within, patience_minutes=patience)
        return g * factor.pdf(g) * level

    turn = agents / load
    edges = [1e-12, 0.3, 0.8, turn, 1.05 * turn, 2 * turn, 2 * turn + 20]
    right = sum(integrate.quad(busy, lo, hi, limit=300)[0] for lo, hi in itertools.pairwise(edges))
    got = sc.service_level(agents, load, aht_minutes=1, within_minutes=within, patience_minutes=patience, day_cv=cv)
    assert type(got) is float
    assert got == pytest.approx(right, abs=2e-5)


def test_busy_days_need_more_agents():
    steady = sc.required_agents(20, aht_minutes=5, within_minutes=1, service_level=0.8)
    moving = sc.required_agents(20, aht_minutes=5, within_minutes=1, service_level=0.8, day_cv=0.25)
    assert type(moving) is int
    assert moving > steady
    level = {n: sc.service_level(n, 20, aht_minutes=5, within_minutes=1, day_cv=0.25) for n in (moving - 1, moving)}
    assert level[moving - 1] < 0.8 <= level[moving]
    frame = pd.DataFrame({"messages": [120.0, 0.0]})
    plan = sc.staff_intervals(frame, interval_minutes=30, method="sipp", day_cv=0.25, **(TARGET | {"aht_minutes": 5}))
    assert plan["agents"].tolist() == [moving, 0]
    assert plan["expected_service_level"].tolist() == pytest.approx([level[moving], 1.0])
    real = sc.required_agents(20, aht_minutes=5, within_minutes=1, service_level=0.8, day_cv=0.25, whole=False)
    assert moving - 1 < real <= moving


# ------------------------------------------------------------------------------------------------------------- sense


def test_rows_index_order_and_columns_are_kept():
    frame = pd.DataFrame(
        {
            "start": pd.to_datetime(["2027-01-04 10:00", "2027-01-04 09:00", "2027-01-04 09:30"]),
            "messages": [5, 50, 20],
        },
        index=["late", "first", "second"],
    )
    before = frame.copy()
    plan = sc.staff_intervals(frame, **TARGET)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(plan[frame.columns], frame)
    in_order = sc.staff_intervals(frame.sort_values("start"), **TARGET)
    assert plan.loc[in_order.index, "load_erlangs"].tolist() == in_order["load_erlangs"].tolist()
    assert plan.loc["second", "load_erlangs"] > 20 * 6 / 30


def test_series_do_not_leak_into_each_other():
    a = pd.DataFrame({"queue": "a", "start": [0, 30, 60], "messages": [10, 90, 10]})
    b = pd.DataFrame({"queue": "b", "start": [0, 30, 60], "messages": [80, 0, 5]})
    mixed = pd.concat([a, b]).sample(frac=1, random_state=3)
    for method in ("lagged", "mol", "mol_max"):
        together = sc.staff_intervals(mixed, method=method, **TARGET)
        for name, part in (("a", a), ("b", b)):
            alone = sc.staff_intervals(part, method=method, **TARGET)
            got = together[together["queue"] == name].sort_values("start")
            assert got["load_erlangs"].tolist() == pytest.approx(alone["load_erlangs"].tolist(), abs=1e-12)
    named = sc.staff_intervals(mixed.rename(columns={"queue": "team"}), by="team", **TARGET)
    assert named["agents"].tolist() == sc.staff_intervals(mixed, **TARGET)["agents"].tolist()


def test_a_clock_change_is_no_gap():
    start = pd.date_range("2027-03-28 00:00", periods=6, freq="30min", tz="Europe/Berlin")
    frame = pd.DataFrame({"start": start, "messages": [10] * 6})
    assert sc.staff_intervals(frame, **TARGET)["load_erlangs"].tolist() == pytest.approx([2.0] * 6)
    text = frame.assign(start=[str(t) for t in start.tz_convert("UTC")])
    assert sc.staff_intervals(text, **TARGET)["load_erlangs"].tolist() == pytest.approx([2.0] * 6)


def test_nights_without_messages_need_nobody():
    frame = pd.DataFrame({"messages": [60] + [0] * 5})
    plan = sc.staff_intervals(frame, interval_minutes=30, **TARGET)
    assert plan["agents"].tolist()[2:] == [1, 0, 0, 0]
    assert plan["expected_service_level"].iloc[-1] == 1
    assert plan["average_wait_minutes"].iloc[-1] == 0
    assert plan["occupancy"].iloc[-1] == 0


def test_rows_that_cannot_be_met_are_named_and_the_rest_survive():
    frame = pd.DataFrame(
        {
            "messages": [10, np.nan, -3, 10, 10, 10, 10, 10, 10, np.inf],
            "aht_minutes": [6, 6, 6, 0, 6, 6, 6, 6, 6, 6],
            "within_minutes": [1, 1, 1, 1, -1, 1, 1, 1, 0, 1],
            "service_level": [0.8, 0.8, 0.8, 0.8, 0.8, 1.0, np.nan, 0.8, 0.8, 0.8],
            "patience_minutes": [5, 5, 5, 5, 5, 5, 5, 0, 5, 5],
        }
    )
    for method in ("sipp", "lagged", "mol", "mol_max"):
        plan = sc.staff_intervals(frame, interval_minutes=30, method=method)
        assert plan["unmet"].tolist() == [
            "",
            "messages_missing",
            "messages_negative",
            "aht_invalid",
            "within_invalid",
            "service_level_certain",
            "service_level_invalid",
            "patience_invalid",
            "",
            "messages_missing",
        ]
        good = plan["unmet"] == ""
        assert plan.loc[good, "agents"].notna().all()
        assert plan.loc[~good, "agents"].isna().all()
        assert plan.loc[good, "load_erlangs"].notna().all()


def test_every_reason_has_words_in_both_languages():
    from staffcalc._words import label

    for column in ("load_erlangs", "agents", "expected_service_level", "average_wait_minutes", "occupancy", "unmet"):
        assert label(f"col_{column}") != f"col_{column}"
    for reason in ("messages_missing", "aht_invalid", "service_level_certain", "too_few_agents"):
        assert label(f"term_{reason}", "tr") != label(f"term_{reason}")


def test_too_few_people_are_named_with_what_they_reach():
    frame = pd.DataFrame({"messages": [100, 10], "most_agents": [12, 12]})
    plan = sc.staff_intervals(frame, interval_minutes=30, method="sipp", **(TARGET | {"aht_minutes": 3}))
    assert plan["unmet"].tolist() == ["too_few_agents", ""]
    assert plan["agents"].tolist()[0] == 12
    assert plan["expected_service_level"][0] == pytest.approx(sc.service_level(12, 10, aht_minutes=3, within_minutes=1))


def test_patience_as_a_column_gives_erlang_a():
    frame = pd.DataFrame({"messages": [1000.0], "patience_minutes": [2.0]})
    keywords = {"aht_minutes": 3, "within_minutes": 1 / 3, "service_level": 0.8}
    plan = sc.staff_intervals(frame, interval_minutes=30, method="sipp", **keywords)
    assert plan["agents"].item() == 96
    left = sc.abandonment(96, 100, aht_minutes=3, patience_minutes=2)
    assert plan["abandoned_share"].item() == pytest.approx(left, abs=1e-12)
    assert plan["occupancy"].item() == pytest.approx(100 * (1 - left) / 96, abs=1e-12)


@given(
    counts=st.lists(st.integers(0, 300), min_size=1, max_size=12),
    aht=st.floats(0.5, 240),
    length=st.sampled_from([15, 30, 60]),
)
def test_the_largest_load_is_never_below_the_mean_and_steady_work_is_all_one(counts, aht, length):
    frame = pd.DataFrame({"messages": counts})
    keywords = {"aht_minutes": aht, "within_minutes": 1, "service_level": 0.8, "interval_minutes": length}
    load = {m: sc.staff_intervals(frame, method=m, **keywords)["load_erlangs"] for m in ("mol", "mol_max")}
    assert (load["mol_max"] >= load["mol"] - 1e-9).all()
    flat = pd.DataFrame({"messages": [counts[0]] * 5})
    for method in ("sipp", "lagged", "mol", "mol_max"):
        steady = sc.staff_intervals(flat, method=method, **keywords)["load_erlangs"]
        assert steady.tolist() == pytest.approx([counts[0] * aht / length] * 5, rel=1e-9, abs=1e-9)


def test_half_a_million_rows_are_normal_and_equal_to_a_few():
    rng = np.random.default_rng(7)
    few = pd.DataFrame({"queue": np.repeat(np.arange(10), 50), "messages": rng.poisson(40, 500)})
    many = pd.concat([few.assign(queue=few["queue"] + 10 * i) for i in range(1000)], ignore_index=True)
    one = sc.staff_intervals(few, interval_minutes=30, **TARGET)
    all_of_them = sc.staff_intervals(many, interval_minutes=30, **TARGET)
    for column in ("agents", "load_erlangs"):
        tiled = np.tile(one[column].to_numpy(dtype=float), 1000)
        np.testing.assert_allclose(all_of_them[column].to_numpy(dtype=float), tiled, rtol=1e-12)


def test_an_empty_table_gives_an_empty_plan():
    frame = pd.DataFrame({"messages": pd.Series([], dtype=float)})
    for method in ("sipp", "lagged", "mol", "mol_max"):
        plan = sc.staff_intervals(frame, interval_minutes=30, method=method, **TARGET)
        assert (len(plan), list(plan.columns)[-1]) == (0, "unmet")


def test_rates_an_hour_do_as_well_as_counts():
    counts = pd.DataFrame({"start": [60, 0, 30], "messages": [20, 10, 40]})
    rates = pd.DataFrame({"start": [60, 0, 30], "messages_per_hour": [40, 20, 80]})
    for method in ("sipp", "mol_max"):
        one, two = (sc.staff_intervals(frame, method=method, **TARGET) for frame in (counts, rates))
        assert two["load_erlangs"].tolist() == pytest.approx(one["load_erlangs"].tolist())
    bare = sc.staff_intervals(rates[["messages_per_hour"]], method="sipp", **TARGET)
    assert bare["load_erlangs"].tolist() == pytest.approx([4, 2, 8])
    with pytest.raises(sc.InputError, match="given twice"):
        sc.staff_intervals(counts.assign(messages_per_hour=1), **TARGET)


def test_without_numba_the_message_says_what_to_install(monkeypatch):
    import sys

    from staffcalc.staffing import fast

    monkeypatch.setitem(sys.modules, "numba", None)
    fast._compiled.cache_clear()
    with pytest.raises(sc.MissingExtraError, match=r"staffcalc\[fast\]"):
        sc.required_agents([1.0, 2.0], aht_minutes=3, within_minutes=1, service_level=0.8, engine="numba")


@pytest.mark.slow
def test_numba_gives_the_same_numbers():
    pytest.importorskip("numba")
    rng = np.random.default_rng(9)
    load = 10.0 ** rng.uniform(-2, 4, 2000)
    frame = pd.DataFrame({"messages": load, "aht_minutes": rng.uniform(1, 40, 2000)})
    frame["service_level"], frame["within_minutes"] = rng.uniform(0.2, 0.99, 2000), rng.choice([0, 0.3, 5, 1440], 2000)
    for patience, most in ((None, None), (7.0, None), (None, 40), (7.0, 40)):
        for method in ("sipp", "mol_max"):
            keywords = {"interval_minutes": 30, "method": method, "patience_minutes": patience, "most_agents": most}
            slow = sc.staff_intervals(frame, **keywords)
            fast = sc.staff_intervals(frame, engine="numba", **keywords)
            assert (slow["agents"] == fast["agents"]).all()
            assert (slow["unmet"] == fast["unmet"]).all()
            for column in ("expected_service_level", "average_wait_minutes", "occupancy", "load_erlangs"):
                np.testing.assert_allclose(fast[column], slow[column], rtol=1e-10, atol=1e-12)
    keywords = {"aht_minutes": 5, "within_minutes": 1, "service_level": 0.8, "max_occupancy": 0.9}
    many = sc.required_agents(load, engine="numba", **keywords)
    assert (many == sc.required_agents(load, **keywords)).all()
    assert many.dtype == np.int64
    threads = sc.required_agents(np.tile(load, 25), engine="numba", **keywords)
    assert (threads == np.tile(many, 25)).all()


# ------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("frame", "keywords", "words"),
    [
        ({"messages": [1]}, TARGET, "interval_minutes=30"),
        ({"count": [1]}, TARGET | {"interval_minutes": 30}, "has no messages"),
        ({"messages": [1]}, {"interval_minutes": 30}, "aht_minutes, within_minutes"),
        ({"messages": [1], "aht_minutes": [3]}, TARGET | {"interval_minutes": 30}, "given twice"),
        ({"messages": [1]}, TARGET | {"interval_minutes": 30, "service_level": 80}, r"Try: service_level=0\.8"),
        ({"messages": [1], "agents": [2]}, TARGET | {"interval_minutes": 30}, "already has agents"),
        ({"messages": ["few"]}, TARGET | {"interval_minutes": 30}, "'few'"),
        ({"messages": [1, 2], "start": [0, 10]}, TARGET | {"interval_minutes": 30}, "before the interval ahead"),
        ({"messages": [1, 2], "start": ["x", "y"]}, TARGET | {"interval_minutes": 30}, "not a time"),
        ({"messages": [1, 2], "start": [0, None]}, TARGET | {"interval_minutes": 30}, "empty cell"),
        ({"messages": [1]}, TARGET | {"interval_minutes": 0}, "interval_minutes"),
        ({"messages": [1]}, TARGET | {"interval_minutes": 30, "by": "team"}, "has no team"),
        ({"messages": [1]}, TARGET | {"interval_minutes": 30, "method": "isa"}, "mol_max"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_to_try(frame, keywords, words):
    with pytest.raises(sc.InputError, match=words):
        sc.staff_intervals(pd.DataFrame(frame), **keywords)


def test_a_list_is_not_a_table():
    with pytest.raises(sc.InputError, match="not a table"):
        sc.staff_intervals([1, 2, 3], interval_minutes=30, **TARGET)


def test_every_number_of_the_guide_is_what_the_code_gives():
    import doctest

    guide = pathlib.Path(__file__).parents[1] / "docs" / "staffing_closed_forms.md"
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    found = doctest.testfile(str(guide), module_relative=False, optionflags=flags)
    assert found.attempted > 25
    assert found.failed == 0
