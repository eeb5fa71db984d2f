"""Attacks on the results of a survey: whoever reads all that one call shows must not learn the answer of a few."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import staffcalc as sc
from staffcalc.burnout.settled import Levels, settled_people
from staffcalc.burnout.suppression import suppress
from staffcalc.outputs import plots, theme

EVERY_SIDE = np.array(list(itertools.product([0, 1], repeat=12)), dtype=np.int16)
EVERY_LEVEL = np.array(list(itertools.product([0, 1, 2], repeat=10)), dtype=np.int16)


def tables(labels: list[NDArray[np.int64]]) -> tuple[NDArray[np.bool_], list[int]]:
    """Everybody, and the groups of each labelling."""
    cells, at = [np.ones(len(labels[0]), dtype=bool)], [0]
    for t, column in enumerate(labels, start=1):
        for group in np.unique(column):
            cells.append(column == group)
            at.append(t)
    return np.array(cells), at


def alike(worlds: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Who answers the same in every world that is left."""
    return np.asarray(worlds.min(axis=0) == worlds.max(axis=0))


@given(data=st.data())
@settings(max_examples=40)
def test_who_is_settled_by_counts_is_found_exactly_as_by_trying_all_answers(data: st.DataObject) -> None:
    people = data.draw(st.integers(6, 12))
    labels = [
        np.array(data.draw(st.lists(st.integers(0, 1), min_size=people, max_size=people)))
        for _ in range(data.draw(st.integers(1, 4)))
    ]
    at_line = np.array(data.draw(st.lists(st.booleans(), min_size=people, max_size=people)))
    cells, _ = tables(labels)
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=len(cells), max_size=len(cells))))
    kept[0] |= not kept.any()
    shown = cells[kept]
    worlds = EVERY_SIDE[: 2**people, -people:]
    left = worlds[(worlds @ shown.T == shown @ at_line.astype(int)).all(axis=1)]
    assert (settled_people(shown, at_line) == alike(left) & shown.any(axis=0)).all()


def test_the_tables_of_random_surveys_leave_every_single_answer_open() -> None:
    """
    All answers of ten people on a scale of three steps are tried: counts, sums and whole people together.

    A reader who knows the groups of everybody, and counts and means without rounding, must still find two worlds for
    each person that differ in the side of the line.
    """
    rng = np.random.default_rng(3)
    released = 0
    for _ in range(40):
        labels = [rng.integers(0, 2, 10) for _ in range(int(rng.integers(1, 4)))]
        levels = rng.choice(3, 10, p=[0.6, 0.25, 0.15])
        at_line = levels >= 1
        cells, at = tables(labels)
        verdict = suppress(cells, at_line, tables=at, least=5, levels=Levels(levels.astype(float), 1, 2, True))
        shown = cells[[reason is None for reason in verdict.reasons]]
        if not len(shown):
            continue
        released += len(shown)
        sums = (shown @ levels == EVERY_LEVEL @ shown.T).all(axis=1)
        counts = ((EVERY_LEVEL >= 1) @ shown.T.astype(np.int16) == shown @ at_line.astype(int)).all(axis=1)
        left = EVERY_LEVEL[sums & counts]
        assert not (alike(left) & shown.any(axis=0)).any()
        assert not (alike((left >= 1).astype(np.int16)) & shown.any(axis=0)).any()
    assert released > 40


def test_without_the_search_one_random_survey_in_a_hundred_would_settle_somebody() -> None:
    """Groups of five or more, neither all nor none, and no sum over few people: counts of three tables still do."""
    labels = [np.array([1, 0, 2, 0, 1, 1, 2, 2, 2, 1, 2, 2, 0]), np.array([1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1])]
    labels.append(np.array([2, 1, 0, 1, 0, 1, 2, 2, 2, 2, 1, 1, 2]))
    at_line = np.array([1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1], dtype=bool)
    cells, at = tables(labels)
    bare = cells[[0, 3, 4, 5, 8]]
    assert settled_people(bare, at_line).any()
    verdict = suppress(cells, at_line, tables=at, least=5)
    shown = cells[[reason is None for reason in verdict.reasons]]
    assert "settled" in verdict.reasons
    assert not settled_people(shown, at_line).any()


