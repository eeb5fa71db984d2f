"""The main job on the sample files: from two files to a report that a director can read, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from matplotlib.text import Text
from test_outputs_report import Page
from typer.testing import CliRunner

import staffcalc as sc
from staffcalc import cli
from staffcalc.outputs import plots, theme
from staffcalc.outputs.chapters import CHAPTERS
from staffcalc.outputs.machine import as_text
from staffcalc.outputs.story import tell
from staffcalc.reference.lookup import sources

DATA = Path(__file__).parent.parent / "data"
pytestmark = pytest.mark.xdist_group("sample")


def test_the_summary_has_five_numbers_with_their_intervals(answers: list[sc.Result]) -> None:
    figures = tell(answers).figures
    assert [figure.name for figure in figures] == [
        "people needed",
        "short of the need",
        "single points of failure",
        "burnout risk against the baseline",
        "a year to close the gap",
    ]
    assert [figure.range.split(":")[0] for figure in figures if "interval" in figure.range] == [
        "80% interval",
        "95% interval",
        "80% interval",
    ]


def test_the_chapters_stand_in_the_order_of_a_resourcing_report(answers: list[sc.Result]) -> None:
    found = [section.key for section in tell(list(reversed(answers))).sections]
    assert found == [key for key in CHAPTERS if key in found]
    assert {"current", "demand", "gap", "cover", "weak", "strain", "money"} <= set(found)


@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_report_speaks_in_words_not_in_codes(answers: list[sc.Result], language: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    sc.write_report(path, answers, language=language)
    words = " ".join(Page(path.read_text(encoding="utf-8").split("</style>", 1)[1]).words)
    roles = {person.role for person in sc.read_desk(DATA / "sample_desk.yaml").people}
    codes = set(re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", words))
    assert codes - roles - set(sources()) == set()


def test_turkish_pages_hold_no_english_sentences(answers: list[sc.Result]) -> None:
    story = tell(answers, language="tr", title="Rapor")
    said = [text for section in story.sections for block in section.blocks for text in (block.headline, *block.notes)]
    said += [text for _, text in (*story.methods, *story.glossary)]
    said += [line.name for topic in (*story.given, *story.assumed) for line in topic.lines]
    said += [*story.lead, *story.steps, *story.doubts]
    said += [
        head for section in story.sections for block in section.blocks if block.table for head in block.table.headers
    ]
    english = re.compile(r"\b(the|of|and|with|days|week|hours|people|per|minutes|is|not|share)\b", re.IGNORECASE)
    assert [text for text in said if english.search(text)] == []


def test_the_workbook_has_a_sheet_for_every_answer(answers: list[sc.Result], tmp_path: Path) -> None:
    path = tmp_path / "model.xlsx"
    sc.write_workbook(path, answers)
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    assert names[:2] == ["Summary", "Model with live formulas"]
    assert len(names) == len(answers) + 5  # summary, model, facts, assumptions, sources


def test_every_answer_can_be_told_to_machines(answers: list[sc.Result]) -> None:
    told = {answer["kind"]: answer for answer in json.loads(as_text(answers, language="tr"))["answers"]}
    need = next(answer for answer in answers if answer.kind == "staffing_need")
    values = told["staffing_need"]["values"]
    assert (values["fte_low"], values["fte"], values["fte_high"]) == (need.fte_low, need.fte, need.fte_high)
    assert values["binding"] == need.binding
    assert told["single_points"]["values"]["smallest_loss"] == 1
    assert told["burnout_risk"]["table"][0]["ratio"] > 1


def test_one_person_around_the_clock_is_told_what_it_takes(tmp_path: Path) -> None:
    words = ["assess", str(DATA / "solo_desk.yaml"), str(DATA / "sample_volumes.csv"), "--output", str(tmp_path)]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 0, done.output
    said = " ".join(done.stdout.split())
    assert "single point of failure for all 5 channels and for every duty" in said
    assert "standby rotation takes at least" in said
    assert "staffed seat" in said
    assert "days a year" in said
    for word in ("FTE", "single point", "burnout", "interval"):
        assert word in said.lower() or word in said
    assert "Traceback" not in done.output


def test_every_picture_says_its_headline_and_speaks_in_words(answers: list[sc.Result]) -> None:
    for answer in answers:
        figure = theme.new_figure(*plots.size(answer))
        ax = plots.draw(answer, figure.subplots(), language="tr")
        assert " ".join(ax.get_title(loc="left").split()) == " ".join(answer.headline.say("tr").split())
        figure.draw_without_rendering()
        words = " ".join(text.get_text() for text in figure.findobj(Text))
        assert not re.findall(r"\b(?:axis|legend|term|col|title)_[a-z_]+", words), answer.kind
        title = next(text for text in figure.findobj(Text) if text.get_text() == ax.get_title(loc="left"))
        assert title.get_window_extent().x1 <= figure.bbox.x1 + 1, answer.kind


@pytest.mark.parametrize("language", ["en", "tr"])
def test_every_figure_that_a_report_rests_on_has_a_name_in_words(answers: list[sc.Result], language: str) -> None:
    story = tell(answers, language=language)
    names = {line.name for topic in (*story.given, *story.assumed) for line in topic.lines}
    parts = {row.name.rsplit(".", 1)[-1] for answer in answers for row in answer.assumptions}
    assert not {part for part in parts if "_" in part and any(part.replace("_", " ") in name for name in names)}


def test_the_first_page_says_what_to_do_first(answers: list[sc.Result]) -> None:
    steps = tell(answers).steps
    assert 2 <= len(steps) <= 5
    assert any(step.startswith("This afternoon") for step in steps)
    assert "strongest single change of the work" in steps[-1]
