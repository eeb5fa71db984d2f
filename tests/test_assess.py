"""Every question of one desk: what the facts allow is answered, what they lack is named."""

import pytest

import staffcalc as sc

pytestmark = pytest.mark.xdist_group("sample")


def test_the_sample_desk_answers_every_question(answers):
    kinds = [answer.kind for answer in answers]
    expected = ["volume", "workload", "staffing_need", "coverage_gaps", "on_call_need", "single_points", "burnout_risk"]
    assert [kind for kind in kinds if kind in expected] == expected
    assert "team_cost" in kinds
    assert "open_questions" not in kinds


def test_every_answer_speaks_both_languages_and_has_a_table(answers):
    for answer in answers:
        assert answer.headline.say("en") != answer.headline.say("tr")
        assert len(answer.to_frame()) > 0
        frame = answer.to_frame()
        frame["spoiled"] = True
        assert "spoiled" not in answer.to_frame(), "to_frame must give a fresh copy"
        for note in answer.notes:
            assert note.say("tr")


def test_what_the_facts_lack_is_named_and_not_invented(volume):
    channels = [{"id": channel, "aht_minutes": 5} for channel in volume.channels]
    desk = sc.Desk.model_validate(
        {
            "name": "New team",
            "timezone": "Europe/Istanbul",
            "targets": [{"id": "standard", "share": 0.9, "within_hours": 24}],
            "channels": channels,
        }
    )
    answers = sc.assess(desk, volume, seed=0)
    questions = answers[-1]
    assert questions.kind == "open_questions"
    assert {kind for kind, _ in questions.missing} >= {"coverage_gaps", "on_call_need", "single_points", "burnout_risk"}
    assert "team_cost" in {kind for kind, _ in questions.missing}
    assert "staffing_need" in {answer.kind for answer in answers}


def test_a_volume_channel_that_the_desk_does_not_know_is_an_error_that_lists_both_sides(volume):
    desk = sc.Desk.model_validate(
        {
            "name": "Team",
            "timezone": "Europe/Istanbul",
            "targets": [{"id": "standard", "share": 0.9, "within_hours": 24}],
            "channels": [{"id": "pigeon"}],
        }
    )
    with pytest.raises(sc.InputError, match=r"(?s)pigeon.*instagram|instagram.*pigeon"):
        sc.assess(desk, volume)
