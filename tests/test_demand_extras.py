"""Volume without history, measured hours, triage, the governance threshold, peers and the CSV export."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import staffcalc as sc
from staffcalc.demand.export import safe_text
from staffcalc.inputs.people import DUTIES


def desk(**parts: object) -> sc.Desk:
    facts: dict[str, object] = {"name": "Desk", "timezone": "UTC", "people": [{"id": "p1", "role": "manager"}]}
    return sc.Desk.model_validate(facts | parts)


def governed() -> sc.Desk:
    return desk(
        targets=[{"id": "standard", "share": 0.9, "within_hours": 24}],
        channels=[{"id": "all", "account_count": 300}],
        duties={"security": {"users": 300}},
    )


def test_followers_bring_the_published_messages():
    """39 messages a month for each 1,000 fans: 100,000 fans bring 3,900 a month, 128 a day."""
    volume = sc.volume_from_priors({"facebook": 100_000}, timezone="UTC")
    assert volume.messages_per_day == pytest.approx(3900 * 12 / 365.25)
    assert volume.weekend_share == pytest.approx(0.15)
    day = volume.profile[:24, 0]
    assert day.max() / day.sum() == pytest.approx(0.095)
    assert volume.weeks == 0
    assert volume.level_sd >= 0.5
    assert {part.status for part in volume.assumptions} >= {"confirmed", "judgement"}


def test_accounts_and_posts_add_channels_and_nothing_is_guessed():
    volume = sc.volume_from_priors(
        accounts={"instagram": 2}, posts_per_week={"blog": 3}, messages_per_post=10, timezone="UTC"
    )
    week = volume.to_frame().set_index("channel")["messages_per_week"]
    assert week["instagram"] == pytest.approx(2 * 2742 / 13)
    assert week["blog"] == pytest.approx(30)
    for wrong, words in (
        ({}, "followers="),
        ({"posts_per_week": {"blog": 3}}, "messages_per_post"),
        ({"followers": {"x": 5}, "accounts": {"x": 1}}, "twice"),
    ):
        with pytest.raises(sc.InputError, match=words):
            sc.volume_from_priors(**wrong, timezone="UTC")
    with pytest.raises(sc.InputError, match="no history"):
        volume.backtest()
    assert len(volume.forecast(1, start=pd.Timestamp("2027-01-04").date())) == 7


def diary(days: int = 10) -> pd.DataFrame:
    dates = pd.date_range("2026-03-02", periods=days, freq="B").strftime("%d.%m.%Y")
    rows = [
        {"Tarih": date, "Kişi": person, "Görev": "yayın", "Dakika": 60} for date in dates for person in ("a", "b", "c")
    ]
    rows += [{"Tarih": date, "Kişi": "a", "Görev": "topluluk", "Dakika": 240} for date in dates[::2]]
    return pd.DataFrame(rows)


def test_a_diary_turns_entries_into_hours_with_their_interval():
    """Three people, one hour of publishing each working day: 15 hours a week; replies 4 h on every sixth person-day."""
    found = sc.read_time_diary(diary())
    assert found.hours_by_duty["publishing"] == pytest.approx(15)
    assert found.hours_by_duty["community"] == pytest.approx(5 * 4 / 30 * 15)
    frame = found.to_frame().set_index("duty")
    assert frame.loc["publishing", "low"] == pytest.approx(frame.loc["publishing", "high"])
    values = np.r_[np.full(5, 4.0), np.zeros(25)]
    half = 2.0452 * values.std(ddof=1) / np.sqrt(30) * 15
    assert frame.loc["community", "high"] - frame.loc["community", "hours_per_week"] == pytest.approx(half, rel=1e-4)


def test_measured_hours_replace_assumptions_in_the_ledger():
    work = sc.size_workload(desk(), diary=sc.read_time_diary(diary()))
    assert work.hours_by_duty["publishing"] == pytest.approx(15)
    row = work.to_frame().set_index("duty").loc["publishing"]
    assert row["source"] == "desk"
    assert "diary.publishing" in {part.name for part in work.assumptions}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Görev": "napping"}, "one of the nine"),
        ({"Dakika": -5}, "0 and 24"),
        ({"Dakika": "x"}, "0 and 24"),
        ({"Tarih": "soon"}, "date"),
    ],
)
def test_a_diary_that_cannot_be_read_names_the_row(change, words):
    with pytest.raises(sc.InputError, match=words):
        sc.read_time_diary(diary().assign(**change))
    with pytest.raises(sc.InputError, match="no column"):
        sc.read_time_diary(diary().drop(columns="Kişi"))


@given(hours=st.floats(0, 200))
def test_triage_does_what_fits_and_drops_the_rest(hours):
    work = sc.size_workload(desk(duties={"publishing": {"posts_per_week": 5, "minutes_per_master_post": 60}}))
    found = sc.triage(work, hours=hours).to_frame()
    assert set(found["duty"]) == set(DUTIES)
    assert found["done"].sum() == pytest.approx(min(hours, work.hours_per_week))
    assert (found["done"] + found["undone"]).to_numpy() == pytest.approx(found["hours_per_week"].to_numpy())
    partly = found[(found["undone"] > 1e-9) & (found["done"] > 1e-9)]
    assert len(partly) <= 1


def test_triage_follows_the_order_of_the_client():
    work = sc.size_workload(desk())
    last = sc.triage(work, hours=1, order=("tools", "change")).to_frame()
    assert last["duty"].tolist()[:2] == ["tools", "change"]
    assert last["done"].iloc[0] == pytest.approx(work.hours_by_duty["tools"])
    with pytest.raises(sc.InputError, match="publishing"):
        sc.triage(work, hours=1, order=("sleeping",))


def test_the_governance_threshold_stands_in_both_readings():
    """854 hours at 300 accounts: a role at 457 to 545 if all scales, about 580 to 740 if watch and policy do not."""
    found = sc.find_governance_role(governed(), hours_per_role=(1300, 1550))
    assert found.hours_per_year == pytest.approx(854)
    assert found.table["accounts"].to_numpy() == pytest.approx(
        [300 * 1300 / 854, 300 * 1550 / 854, 300 * 920 / 474, 300 * 1170 / 474]
    )
    assert found.fte == pytest.approx((854 / 1550, 854 / 1300))
    assert not found.dedicated
    with pytest.raises(sc.InputError, match="account"):
        sc.find_governance_role(desk())


def test_one_person_is_a_common_team_and_ratios_need_employees():
    alone = sc.compare_with_peers(desk(employees=2000), functions={"hr": 24, "finance": 30})
    assert alone.smaller == (0.0, 0.0)
    assert alone.ratios == {"social_media": 0.5, "hr": 12.0, "finance": 15.0}
    assert alone.to_frame()["share_of_companies"].sum() == pytest.approx(1)
    eight = sc.compare_with_peers(desk(people=[{"id": f"p{n}", "role": "manager"} for n in range(8)]))
    assert eight.smaller[0] == pytest.approx(0.91)
    with pytest.raises(sc.InputError, match="employees"):
        sc.compare_with_peers(desk(), functions={"hr": 3})


def test_counts_written_read_back_as_they_were(tmp_path):
    hours = pd.date_range("2026-01-05", periods=4 * 168, freq="h", tz="UTC")
    frame = pd.DataFrame(
        {"timestamp": hours, "channel": "chat", "messages": np.random.default_rng(0).poisson(5, len(hours))}
    )
    history = sc.read_volumes(pd.concat([frame.drop(index=range(200, 240)), frame.assign(channel="mail")]))
    sc.write_volumes(tmp_path / "volumes.csv", history)
    again = sc.read_volumes(tmp_path / "volumes.csv")
    pd.testing.assert_frame_equal(again.counts, history.counts, check_freq=False, check_column_type=False)


def test_daily_counts_written_read_back_as_they_were(tmp_path):
    days = pd.date_range("2026-03-20", periods=21, freq="D")
    history = sc.read_volumes(pd.DataFrame({"date": days, "messages": range(21)}), timezone="Europe/Berlin")
    sc.write_volumes(tmp_path / "volumes.csv", history)
    again = sc.read_volumes(tmp_path / "volumes.csv", timezone="Europe/Berlin")
    assert again.counts.to_numpy() == pytest.approx(history.counts.to_numpy(), rel=1e-5, nan_ok=True)


def test_no_cell_of_the_export_is_a_formula(tmp_path):
    hours = pd.date_range("2026-01-05", periods=48, freq="h", tz="UTC")
    names = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "plain"]
    frame = pd.concat([pd.DataFrame({"timestamp": hours, "channel": name, "messages": 1}) for name in names])
    sc.write_volumes(tmp_path / "volumes.csv", sc.read_volumes(frame))
    cells = [
        cell for line in (tmp_path / "volumes.csv").read_text(encoding="utf-8").splitlines() for cell in line.split(",")
    ]
    assert not any(cell.strip('"').startswith(("=", "+", "-", "@", "\t")) for cell in cells)


@given(st.text(max_size=20))
def test_safe_text_never_starts_a_formula(text):
    assert not safe_text(text).lstrip().startswith(("=", "+", "-", "@"))


def test_every_answer_has_a_sentence_and_a_picture_in_both_languages():
    from staffcalc.outputs import plots, theme

    work = sc.size_workload(desk())
    answers = [
        sc.read_time_diary(diary()),
        sc.triage(work, hours=3),
        sc.triage(work, hours=500),
        sc.find_governance_role(governed()),
        sc.compare_with_peers(desk(employees=100)),
        sc.trace_tools(desk(duties={"tools": {"tools": 4, "admin_hours_per_week": 6}})),
    ]
    for answer in answers:
        assert answer.headline.say("en") != answer.headline.say("tr")
        for language in ("en", "tr"):
            plots.draw(answer, theme.new_figure().subplots(), language=language)
            assert all(note.say(language) for note in answer.notes)


@given(tools=st.integers(1, 40), hours=st.floats(0.1, 100))
def test_the_tool_curve_passes_through_the_desk_and_never_bends_down(tools, hours):
    curve = sc.trace_tools(desk(duties={"tools": {"tools": tools, "admin_hours_per_week": hours}}))
    frame = curve.to_frame()
    assert curve.hours_per_week == pytest.approx(hours)
    assert (frame["low"] <= frame["hours_per_week"] + 1e-9).all()
    assert (frame["hours_per_week"] <= frame["high"] + 1e-9).all()
    steps = np.diff(frame["hours_per_week"])
    assert (steps > 0).all()
    assert (np.diff(steps) >= -1e-9).all()
    low, typical, high = curve.next_tool
    assert low <= typical <= high


def test_tools_and_pairs_of_tools_make_the_curve():
    """Six hours, four tools, a tenth for each pair: 6 / (4 + 0.1 x 6) h a tool; eight tools: 8 + 0.1 x 28 = 10.8."""
    curve = (
        sc.trace_tools(desk(duties={"tools": {"tools": 4, "admin_hours_per_week": 6}})).to_frame().set_index("tools")
    )
    assert curve.loc[8, "hours_per_week"] == pytest.approx(10.8 * 6 / 4.6)
    assert curve.loc[8, "low"] == pytest.approx(12)
    assert curve.loc[8, "high"] == pytest.approx(6 * (8 + 0.3 * 28) / (4 + 0.3 * 6))


def test_a_tool_curve_without_tools_asks_for_them_and_without_hours_says_what_it_assumed():
    with pytest.raises(sc.InputError, match="how many tools"):
        sc.trace_tools(desk())
    names = {part.name for part in sc.trace_tools(desk(duties={"tools": {"tools": 2}})).assumptions}
    assert {"hours_week_tool_admin_per_10_seats", "tool_link_hours_share"} <= names