def survey(groups: dict[str, list[int]], **more: object) -> pd.DataFrame:
    rows = [(team, level) for team, levels in groups.items() for level in levels]
    return pd.DataFrame(rows, columns=["team", "level"]).assign(**more)


def sizes(score: sc.SurveyScore) -> dict[str, float]:
    frame = score.to_frame()
    return dict(zip(frame["group"], frame["people"], strict=True))


def test_a_wave_is_compared_with_all_waves_before_it_and_not_only_with_the_last() -> None:
    """The second wave hides the team; the third differs from the first by one person, whose answer would follow."""
    teams = {"a": [1, 4, 2, 3, 1, 2, 5, 2], "b": [2, 3, 1] * 4}
    first = sc.score_survey(survey(teams), instrument="single_item", by="team")
    grown = survey(teams | {"a": [*teams["a"], 1, 4]})
    second = sc.score_survey(grown, instrument="single_item", by="team", previous=first)
    third_sheets = survey(teams | {"a": [*teams["a"], 4]})
    third = sc.score_survey(third_sheets, instrument="single_item", by="team", previous=second)
    assert sizes(first)["a"] == 8
    assert np.isnan(sizes(second)["a"])
    assert np.isnan(sizes(third)["a"])
    assert np.isnan(sizes(third)["everybody"])


def test_a_wave_is_no_grouping_because_three_people_who_answer_twice_are_not_six() -> None:
    sheets = survey({"a": [1, 4, 2, 3, 1, 2], "b": [2, 3, 1] * 4}).assign(wave=[1, 1, 1, 2, 2, 2] * 3)
    with pytest.raises(sc.InputError, match="previous"):
        sc.score_survey(sheets, instrument="single_item", by=["team", "wave"])
    with pytest.raises(sc.InputError, match="previous"):
        sc.score_survey(sheets.rename(columns={"wave": "Dönem"}), instrument="single_item", by=["team", "Dönem"])
    with pytest.raises(sc.InputError, match="everybody"):
        sc.score_survey(sheets.rename(columns={"wave": "everybody"}), instrument="single_item", by=["everybody"])


def test_what_falls_on_one_scale_falls_on_all_and_no_rest_is_left_on_another() -> None:
    """Team b answers the client items with three people only; the other scales must not give team b back."""
    rng = np.random.default_rng(5)
    words = np.array(["never", "seldom", "sometimes", "often", "always"])
    columns = [f"{scale}_{i}" for scale, n in (("personal", 6), ("work", 7), ("client", 6)) for i in range(1, n + 1)]
    frame = pd.DataFrame(words[rng.integers(0, 5, (30, 19))], columns=columns).astype(object)
    frame["team"] = ["a"] * 10 + ["b"] * 8 + ["c"] * 12
    frame.loc[10:14, [f"client_{i}" for i in range(1, 7)]] = None
    score = sc.score_survey(frame, instrument="cbi", by="team")
    shown = score.to_frame().groupby("group")["released"].agg(["all", "any"])
    assert (shown["all"] == shown["any"]).all()
    assert not shown.loc["b", "any"]
    assert not shown["any"].all()
    for _, scale in score.to_frame().groupby("scale"):
        cells = scale.set_index("group")["people"]
        rest = cells["everybody"] - cells.drop("everybody").sum()
        assert not 0 < rest < 5


