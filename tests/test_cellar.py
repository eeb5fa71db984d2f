"""The cellar: plain checks, words of every size, files whole or not at all."""

import datetime as dt

import numpy as np
import pytest

import staffcalc as sc
from staffcalc import _checks
from staffcalc._files import whole_file
from staffcalc._words import LANGUAGES, Sentence, format_money, format_value


@pytest.mark.parametrize("value", [True, np.True_, "4", None, [1.0, 2.0], np.array([1.0, 2.0]), 10**400, object()])
def test_what_is_not_one_plain_number_is_refused_with_advice(value):
    with pytest.raises(sc.InputError, match="is not a number"):
        _checks.number("hours", value)


@pytest.mark.parametrize("value", [4, 4.0, np.float32(4), np.int64(4), np.array(4.0)])
def test_numbers_of_every_library_are_taken(value):
    assert _checks.number("hours", value) == 4.0


def test_a_share_given_as_a_percentage_is_refused_with_the_share():
    with pytest.raises(sc.InputError, match=r"Try: service_level=0\.8\."):
        _checks.share("service_level", 80)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [0, -0.0, 1e-9, 1e15, 1e308, -1e308, float("nan"), float("inf"), -float("inf")])
def test_numbers_of_every_size_can_be_said(value, language):
    for spec in ("", "g", "n0", "n2", "p1"):
        assert format_value(value, language, spec)


def test_numbers_dates_lists_and_money_follow_the_language():
    assert format_value(1234.5, "tr", "n1") == "1.234,5"
    assert format_value(0.853, "tr", "p1") == "%85,3"
    assert format_value(["a", "b", "c"], "tr") == "a, b ve c"
    assert format_value(dt.date(2027, 1, 4), "tr") == "4 Oca 2027"
    assert format_money(-12_500.4, "EUR", "en") == "-€12,500"


def test_an_unknown_language_is_an_error_that_lists_the_known_ones():
    with pytest.raises(sc.InputError, match="en and tr"):
        Sentence("yes").say("fr")


def test_a_file_is_replaced_whole_or_left_as_it_was(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    def fail_half_way():
        with whole_file(path) as file:
            file.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert path.read_text(encoding="utf-8") == "old"
    with whole_file(path) as file:
        file.write_text("new", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "new"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_a_missing_folder_is_an_error_and_nothing_is_written(tmp_path):
    with pytest.raises(sc.InputError, match="create the folder first"), whole_file(tmp_path / "no" / "a.txt"):
        pass


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True, float("nan")])
def test_a_seed_that_is_none_is_refused_with_advice(seed):
    with pytest.raises(sc.InputError, match="is not a seed"):
        _checks.generator(seed)


def test_a_generator_is_used_on_and_a_number_starts_a_new_one():
    stream = np.random.default_rng(3)
    assert _checks.generator(stream) is stream
    assert _checks.generator(np.int64(3)).random() == np.random.default_rng(3).random()


def test_an_object_of_another_kind_is_refused_with_the_function_that_makes_the_right_one():
    assert _checks.given("desk", "a text", str, maker="read_desk") == "a text"
    with pytest.raises(sc.InputError, match=r"desk is of the type int, but a str is needed.*staffcalc\.read_desk"):
        _checks.given("desk", 3, str, maker="read_desk")


def test_what_is_empty_or_beyond_every_float_can_still_be_said():
    assert format_value([], "en") == "–"
    assert format_value([10**400, 2], "tr").startswith("1000")


def test_a_path_is_a_text_or_a_path_and_swapped_arguments_are_told():
    assert _checks.path("path", "a.html").name == "a.html"
    answer = sc.burnout_probability(sc.RoleExposure(), draws=100)
    for act in (sc.write_report, sc.write_workbook):
        with pytest.raises(sc.InputError, match="two arguments changed places"):
            act([answer], "a.html")


def test_one_answer_alone_can_be_handed_over(tmp_path):
    answer = sc.burnout_probability(sc.RoleExposure(), draws=100)
    for act, name in ((sc.write_report, "a.html"), (sc.write_workbook, "a.xlsx")):
        act(tmp_path / name, answer)
        assert (tmp_path / name).stat().st_size > 5000
        with pytest.raises(sc.InputError, match="not an answer"):
            act(tmp_path / name, 3)
