"""
Thirty-seven published worked examples, recomputed with the public functions.

Each row of ``cases/worked_examples.csv`` gives what was published and what is right. Where they agree, the library must
give the published figure; where they do not, it must give ours and the published one must fail its own target.
"""

import csv
import json
import math
import pathlib

import pytest

import staffcalc as sc

FILE = pathlib.Path(__file__).parent / "cases" / "worked_examples.csv"
ROWS = {row["id"]: row for row in csv.DictReader(FILE.read_text(encoding="utf-8").splitlines())}
WRONG = {
    "swpp-shrinkage-8030",
    "wildflower-8020",
    "pyworkforce-erlangb-table-8-0.01",
    "pyworkforce-erlangb-table-8-0.02",
    "pyworkforce-multi-0.8",
}


def load_of(given):
    """Offered load of a row, whatever units it was published in. [erlang]"""
    if "erlangs" in given:
        return given["erlangs"]
    if "calls_per_hour" in given:
        per_hour = given["calls_per_hour"]
    elif "calls_day" in given:
        per_hour = given["calls_day"] / given["spread_h"]
    else:
        minutes = given.get("period_min", given.get("interval_min", given.get("interval_s", 0) / 60))
        per_hour = given.get("calls", given.get("transactions")) * 60 / minutes
    return per_hour * aht_of(given) / 60


def aht_of(given):
    return given["aht_s"] / 60 if "aht_s" in given else given["aht_min"]


def compute(name, given):
    """Return every figure that the library can give for a row."""
    if name.startswith("pyworkforce-erlangb"):
        lines = next(n for n in range(1, 100) if sc.erlang_b(n, given["erlangs"]) <= given["max_blocking"])
        published = json.loads(ROWS[name]["published_output"])["raw"]
        return {
            "raw": lines,
            "blocking": sc.erlang_b(lines, given["erlangs"]),
            "blocking_at_published_n": sc.erlang_b(published, given["erlangs"]),
        }
    if name == "wolfram-erlangb":
        return {"blocking": sc.erlang_b(given["lines"], given["erlangs"])}
    if name == "cct-occ":
        agents = sc.required_agents(
            given["erlangs"], aht_minutes=1, within_minutes=1e6, service_level=0, max_occupancy=given["max_occupancy"]
        )
        return {"agents": agents}
    load = load_of(given)
    result = {"erlangs": load, "base": load}
    if "aht_s" in given or "aht_min" in given:
        aht = aht_of(given)
        target = given.get("sl", given.get("sl_target"))
        within = given.get("t_s", 20) / 60
        if isinstance(target, str):
            target = 0.8
        if "max_occupancy" in given or "shrinkage" in given or target is not None:
            needed = sc.required_agents(
                load,
                aht_minutes=aht,
                within_minutes=within,
                service_level=target,
                max_occupancy=given.get("max_occupancy", 1.0),
            )
            result |= {"agents_needed": needed, "raw": needed, "agents_8020": needed}
        agents = given.get("agents", result.get("raw"))
        level = sc.service_level(agents, load, aht_minutes=aht, within_minutes=within)
        wait = sc.average_wait_minutes(agents, load, aht_minutes=aht) * 60
        waiting = sc.wait_probability(agents, load, aht_minutes=aht)
        result |= {"agents": agents, "sl": level, "sl_pct": 100 * level, "sl20_pct": 100 * level, "asa_s": wait}
        result |= {"pw": waiting, "pw_pct": 100 * waiting, "delayed_pct": 100 * waiting, "delayed": waiting}
        result |= {"pw_exact": waiting, "delay_of_delayed_s": wait / waiting}
        if name == "cct-sl":  # published from a waiting probability of four digits
            result["sl"] = 1 - (1 - level) * given["pw"] / waiting
        for published in (13, 23):
            result[f"sl_at_{published}"] = sc.service_level(published, load, aht_minutes=aht, within_minutes=within)
        if "shrinkage" in given:
            spread = agents / (1 - given["shrinkage"])
            result |= {"agents_with_shrinkage": math.ceil(spread), "positions": math.ceil(spread)}
            result["with_shrinkage"] = spread if name == "cch-shrinkage-forum" else math.ceil(spread)
    if "agents" in result:
        busy = sc.occupancy(result["agents"], load)
        result |= {"occ": busy, "occ_pct": 100 * busy}
    return result


QUEUES = [
    name for name, row in ROWS.items() if "erlang" in row["kind"] or row["kind"] in ("occupancy", "workload+occupancy")
]