def everything_a_reader_gets(score: sc.SurveyScore, folder: Path) -> str:
    """All that an answer says in both languages: table, sentences, repr, notebook, picture, report."""
    parts = [score.to_frame().to_string(), repr(score), score._repr_html_(), str(score.sources), str(score.assumptions)]
    parts.append(score.signals.to_string())
    for language in ("en", "tr"):
        parts += [score.headline.say(language), *(note.say(language) for note in score.notes)]
        axes = plots.draw(score, theme.new_figure(*plots.size(score)).subplots(), language=language)
        parts += [text.get_text() for text in axes.findobj(lambda artist: hasattr(artist, "get_text"))]
        parts += [str(line.get_xydata()) for line in axes.get_lines()]
        path = folder / f"survey_{language}.html"
        sc.write_report(path, [score], title="Survey", language=language)
        page = path.read_text("utf-8")
        parts.append(page[: page.index("<svg")] if "<svg" in page else page)
    return "\n".join(parts)


def test_answers_of_withheld_groups_leave_no_trace_anywhere_a_reader_looks(tmp_path: Path) -> None:
    """Two surveys that differ only in who answered what inside the withheld teams say the same, word for word."""
    open_team = [1, 5, 2, 4, 3, 2, 1, 1, 2, 3]
    one = survey({"open": open_team, "few": [5, 5, 5, 1], "other": [1, 1, 2, 2, 3, 1]})
    two = survey({"open": open_team, "few": [1, 1, 1, 2], "other": [5, 5, 5, 1, 2, 3]})
    said = []
    for number, sheets in enumerate((one, two)):
        folder = tmp_path / str(number)
        folder.mkdir()
        score = sc.score_survey(sheets, instrument="single_item", by="team", invited={"open": 12})
        assert set(score.audit["group"]) == {"few", "other"}
        said.append(everything_a_reader_gets(score, folder))
    assert said[0] == said[1]
    for reason in ("too_small", "homogeneous", "differencing", "another_scale", "settled"):
        assert reason not in said[0]


@given(data=st.data())
@settings(max_examples=12)
def test_a_raised_minimum_holds_for_every_size_that_can_be_computed(data: st.DataObject) -> None:
    """Sizes of all sums and differences of released groups of two nested tables are none or seven and more."""
    people = data.draw(st.integers(20, 40))
    team = data.draw(st.lists(st.integers(0, 3), min_size=people, max_size=people))
    level = data.draw(st.lists(st.integers(1, 5), min_size=people, max_size=people))
    frame = pd.DataFrame({"team": [f"t{t}" for t in team], "site": [f"s{t // 2}" for t in team], "level": level})
    score = sc.score_survey(frame, instrument="single_item", by=["site", "team"], min_group=7)
    table = score.to_frame()
    table = table[table["released"]]
    masks = {
        (g, n): np.ones(people, dtype=bool) if g == "everybody" else (frame[g] == n).to_numpy()
        for g, n in zip(table["grouping"], table["group"], strict=True)
    }
    for (name, big), (other, small) in itertools.permutations(masks.items(), 2):
        left = (big & ~small).sum()
        if not (small & ~big).any():
            assert left == 0 or left >= 7, (name, other)


def test_the_bounds_for_silence_are_known_for_everybody_when_they_are_for_all_groups() -> None:
    sheets = survey({"a": [1, 5, 1, 5, 2, 3, 1, 1], "b": [1, 5] * 6})
    table = sc.score_survey(sheets, instrument="single_item", by="team", invited={"a": 12, "b": 14}).to_frame()
    row = table.set_index("group").loc["everybody"]
    assert (row["bound_low"], row["bound_high"]) == (0.3, 0.6)  # 9/26 outward, 15/26 outward
    with pytest.raises(sc.InputError, match="more people answered"):
        sc.score_survey(sheets, instrument="single_item", by="team", invited={"a": 7})
    two = sheets.assign(site=["a"] * 10 + ["z"] * 10)
    with pytest.raises(sc.InputError, match="more than one grouping"):
        sc.score_survey(two, instrument="single_item", by=["team", "site"], invited={"a": 12})
    named = sc.score_survey(two, instrument="single_item", by=["team", "site"], invited={("team", "a"): 12}).to_frame()
    assert named.set_index(["grouping", "group"])["bound_low"].notna().sum() <= 1


