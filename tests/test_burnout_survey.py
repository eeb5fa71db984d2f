"""Surveys of teams: what is shown, what is withheld, and whether an attacker with linear algebra gets through."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import staffcalc as sc
from staffcalc.burnout.suppression import suppress
from staffcalc.burnout.survey import SurveyScore, wilson

LEVELS = [1, 2, 3, 4, 5]


def sheets(groups: dict[str, list[int]], **more: list[str]) -> pd.DataFrame:
    rows = [(team, level) for team, levels in groups.items() for level in levels]
    frame = pd.DataFrame(rows, columns=["team", "level"])
    return frame.assign(**more)


def released(score: SurveyScore) -> set[str]:
    frame = score.to_frame()
    return set(frame.loc[frame["released"], "group"])


def rank(rows: list[list[int]]) -> int:
    """Rank by exact fractions; shares no code with the library."""
    matrix = [[Fraction(value) for value in row] for row in rows]
    done = 0
    for column in range(len(matrix[0]) if matrix else 0):
        pivot = next((r for r in range(done, len(matrix)) if matrix[r][column]), None)
        if pivot is None:
            continue
        matrix[done], matrix[pivot] = matrix[pivot], matrix[done]
        for r in range(done + 1, len(matrix)):
            if matrix[r][column]:
                factor = matrix[r][column] / matrix[done][column]
                matrix[r] = [a - factor * b for a, b in zip(matrix[r], matrix[done], strict=True)]
        done += 1
    return done


def attack(cells: np.ndarray, least: int) -> tuple[int, ...] | None:
    """Return people whom some weighted sum of the cells depends on alone, if they are fewer than ``least``."""
    everyone = [[int(v) for v in row] for row in cells]
    full = rank(everyone)
    for size in range(1, least):
        for few in combinations(range(cells.shape[1]), size):
            outside = [[v for i, v in enumerate(row) if i not in few] for row in everyone]
            if rank(outside) < full:
                return few
    return None


@given(data=st.data())
@settings(max_examples=25)
def test_no_combination_of_released_tables_isolates_fewer_than_five(data: st.DataObject) -> None:
    people = data.draw(st.integers(6, 13))
    tables = data.draw(st.integers(1, 3))
    labels = [data.draw(st.lists(st.integers(0, 2), min_size=people, max_size=people)) for _ in range(tables)]
    at_line = np.array(data.draw(st.lists(st.booleans(), min_size=people, max_size=people)))
    cells, table = [np.ones(people, dtype=bool)], [0]
    for t, column in enumerate(labels, start=1):
        for group in sorted(set(column)):
            cells.append(np.array(column) == group)
            table.append(t)
    masks = np.array(cells)
    verdict = suppress(masks, at_line, tables=table, least=5)
    shown = masks[[reason is None for reason in verdict.reasons]]
    if len(shown):
        assert attack(shown, 5) is None
    for mask in shown:
        assert mask.sum() >= 5
        assert 0 < (mask & at_line).sum() < mask.sum()


def test_the_attacker_gets_through_where_nothing_is_suppressed() -> None:
    """The search above would find what it looks for: everybody less a team of eight is a team of two."""
    everybody = np.ones(10, dtype=bool)
    team = np.arange(10) < 8
    assert attack(np.array([everybody, team]), 5) == (8, 9)


def test_three_overlapping_tables_hide_what_no_pair_of_them_shows() -> None:
    """Sums and differences over a cycle of tables reach single people; pairwise checks miss it."""
    rng = np.random.default_rng(2)
    for _ in range(8):
        people = 24
        columns = rng.integers(0, 3, size=(3, people))
        cells = [np.ones(people, dtype=bool), *(column == g for column in columns for g in range(3))]
        verdict = suppress(
            np.array(cells), rng.random(people) < 0.4, tables=[0, *np.repeat([1, 2, 3], 3).tolist()], least=5
        )
        shown = np.array(cells)[[reason is None for reason in verdict.reasons]]
        if len(shown):
            atoms = np.unique(shown, axis=1, return_counts=True)
            expanded = np.repeat(atoms[0], np.minimum(atoms[1], 5), axis=1)
            assert attack(expanded, 3) is None


def test_a_small_team_is_withheld_and_so_is_what_would_give_it_away() -> None:
    score = sc.score_survey(sheets({"a": [1, 4, 2, 3, 1, 2], "b": [2, 1, 5, 1]}), instrument="single_item", by="team")
    assert released(score) == {"everybody"}
    assert dict(zip(score.audit["group"], score.audit["reason"], strict=True)) == {
        "b": "too_small",
        "a": "differencing",
    }
    assert "not released" in str(score.headline)
    assert "too_small" not in score.to_frame().to_string()


def test_two_small_teams_hide_each_other() -> None:
    frame = sheets({"a": [1, 4, 2, 3, 1, 2], "b": [2, 1, 5, 1], "c": [4, 1, 2]})
    assert released(sc.score_survey(frame, instrument="single_item", by="team")) == {"everybody", "a"}


@pytest.mark.parametrize("level", [1, 5])
def test_all_or_none_is_withheld(level: int) -> None:
    frame = sheets({"a": [level] * 6, "b": [1, 5, 1, 5, 2], "c": [1, 5, 1, 5, 2]})
    assert "a" not in released(sc.score_survey(frame, instrument="single_item", by="team"))


def test_a_rest_that_is_all_alike_is_withheld_too() -> None:
    """Everybody and team a are shown: the other five are then known to be all below the line."""
    frame = sheets({"a": [1, 5, 1, 5, 2], "b": [1, 1, 1], "c": [2, 2]})
    assert released(sc.score_survey(frame, instrument="single_item", by="team")) == {"everybody"}


def test_the_minimum_group_can_be_raised_and_never_lowered() -> None:
    frame = sheets({"a": [1, 5, 1, 5, 2, 3], "b": [1, 5, 1, 5, 2, 3]})
    assert released(sc.score_survey(frame, instrument="single_item", by="team")) == {"everybody", "a", "b"}
    raised = sc.score_survey(frame, instrument="single_item", by="team", min_group=7)
    assert released(raised) == {"everybody"}
    for least in (4, 1, 0):
        with pytest.raises(sc.InputError, match="min_group"):
            sc.score_survey(frame, instrument="single_item", by="team", min_group=least)


def test_a_repeat_with_a_few_people_more_is_withheld() -> None:
    first = sc.score_survey(sheets({"a": [1, 5, 1, 5, 2, 3], "b": [1, 5] * 6}), instrument="single_item", by="team")
    again = sheets({"a": [1, 5, 1, 5, 2, 3, 4], "b": [1, 5] * 6})
    second = sc.score_survey(again, instrument="single_item", by="team", previous=first)
    assert "a" not in released(second)
    assert "b" in released(second)


def test_silence_has_bounds_and_rounding_never_narrows_an_interval() -> None:
    frame = sheets({"a": [1, 5, 1, 5, 2, 3, 1, 1], "b": [1, 5] * 6})
    score = sc.score_survey(frame, instrument="single_item", by="team", invited={"a": 12})
    row = score.to_frame().set_index("group").loc["a"]
    assert (row["bound_low"], row["bound_high"]) == (0.2, 0.6)  # 3/12 outward, (3 + 4)/12 outward
    low, high = wilson(3, 8)
    assert row["share_low"] <= low < high <= row["share_high"]


def test_the_bat_takes_the_model_along_and_signals_only_above_the_baseline() -> None:
    rows = [[4] * 12] * 6 + [[1] * 12] * 2
    frame = pd.DataFrame(rows, columns=[f"item_{i}" for i in range(1, 13)]).assign(team="agents")
    other = pd.DataFrame([[1] * 12] * 7 + [[4] * 12], columns=[f"item_{i}" for i in range(1, 13)]).assign(team="makers")
    risk = sc.burnout_probability({"agents": {"weekly_hours": 55}, "makers": {"duties": 2}}, draws=2000)
    score = sc.score_survey(pd.concat([frame, other]), instrument="bat", by="team", prior=risk)
    table = score.to_frame().set_index("group")
    assert table.loc["agents", "share"] == 0.8
    assert 0.3 <= table.loc["agents", "posterior"] <= 0.5
    levels = score.signals.set_index("role")["level"]
    assert (levels["agents"], levels["makers"]) == ("above_baseline", "below")
    assert set(score.signals["layer"]) == {"survey"}


def test_the_copenhagen_scales_are_found_by_their_names_and_scored() -> None:
    columns = [f"personal_{i}" for i in range(1, 7)] + [f"work_{i}" for i in range(1, 8)]
    tired = ["always"] * 6 + ["very_high"] * 3 + ["always"] * 3 + ["never"]
    well = ["never"] * 6 + ["very_low"] * 3 + ["never"] * 3 + ["always"]
    frame = pd.DataFrame([tired] * 3 + [well] * 4, columns=columns).assign(team="a")
    score = sc.score_survey(frame, instrument="cbi", by="team")
    table = score.to_frame()
    assert set(table["scale"]) == {"cbi_personal", "cbi_work"}
    everybody = table[table["group"] == "everybody"].set_index("scale")
    assert everybody["share"].tolist() == [0.4, 0.4]
    assert everybody["mean_score"].tolist() == [45, 45]


def test_olbi_and_the_long_bat_are_scored_for_groups() -> None:
    rng = np.random.default_rng(0)
    olbi = pd.DataFrame(rng.integers(1, 5, size=(12, 16))).rename(columns=str).assign(team="a")
    assert set(sc.score_survey(olbi, instrument="olbi", by="team").to_frame()["scale"]) == {
        "exhaustion_olbi",
        "disengagement_olbi",
    }
    bat = pd.DataFrame(rng.integers(1, 6, size=(12, 23))).rename(columns=str).assign(team="a")
    scales = set(sc.score_survey(bat, instrument="bat", by="team").to_frame()["scale"])
    assert scales == {"bat23", "exhaustion_bat23", "cognitive_bat23"}


def test_an_unfinished_sheet_is_not_counted() -> None:
    frame = pd.DataFrame([[3] * 12] * 6 + [[1] * 12] * 5).astype(float)
    frame.iloc[0, 4] = np.nan
    score = sc.score_survey(frame.rename(columns=str).assign(team="a"), instrument="bat", by="team")
    assert score.answered == 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"employee_id": 7}, "never for a person"),
        ({"comment": "tired"}, "never read"),
        ({"extra": 1}, "items"),
        ({"level": 9}, "out of range"),
        ({"team": None}, "no group"),
    ],
)
def test_a_survey_that_holds_more_than_it_needs_is_refused(change: dict[str, Any], words: str) -> None:
    frame = sheets({"a": [1, 5, 1, 5, 2, 3]}).assign(**change)
    with pytest.raises(sc.InputError, match=words):
        sc.score_survey(frame, instrument="single_item", by="team")


def test_an_unknown_column_instrument_or_purpose_is_refused() -> None:
    frame = sheets({"a": [1, 5, 1, 5, 2, 3]})
    with pytest.raises(sc.InputError, match="lacks"):
        sc.score_survey(frame, instrument="single_item", by="site")
    with pytest.raises(sc.InputError, match="instrument"):
        sc.score_survey(frame, instrument="mbi", by="team")
    with pytest.raises(sc.InputError, match="purpose"):
        sc.score_survey(frame, instrument="single_item", by="team", purpose="performance")


def test_hundreds_of_groups_are_decided_in_bounded_time() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"team": rng.integers(0, 150, 1500).astype(str), "site": rng.integers(0, 12, 1500).astype(str)}
    )
    frame["level"] = rng.integers(1, 6, 1500)
    score = sc.score_survey(frame, instrument="single_item", by=["team", "site"])
    assert score.groups > 150
    assert "everybody" in released(score)


def test_tables_that_overlap_beyond_the_search_release_one_result_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from staffcalc.burnout import suppression

    monkeypatch.setattr(suppression, "_MOST_NODES", 0)
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"team": rng.integers(0, 3, 40).astype(str), "site": rng.integers(0, 3, 40).astype(str)})
    frame["level"] = rng.integers(1, 6, 40)
    score = sc.score_survey(frame, instrument="single_item", by=["team", "site"])
    assert released(score) == {"everybody"}
    assert any("Try fewer groupings" in str(note) for note in score.notes)


def test_three_halves_of_a_team_can_single_out_four_people_who_share_no_group() -> None:
    """Everybody, and half of them by each of three tables: twice all less the three halves is zero for most people."""
    people = [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (0, 1, 1), (1, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 0)]
    people += [(1, 1, 1), (1, 1, 1)]
    halves = np.array(people, dtype=bool).T
    cells = np.array([np.ones(11, dtype=bool), *halves])
    assert attack(cells, 5) is not None
    at_line = np.array([1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], dtype=bool)
    verdict = suppress(cells, at_line, tables=[0, 1, 2, 3], least=5)
    assert attack(cells[[reason is None for reason in verdict.reasons]], 5) is None
    assert verdict.searched


def test_a_repeat_is_checked_as_a_whole_because_a_withheld_team_is_what_the_others_leave_over() -> None:
    """Team a gained one person: everybody less the other teams would show who; so one of those falls too."""
    old = {"a": [1, 4, 2, 3] * 2, "b": [2, 3, 1] * 3, "c": [2, 4, 1] * 3}
    new = {"a": [1, 4, 2, 3] * 2 + [5], "b": [2, 3, 1] * 5, "c": [2, 4, 1] * 3}
    first = sc.score_survey(sheets(old), instrument="single_item", by="team")
    assert released(first) == {"everybody", "a", "b", "c"}
    second = sc.score_survey(sheets(new), instrument="single_item", by="team", previous=first)
    assert "everybody" in released(second)
    for size in range(4):
        for teams in combinations(sorted(released(second) & set(new)), size):
            now = sum(map(len, new.values())) - sum(len(new[team]) for team in teams)
            before = sum(map(len, old.values())) - sum(len(old[team]) for team in teams)
            assert not 0 < abs(now - before) < 5, teams


def test_numbered_items_are_scored_by_their_number_wherever_their_column_stands() -> None:
    columns = [f"work_{i}" for i in range(1, 8)]
    rows = [["always"] * 7, ["often"] * 7, ["never"] * 6 + ["often"]] * 3
    frame = pd.DataFrame(rows, columns=columns).assign(team="a")
    score = sc.score_survey(frame, instrument="cbi", by="team").to_frame()
    mixed = sc.score_survey(frame[["team", *columns[::-1]]], instrument="cbi", by="team").to_frame()
    pd.testing.assert_frame_equal(score, mixed)
    items = pd.DataFrame(np.arange(192).reshape(12, 16) * 7 % 4 + 1, columns=[f"q{i}" for i in range(1, 17)])
    olbi = sc.score_survey(items.assign(team="a"), instrument="olbi", by="team").to_frame()
    turned = sc.score_survey(items[items.columns[::-1]].assign(team="a"), instrument="olbi", by="team").to_frame()
    pd.testing.assert_frame_equal(olbi, turned)


def test_a_shown_share_never_reads_as_all_or_none() -> None:
    frame = sheets({"a": [1] + [5] * 29, "b": [5] + [1] * 29})
    shares = sc.score_survey(frame, instrument="single_item", by="team").to_frame().set_index("group")["share"]
    assert shares["a"] == 0.9
    assert shares["b"] == 0.1


def test_missing_answers_of_every_kind_are_left_out() -> None:
    levels = pd.array([1, 5, 1, 5, 2, 3, None, None], dtype="Int64")
    frame = pd.DataFrame({"team": "a", "level": levels})
    assert sc.score_survey(frame, instrument="single_item", by="team").answered == 6
    assert sc.score_cbi([pd.NA] * 4 + ["often", float("nan")])["reason"] == "non_responder"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"frame": None}, "DataFrame"),
        ({"by": None}, "lacks"),
        ({"invited": {"z": 5}}, "invited"),
        ({"invited": {"b": "x"}}, "invited"),
        ({"previous": 3}, "score_survey"),
        ({"prior": 3}, "assess_burnout"),
    ],
)
def test_what_is_no_survey_or_answer_is_refused_with_advice(change: dict[str, Any], words: str) -> None:
    arguments = {"frame": sheets({"a": [1, 5, 1, 5, 2, 3], "b": [1]}), "by": "team", **change}
    with pytest.raises(sc.InputError, match=words):
        sc.score_survey(arguments.pop("frame"), instrument="single_item", **arguments)


def test_two_columns_of_one_name_are_refused() -> None:
    frame = sheets({"a": [1, 5, 1, 5, 2, 3]})
    with pytest.raises(sc.InputError, match="same name"):
        sc.score_survey(pd.concat([frame, frame[["team"]]], axis=1), instrument="single_item", by="team")