@pytest.mark.parametrize("name", QUEUES)
def test_a_published_queue_example_is_reproduced_or_corrected(name):
    row = ROWS[name]
    mine = compute(name, json.loads(row["inputs_json"]))
    for key, value in json.loads(row["our_reference_output"]).items():
        # the printed digits bound what can be asked
        digits = len(repr(value).partition(".")[2]) if isinstance(value, float) else 0
        slack = max(0.5000001 * 10.0**-digits, 1e-9 * abs(value)) if digits else 0.0
        assert mine[key] == pytest.approx(value, abs=slack, rel=0), key


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_published_example_fails_its_own_target(name):
    row = ROWS[name]
    assert row["agrees"].startswith("no")
    given, published = json.loads(row["inputs_json"]), json.loads(row["published_output"])
    if "max_blocking" in given:
        assert sc.erlang_b(published["raw"], given["erlangs"]) > given["max_blocking"]
        return
    agents = published.get("agents", published.get("raw"))
    reached = sc.service_level(agents, load_of(given), aht_minutes=aht_of(given), within_minutes=given["t_s"] / 60)
    assert reached < given["sl"]
    assert compute(name, given)["raw"] == agents + 1


def test_the_negative_examples_are_exactly_those_marked_no():
    assert {name for name, row in ROWS.items() if row["agrees"].startswith("no")} == WRONG


def test_published_examples_of_cover_and_rotation():
    def given(name):
        return json.loads(ROWS[name]["inputs_json"])

    rule = given("sre-25pct-rule")
    assert sc.rotation_size(rule["concurrent_roles"], max_fraction=rule["max_oncall_share"]) == 8

    relief = given("toolgrit-relief")  # 8,760 hours; the library's year has 8,766
    year = 365.25 * 24
    weekly = relief["net_h_per_employee"] / (365.25 / 7)
    nobody_away = {"leave_days": 0, "holiday_days": 0, "sick_days": 0, "training_days": 0}
    factor = sc.cover_fte(1, contract_hours_per_week=weekly, **nobody_away)
    assert factor * relief["coverage_h_year"] / year == pytest.approx(4.7351, abs=5e-5)
    assert math.ceil(factor) == 5

    hours = given("jivasoft-16x6")
    week = hours["hours_day"] * hours["days"]
    assert week == 96
    assert sc.cover_fte(1, hours_per_week=week, contract_hours_per_week=40, **nobody_away) == pytest.approx(2.4)

    days = given("cch-shrinkage-days")
    away = sc.absence_share(
        leave_days=days["shrinkage_days"],
        holiday_days=0,
        sick_days=0,
        training_days=0,
        days_per_week=days["working_days"] / (365.25 / 7),
    )
    assert 100 * away == pytest.approx(29.09, abs=0.005)


def test_published_throughput_examples_are_plain_arithmetic():
    """No queue is in these figures: they are hours of work divided by hours of people, which is where they mislead."""
    found = {}
    for name in ("cch-doc-indexing", "zendesk-messaging", "ccplanning-chat", "elysiate-shrinkage", "calclet-fte"):
        g = json.loads(ROWS[name]["inputs_json"])
        found[name] = {
            "cch-doc-indexing": lambda g: {"fte": g["volume"] / (g["per_hour"] * g["hours"] * g["days"])},
            "zendesk-messaging": lambda g: {
                "requests_per_hour": g["visitors"] * g["contact_rate"] / g["hours"],
                "agents_single": g["visitors"] * g["contact_rate"] / g["hours"] * g["duration_min"] / 60,
                "agents": g["visitors"] * g["contact_rate"] / g["hours"] * g["duration_min"] / 60 / g["concurrency"],
            },
            "ccplanning-chat": lambda g: {
                "agents": g["chats"] * g["aht_min"] / g["interval_min"] / g["concurrency"] / g["productivity"]
            },
            "elysiate-shrinkage": lambda g: {
                "productive_capacity": g["rate_per_fte"] * g["occupancy"] * (1 - g["shrinkage"]),
                "base_fte": g["units"] / (g["rate_per_fte"] * g["occupancy"] * (1 - g["shrinkage"])),
            },
            "calclet-fte": lambda g: {
                "net_per_seat": g["per_agent_month"] * (1 - g["shrinkage"]),
                "fte": g["tickets_month"] / (g["per_agent_month"] * (1 - g["shrinkage"])),
            },
        }[name](g)
        for key, value in json.loads(ROWS[name]["our_reference_output"]).items():
            if key in found[name]:
                assert found[name][key] == pytest.approx(value, abs=6e-5), (name, key)
    # and a real chain of chats needs more than the published workload
    chats = json.loads(ROWS["zendesk-messaging"]["inputs_json"])
    pace = [chats["duration_min"]] * chats["concurrency"]
    needed = sc.required_chat_agents(125, aht_minutes_by_chats=pace, within_minutes=1, service_level=0.8)
    assert needed > found["zendesk-messaging"]["agents"]


def test_every_row_of_the_file_is_used():
    others = {"sre-25pct-rule", "toolgrit-relief", "jivasoft-16x6", "cch-shrinkage-days", "cch-doc-indexing"}
    others |= {"zendesk-messaging", "ccplanning-chat", "elysiate-shrinkage", "calclet-fte", "ticketboard-fte"}
    assert set(ROWS) == set(QUEUES) | others