def test_a_survey_of_three_tables_and_three_scales_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    words = np.array(["never", "seldom", "sometimes", "often", "always"])
    tables_ = {"team": rng.integers(0, 6, 60), "site": rng.integers(0, 4, 60), "grade": rng.integers(0, 3, 60)}
    frame = pd.DataFrame({name: column.astype(str) for name, column in tables_.items()})
    for scale, items in (("personal", 6), ("work", 7), ("client", 6)):
        for item in range(1, items + 1):
            frame[f"{scale}_{item}"] = words[rng.integers(0, 5, 60)]
    score = sc.score_survey(frame, instrument="cbi", by=list(tables_))
    assert score.groups == 13
    assert capfd.readouterr() == ("", "")


def test_the_rest_of_one_wave_and_a_group_of_the_next_are_compared() -> None:
    """Wave one hides teams b and c, but shows all and a; wave two must not show b and c one person larger together."""
    first_teams = {"a": [1, 4, 2, 3] * 3, "b": [1, 2, 1, 2, 1, 2], "c": [4, 1, 5, 2]}
    first = sc.score_survey(survey(first_teams), instrument="single_item", by="team")
    assert {name for name, people in sizes(first).items() if people == people} == {"everybody", "a"}
    grown = first_teams | {"a": [1, 4, 2, 3] * 5, "b": [1, 2, 4, 2, 1, 2], "c": [4, 1, 5, 2, 4]}
    second = sc.score_survey(survey(grown), instrument="single_item", by="team", previous=first)
    free = sc.score_survey(survey(grown), instrument="single_item", by="team")
    assert sizes(free)["b"] == 6  # without the first wave all teams can be shown
    assert sizes(free)["c"] == 5
    shown = {name: people for name, people in sizes(second).items() if people == people}
    assert not {"b", "c"} <= shown.keys()
    assert not {"everybody", "a"} <= shown.keys()


@given(data=st.data())
@settings(max_examples=25)
def test_no_union_of_groups_that_two_waves_tell_differs_by_a_few_people(data: st.DataObject) -> None:
    """Sizes of all unions of three teams are solved for in both waves by linear algebra over the shown sizes."""
    teams = ("a", "b", "c")
    waves, previous = [], None
    for _ in range(data.draw(st.integers(2, 3))):
        counts = {team: data.draw(st.integers(3, 12)) for team in teams}
        level = data.draw(st.lists(st.sampled_from([1, 2, 4]), min_size=3, max_size=3))
        rows = {team: [1 + (i * k) % 5 for i in range(counts[team])] for team, k in zip(teams, level, strict=True)}
        previous = sc.score_survey(survey(rows), instrument="single_item", by="team", previous=previous)
        waves.append(sizes(previous))
    unions = [u for r in range(1, 4) for u in itertools.combinations(teams, r)]

    def told(wave: dict[str, float]) -> dict[tuple[str, ...], float]:
        names = [n for n in ("everybody", *teams) if wave.get(n) == wave.get(n) and n in wave]
        rows = np.array([[n in ("everybody", team) for team in teams] for n in names], dtype=float).reshape(-1, 3)
        found = {}
        for union in unions:
            target = np.array([team in union for team in teams], dtype=float)
            weights = np.linalg.lstsq(rows.T, target, rcond=None)[0] if len(names) else np.zeros(0)
            if len(names) and np.allclose(rows.T @ weights, target):
                found[union] = float(weights @ np.array([wave[n] for n in names]))
        return found

    for one, two in itertools.combinations(map(told, waves), 2):
        for union in one.keys() & two.keys():
            assert not 0.5 < abs(one[union] - two[union]) < 4.5, union
