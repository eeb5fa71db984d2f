"""The ledger of nine duties: arithmetic checked by hand, and nothing that hides a missing source."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import staffcalc as sc
from staffcalc.demand.estimate import Estimate, add
from staffcalc.inputs.people import DUTIES


def desk(**parts: object) -> sc.Desk:
    facts: dict[str, object] = {
        "name": "Desk",
        "timezone": "UTC",
        "people": [{"id": "p1", "role": "manager"}],
        "targets": [{"id": "standard", "share": 0.9, "within_hours": 24}],
        "channels": [{"id": "chat", "aht_minutes": 6, "needs_reply_share": 0.5}],
    }
    return sc.Desk.model_validate(facts | parts)


def volume(per_hour: float = 10.0, channel: str = "chat", per: str = "message") -> sc.Volume:
    return sc.Volume(
        channels=(channel,),
        timezone="UTC",
        profile=np.full((168, 1), per_hour),
        day_cv=0.2,
        week_cv=0.1,
        level_sd=0.1,
        per=per,
    )


def governance(**security: object) -> sc.Workload:
    team = desk(channels=[{"id": "c", "account_count": 300}], duties={"security": {"users": 300, **security}})
    return sc.size_workload(team)


def test_the_governance_of_300_channels_is_854_hours_a_year():
    """160 + 60 + 60 + 40 + 100 + 260 + 120 + 54, the worked example by its own inputs."""
    lines = governance().ledger().query("duty == 'security'").set_index("item")["hours_per_year"]
    assert lines.to_dict() == pytest.approx(
        {
            "access_review": 160,
            "leavers": 60,
            "joiners": 60,
            "rotations": 40,
            "inventory": 100,
            "watch": 260,
            "policy": 120,
            "incidents": 54,
        }
    )
    assert governance().hours_by_duty["security"] * 52 == pytest.approx(854)


def test_monthly_reviews_add_320_hours():
    assert governance(access_reviews_per_year=12).hours_by_duty["security"] * 52 == pytest.approx(1174)


def test_24_talks_of_five_minutes_are_two_hours_a_working_day():
    work = sc.size_workload(desk(duties={"education": {"talks_per_day": 24, "minutes_per_talk": 5}}))
    assert work.hours_by_duty["education"] == pytest.approx(10)


def test_publishing_follows_its_formula():
    """12 posts x (60 + 2 x 12 + 2 x 8) minutes x 1.1 / 60 = 22 hours."""
    facts = {
        "posts_per_week": 12,
        "adaptations_per_post": 2,
        "minutes_per_master_post": 60,
        "minutes_per_adaptation": 12,
        "approval_steps": 2,
        "minutes_per_approval_step": 8,
        "rework_share": 0.1,
    }
    assert sc.size_workload(desk(duties={"publishing": facts})).hours_by_duty["publishing"] == pytest.approx(22)


def test_answering_is_messages_times_share_times_handle_time():
    work = sc.size_workload(desk(), volume())
    assert work.hours_by_duty["community"] == pytest.approx(168 * 10 * 0.5 * 0.1)
    assert work.load_erlangs == pytest.approx(np.full(168, 0.5))
    assert work.load_erlangs.sum() == pytest.approx(work.hours_by_duty["community"])


def test_conversations_bring_their_replies():
    team = desk(duties={"community": {"replies_per_conversation": 2, "reopen_share": 0.1}})
    assert sc.size_workload(team, volume(per="conversation")).hours_by_duty["community"] == pytest.approx(84 * 2 * 1.1)


def test_alerts_are_work_and_standby_is_not():
    team = desk(on_call={"incidents_per_week": 3, "hours_per_incident": 1.5, "hours": "24/7"})
    assert sc.size_workload(team).hours_by_duty["on_call"] == pytest.approx(4.5)


def test_all_nine_duties_stand_in_the_ledger_with_range_and_source():
    frame = sc.size_workload(desk(), volume()).to_frame()
    assert frame["duty"].tolist() == list(DUTIES)
    assert {"duty", "hours_per_week", "low", "high", "source"} <= set(frame.columns)
    assert (frame["low"] <= frame["hours_per_week"]).all()
    assert (frame["hours_per_week"] <= frame["high"]).all()


def test_what_nobody_has_published_counts_zero_and_is_asked_for():
    work = sc.size_workload(desk(), volume())
    assert work.hours_by_duty["crisis"] == 0
    asked = [note for note in work.notes if note.key == "duty_asked_zero"]
    assert "duties.crisis.hours_per_crisis" in str(asked[0])
    assert "duties_guessed" in {note.key for note in work.notes}


def test_given_and_assumed_are_told_apart():
    log = {part.name: part for part in sc.size_workload(desk(), volume()).assumptions}
    assert log["channels.chat.aht_minutes"].status == "given"
    assert log["duties.security.minutes_per_leaver"].source == "onelogin_deprovisioning"


def test_a_channel_that_the_desk_does_not_know_lists_both_sides():
    with pytest.raises(sc.InputError, match=r"(?s)twitter.*chat"):
        sc.size_workload(desk(), volume(channel="twitter"))
    renamed = sc.size_workload(desk(), volume(channel="twitter"), channels={"twitter": "chat"})
    assert renamed.hours_by_duty["community"] == pytest.approx(84)


def test_a_desk_channel_without_volume_counts_zero_with_a_note():
    team = desk(channels=[{"id": "chat", "aht_minutes": 6, "needs_reply_share": 0.5}, {"id": "mail"}])
    work = sc.size_workload(team, volume())
    assert work.hours_by_duty["community"] == pytest.approx(84)
    assert "channels_without_volume" in {note.key for note in work.notes}


def test_another_time_zone_moves_the_load_and_says_so():
    profile = np.zeros((168, 1))
    profile[12] = 10
    work = sc.size_workload(desk(timezone="Asia/Tokyo"), sc.Volume(
        channels=("chat",), timezone="UTC", profile=profile, day_cv=0, week_cv=0, level_sd=0
    ))  # fmt: skip
    assert work.load_erlangs.argmax() == 21
    assert "volume_moved" in {note.key for note in work.notes}


@given(share=st.floats(0.05, 0.9), minutes=st.floats(1, 60), more=st.floats(1.01, 3))
def test_more_of_anything_is_never_less_work(share, minutes, more):
    channel = {"id": "chat", "aht_minutes": minutes, "needs_reply_share": share}
    work = sc.size_workload(desk(channels=[channel]), volume())
    longer = sc.size_workload(desk(channels=[{**channel, "aht_minutes": minutes * more}]), volume())
    assert longer.hours_per_week > work.hours_per_week
    busier = sc.size_workload(desk(channels=[channel]), volume(10 * more))
    assert busier.hours_by_duty["community"] == pytest.approx(more * work.hours_by_duty["community"])


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5), st.floats(0, 5)), min_size=1, max_size=5))
def test_ranges_stay_in_order_when_added_and_multiplied(parts):
    estimates = [Estimate(a, a + b, a + b + c) for a, b, c in parts]
    whole = add(estimates)
    assert whole.low <= whole.typical <= whole.high
    product = estimates[0]
    for part in estimates[1:]:
        product = product * part
    assert product.low <= product.typical * (1 + 1e-9)
    assert product.typical <= product.high * (1 + 1e-9)


def test_the_iceberg_and_the_other_pictures_are_drawn_in_both_languages():
    from staffcalc.outputs import plots, theme

    hours = pd.date_range("2026-01-05", periods=8 * 168, freq="h", tz="UTC")
    counts = np.random.default_rng(0).poisson(9, len(hours))
    counts[700:740] = 0
    history = sc.read_volumes(pd.DataFrame({"timestamp": hours, "messages": counts}))
    fitted = sc.fit_volume(history)
    for answer in (history, fitted, fitted.backtest(), sc.size_workload(desk(), volume())):
        for language in ("en", "tr"):
            ax = plots.draw(answer, theme.new_figure().subplots(), language=language)
            assert ax.get_title(loc="left")
