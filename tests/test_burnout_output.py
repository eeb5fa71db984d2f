"""What a reader of burnout answers sees in every form: help, limits, sources, and what still waits for a check."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import staffcalc as sc
from staffcalc.burnout.coefficients import drivers, scales
from staffcalc.burnout.risk import burnout_probability
from staffcalc.outputs import plots, theme
from staffcalc.outputs.ledger import assumption_line
from staffcalc.reference.lookup import figure, figures, sources

SOLO = {
    "weekly_hours": 55, "utilisation": 1.05, "abusive_share": 0.06, "low_control_share": 0.7, "solo_share": 1.0,
    "duties": 8, "on_call_share": 1.0, "paged_nights_per_week": 2, "after_hours_share": 0.35,
    "quick_returns_per_year": 40, "leave_untaken_share": 0.6, "channels": 7, "effort_reward_imbalance": 0.6,
    "low_justice": 0.5, "long_shift_share": 0.4,
}  # fmt: skip
LONG_NAMES = {
    "Sosyal medya ve müşteri deneyimi kıdemli yöneticisi": SOLO,
    "agent": {"duties": 2},
    "night_shift_community_and_crisis_manager_for_all_regions": {"weekly_hours": 60},
}
NO_DIAGNOSIS = {"en": ("iagnosis",), "tr": ("tanı değildir", "Tanı değildir")}
PURPOSE = {"en": "Never for hiring", "tr": "İşe alma, ücret"}
HELP = {"en": "occupational health", "tr": "işyeri hekimine"}


def answers() -> list[sc.Result]:
    risk = burnout_probability(SOLO, draws=400)
    many = burnout_probability(LONG_NAMES, draws=400)
    sheets = pd.DataFrame({"team": ["a very long name of a team that answers " + t for t in "ab" for _ in range(9)]})
    sheets["level"] = [1, 2, 3, 4, 5, 1, 2, 4, 1] * 2
    survey = sc.score_survey(sheets, instrument="single_item", by="team")
    return [risk, many, sc.weigh_levers(risk, draws=400), survey]


@pytest.mark.parametrize("language", ["en", "tr"])
def test_pictures_say_no_diagnosis_and_nothing_in_them_is_cut_off(language: str) -> None:
    for answer in answers():
        picture = theme.new_figure(*plots.size(answer))
        axes = plots.draw(answer, picture.subplots(), language=language)
        picture.draw_without_rendering()
        width, height = picture.bbox.width, picture.bbox.height
        legend = axes.get_legend()
        texts = [
            axes.xaxis.label,
            *axes.get_yticklabels(),
            *([legend.get_title(), *legend.get_texts()] if legend else []),
        ]
        for text in texts:
            box = text.get_window_extent()
            assert box.x0 >= -1, (answer.kind, text.get_text())
            assert box.x1 <= width + 1, (answer.kind, text.get_text())
            assert -1 <= box.y0 <= box.y1 <= height + 1, (answer.kind, text.get_text())
        said = " ".join(text.get_text() for text in texts)
        assert any(words in said for words in NO_DIAGNOSIS[language]), answer.kind


@pytest.mark.parametrize("language", ["en", "tr"])
def test_help_purpose_and_no_diagnosis_stand_in_every_form_of_output(language: str, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    for number, answer in enumerate(answers()):
        page = tmp_path / f"{number}.html"
        sc.write_report(page, [answer], title="Burnout", language=language)
        book_path = tmp_path / f"{number}.xlsx"
        sc.write_workbook(book_path, [answer], language=language)
        book = openpyxl.load_workbook(book_path, read_only=True)
        cells = [str(v) for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v is not None]
        forms = {"report": page.read_text("utf-8"), "workbook": " ".join(cells)}
        if language == "en":
            forms["notebook"] = answer._repr_html_()
        for form, text in forms.items():
            assert any(words in text for words in NO_DIAGNOSIS[language]), (form, answer.kind)
            assert PURPOSE[language] in text, (form, answer.kind)
            assert HELP[language] in text, (form, answer.kind)


def test_every_coefficient_that_an_answer_prints_has_its_line_in_the_log_with_source_and_status() -> None:
    risk = burnout_probability(SOLO, draws=50)
    for answer in (risk, sc.weigh_levers(risk, draws=50)):
        log = {line.name: line for line in answer.assumptions}
        numbers = {key: place for place, key in enumerate(answer.sources, start=1)}
        assert len(drivers()) == 15
        for driver in drivers():
            line = log[f"burnout_or_{driver.key}"]
            assert (line.value, line.low, line.high) == (driver.odds_ratio, driver.low, driver.high)
            assert line.source in sources()
            assert line.source in answer.sources
            shown = assumption_line(line, "en", numbers)
            assert shown.source == f"[{numbers[line.source]}]"
            assert shown.status
        for scale in (scale for driver in drivers() for scale in driver.scales):
            ramp = log[f"burnout_ramp_{scale.field}"]
            assert (ramp.low, ramp.high, ramp.status) == (scale.start, scale.full, scale.status)
            assert ramp.source in sources()
            assert all(assumption_line(ramp, language).name for language in ("en", "tr"))
        for column in ("source", "effect_status", "status"):
            frame = answer.to_frame() if answer is not risk else risk.drivers
            if column in frame:
                assert frame[column].astype(bool).all()
                assert column != "source" or set(frame[column]) <= set(sources())


def test_a_coefficient_without_a_source_is_found() -> None:
    """The test above looks at the right place: an effect whose source nobody knows does not pass it."""
    import dataclasses

    first, *rest = drivers()
    nobody = dataclasses.replace(first, sources=("somebody_said",))
    risk = burnout_probability(SOLO, draws=50, model_drivers=[nobody, *rest])
    line = next(line for line in risk.assumptions if line.name == f"burnout_or_{first.key}")
    assert line.source not in sources()


@pytest.mark.parametrize(("language", "words"), [("en", "check before release"), ("tr", "yayım öncesi denetle")])
def test_figures_that_wait_for_a_check_say_so_in_the_report_and_in_the_tables(
    language: str, words: str, tmp_path: Path
) -> None:
    risk = burnout_probability(SOLO, draws=50)
    waiting = [line for line in risk.assumptions if line.note.startswith("verify before release")]
    assert len(waiting) > 15
    for line in waiting:
        assert words in assumption_line(line, language).status, line.name
    sure = next(line for line in risk.assumptions if line.name == "burnout_or_high_demands")
    assert words not in assumption_line(sure, language).status
    path = tmp_path / "report.html"
    sc.write_report(path, [risk], title="Burnout", language=language)
    assert words in path.read_text("utf-8")
    flagged = {scale.driver for scale in scales() if scale.note.startswith("verify before release")}
    table = risk.drivers.set_index("driver")["to_verify"]
    assert set(table.index[table]) == flagged
    assert not table["quick_returns"]


def test_every_figure_of_the_room_that_is_recalled_or_judged_without_a_source_says_that_it_waits() -> None:
    plain = {"burnout_share_step", "burnout_score_step", "burnout_cbi_step", "mc_draws", "min_group"}
    for row in figures().values():
        if row.applies_to == "burnout" and row.status in ("recalled", "judgement") and row.name not in plain:
            assert row.note.startswith("verify before release"), row.name
    assert figure("cbi_client_min_answered").status != "recalled"


def test_an_answer_says_in_words_what_moves_it_and_which_facts_break_a_rule() -> None:
    risk = burnout_probability(LONG_NAMES, draws=200)
    said = [str(point) for point in risk.points]
    assert any("working week above 48 hours" in text and "kıdemli yöneticisi" in text for text in said)
    assert any("never off call" in text for text in said)
    assert any("most of the modelled change" in text and "hours worked a week" in text for text in said)
    assert any("in no order" in text for text in said)
    assert len(said) <= 2 * len(LONG_NAMES)
    assert all(point.say("tr") for point in risk.points)


@pytest.mark.parametrize("language", ["en", "tr"])
def test_every_end_of_an_interval_is_headed_with_its_level(language: str, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    sc.write_report(page, [burnout_probability(sc.RoleExposure(duties=6), draws=200)], language=language)
    text = page.read_text(encoding="utf-8")
    heads = {"en": "Probability, low (95%)", "tr": "Olasılık, alt (%95)"}
    assert heads[language] in text
