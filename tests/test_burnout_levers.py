"""What helps: changes of the work under common random numbers, and the guardrails around every answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import staffcalc as sc
from staffcalc.burnout import guardrails
from staffcalc.burnout.exposure import RoleExposure
from staffcalc.burnout.levers import levers, weigh_levers
from staffcalc.burnout.risk import burnout_probability
from staffcalc.outputs import plots, theme
from staffcalc.reference.lookup import sources

SOLO = RoleExposure(
    weekly_hours=55, utilisation=1.05, abusive_share=0.06, low_control_share=0.7, solo_share=1.0, duties=8,
    on_call_share=1.0, paged_nights_per_week=2, after_hours_share=0.35, quick_returns_per_year=40,
    leave_untaken_share=0.6, channels=7,
)  # fmt: skip


def test_every_lever_changes_exposures_of_the_model_and_names_a_source() -> None:
    for lever, changes in levers().items():
        for change in changes:
            assert change.field in RoleExposure.model_fields, lever
            assert change.source in sources()
            assert change.rule in ("at_most", "times")


def test_no_lever_raises_the_central_risk_and_together_they_do_most() -> None:
    frame = weigh_levers(burnout_probability(SOLO, draws=4000), draws=4000).to_frame()
    assert (frame["change"] <= 1e-12).all()
    assert frame.iloc[0]["lever"] == "all_together"
    assert set(frame["lever"]) == {*levers(), "all_together"}
    single = frame[frame["lever"] != "all_together"]
    assert frame.iloc[0]["change"] > single["change"].sum()  # effects overlap and do not add up
    assert frame.iloc[0]["ratio_then"] < 1.15


def test_the_change_is_the_difference_of_two_answers_with_the_same_luck() -> None:
    frame = weigh_levers(burnout_probability(SOLO, draws=4000), draws=4000, seed=9).to_frame().set_index("lever")
    before = burnout_probability(SOLO, draws=4000, seed=9)
    after = burnout_probability(SOLO.change(solo_share=0.2), draws=4000, seed=9)
    assert frame.loc["add_backup", "ratio_then"] == pytest.approx(after.ratio, abs=1e-12)
    assert frame.loc["add_backup", "change"] == pytest.approx(after.ratio - before.ratio, abs=0.02)
    apart = frame.loc["add_backup", "change_high"] - frame.loc["add_backup", "change_low"]
    assert apart < (before.ratio_high - before.ratio_low) / 3


def test_what_is_already_low_or_unknown_is_no_lever() -> None:
    calm = RoleExposure(weekly_hours=38, solo_share=0.1)
    answer = weigh_levers(burnout_probability(calm, draws=500), draws=500)
    assert answer.to_frame().empty
    assert "no lever" in str(answer.headline)
    assert len(answer.idle) == len(levers())


def test_work_comes_before_resilience_training_and_the_training_has_no_effect_here() -> None:
    answer = weigh_levers(burnout_probability(SOLO, draws=500), draws=500)
    assert str(answer.notes[0]).startswith("Change the work first")
    assert not any("resilience" in lever or "training" in lever for lever in levers())


def test_the_role_with_the_highest_ratio_is_weighed_unless_another_is_named() -> None:
    risk = burnout_probability({"calm": RoleExposure(duties=5), "solo": SOLO}, draws=500)
    assert weigh_levers(risk, draws=500).role == "solo"
    assert weigh_levers(risk, role="calm", draws=500).role == "calm"
    with pytest.raises(sc.InputError, match="role"):
        weigh_levers(risk, role="nobody")


@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_picture_of_the_levers_draws_in_both_languages(language: str) -> None:
    answer = weigh_levers(burnout_probability(SOLO, draws=500), draws=500)
    ax = plots.draw(answer, theme.new_figure(*plots.size(answer)).subplots(), language=language)
    assert len(ax.get_yticklabels()) == len(answer.to_frame())


# guardrails


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "Employee ID",
        "e-mail",
        "user_name",
        "age",
        "message text",
        "sentiment",
        "voice",
        "heart rate",
        "keystrokes",
        "respondent",
        "staff no",
        "Ad Soyad",
        "İsim",
        "Çalışan",
        "e-posta",
        "sicil_no",
        "mesaj",
        "nabız",
    ],
)
def test_nothing_about_a_person_a_text_or_a_body_gets_in(name: str) -> None:
    with pytest.raises(sc.InputError, match="not accepted"):
        guardrails.refuse_personal([name])


def test_names_made_of_refused_words_are_refused_and_names_of_groups_are_not() -> None:
    refused = """employee name;worker_name;hr_id;uuid;employee number;team member;T.C. kimlik no;personel adı;
        çalışan adı;
        cep telefonu;mail adresi;date of birth;doğum yılı;age group;yaş grubu;sağlık durumu;kullanıcı no;slack_handle;
        remarks;notes;açıklamalar;görüşler;free text;open answer;comment_1;yorum_2;message_body;feedback;
        voice_pitch;ses kaydı;face_score;heartrate;sleep hours;tansiyon;mouse movement;keystroke count;fingerprint"""
    for name in refused.replace("\n", "").split(";"):
        with pytest.raises(sc.InputError, match="not accepted"):
            guardrails.refuse_personal([name.strip()])
    fine = "team name;Team ID;takım adı;unit code;item no 3;soru 3;voice channel;content team;customer group;q1;level"
    guardrails.refuse_personal([*fine.split(";"), "dil", "0"])
    sheets = pd.DataFrame({"team": ["ayse@example.org"] * 6, "level": [1, 2, 3, 4, 5, 1]})
    with pytest.raises(sc.InputError, match="never for a person"):
        sc.score_survey(sheets, instrument="single_item", by="team")


@pytest.mark.parametrize("name", ["team", "site", "weekly_hours", "channels", "item_1", "personal_3", "duties", "wave"])
def test_groups_items_and_job_designs_get_in(name: str) -> None:
    guardrails.refuse_personal([name])


def test_no_field_of_an_exposure_describes_a_person() -> None:
    guardrails.refuse_personal(RoleExposure.model_fields)
    assert all("unit" in (field.json_schema_extra or {}) for field in RoleExposure.model_fields.values())
    assert all(field.description for field in RoleExposure.model_fields.values())


def test_the_minimum_group_is_five_or_more() -> None:
    assert guardrails.check_min_group(None) == 5
    assert guardrails.check_min_group(9) == 9
    for least in (4, 0, -1):
        with pytest.raises(sc.InputError, match="min_group"):
            guardrails.check_min_group(least)


def test_every_answer_of_the_model_has_an_interval_and_says_that_it_is_no_diagnosis() -> None:
    for exposure in (SOLO, RoleExposure()):
        risk = burnout_probability(exposure, draws=800)
        frame = risk.to_frame()
        assert np.isfinite(frame[["low", "high", "ratio_low", "ratio_high"]].to_numpy()).all()
        assert (frame["low"] < frame["high"]).all()
        for language in ("en", "tr"):
            assert {"burnout_note_not_diagnosis", "burnout_note_help", "burnout_note_purpose"} <= {
                note.key for note in risk.notes if note.say(language)
            }


def test_own_plans_are_compared_with_the_role_as_it_is() -> None:
    risk = burnout_probability(SOLO, draws=2000)
    plans = {"new rota": SOLO.change(utilisation=0.8, solo_share=0.3), "the same": SOLO}
    answer = weigh_levers(risk, plans=plans, draws=2000)
    frame = answer.to_frame().set_index("lever")
    assert frame.loc["the same", ["change", "change_low", "change_high"]].tolist() == [0, 0, 0]
    assert frame.loc["new rota", "change_high"] < 0
    assert "new rota" in str(answer.headline)
    worse = weigh_levers(risk, plans={"longer": SOLO.change(weekly_hours=80)}, draws=2000)
    assert "no plan lowers" in str(worse.headline)


def test_own_effects_and_scales_replace_those_of_the_tables() -> None:
    import dataclasses

    from staffcalc.burnout.coefficients import drivers

    first, *rest = drivers()
    null = dataclasses.replace(first, odds_ratio=1.0, low=0.9, high=1.1111)
    steep = dataclasses.replace(first, scales=(first.scales[0]._replace(full=45.0),))
    plain = burnout_probability(SOLO, draws=10)
    assert burnout_probability(SOLO, draws=10, model_drivers=[null, *rest]).point < plain.point
    assert burnout_probability(SOLO, draws=10, model_drivers=[steep, *rest]).point > plain.point
    own = burnout_probability(SOLO, draws=200, model_drivers=[null, *rest], overlap=(0.3, 0.4))
    again = weigh_levers(own, draws=200)
    assert again.ratio == pytest.approx(own.ratio)


def test_plans_may_be_plain_mappings_and_what_is_no_answer_or_plan_is_refused() -> None:
    risk = sc.burnout_probability({"weekly_hours": 60}, draws=200)
    plain = sc.weigh_levers(risk, plans={"forty hours": {"weekly_hours": 40}}, draws=200).to_frame()
    built = sc.weigh_levers(risk, plans={"forty hours": RoleExposure(weekly_hours=40)}, draws=200).to_frame()
    assert plain["change"].tolist() == built["change"].tolist()
    with pytest.raises(sc.InputError, match="RoleExposure"):
        sc.weigh_levers(risk, plans={"forty hours": 40})  # type: ignore[dict-item]
    with pytest.raises(sc.InputError, match="assess_burnout"):
        sc.weigh_levers(None)  # type: ignore[arg-type]


def test_every_answer_of_the_room_says_no_diagnosis_its_purpose_and_where_help_is() -> None:
    risk = sc.burnout_probability({"weekly_hours": 60}, draws=200)
    sheets = pd.DataFrame({"team": ["a"] * 6, "level": [1, 2, 3, 4, 5, 1]})
    desk = sc.Desk.model_validate({"name": "One", "timezone": "UTC", "people": [{"id": "p1", "role": "manager"}]})
    outlook = sc.project_team(desk, years=0.5, design=sc.TeamDesign(seats=2, load=0.9, annual_quit=0.3), runs=20)
    survey = sc.score_survey(sheets, instrument="single_item", by="team")
    for answer in (risk, sc.weigh_levers(risk, draws=200), survey, outlook):
        keys = {note.key for note in answer.notes}
        assert {"burnout_note_not_diagnosis", "burnout_note_purpose", "burnout_note_help"} <= keys, answer.kind
    quits = next(line for line in outlook.assumptions if line.name == "annual_quit_rate")
    assert (quits.value, quits.status) == (0.3, "given")
