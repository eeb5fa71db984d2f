"""The report is one page, needs nothing from outside, escapes every name, and says the same bytes twice."""

from __future__ import annotations

import datetime as dt
import html
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_up_answers import HOSTILE, MadeUp, desk, made_up

import staffcalc as sc
from staffcalc.outputs import plots, theme
from staffcalc.outputs.chapters import CHAPTER_OF_KIND, CHAPTER_OF_ROOM, CHAPTERS
from staffcalc.outputs.excerpts import excerpt
from staffcalc.outputs.peers import peer_frame
from staffcalc.outputs.report import caption_of, css_text, drawing, linked, page_of
from staffcalc.outputs.story import tell
from staffcalc.outputs.tables import column_format, readable, sentence_case

DATA = Path(__file__).parent.parent / "data"
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "manifest"}


class Page(HTMLParser):
    """What a page loads, the tags it has, its ids and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.styles: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in LOADING or (name in ("href", "xlink:href") and tag != "a"):
                self.loads.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name == "style":
                self.styles.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.tags and self.tags[-1] == "style":
            self.styles.append(data)


@pytest.fixture(scope="module")
def page() -> str:
    return page_of([made_up(), made_up()], title="Title <i>x</i>", author="<b>A</b>", language="en")


def test_names_never_become_markup(page: str) -> None:
    tags = set(Page(page).tags)
    assert not tags & {"script", "b", "i", "u", "iframe", "object", "embed", "link", "img"}
    text = "".join(Page(page).words)
    for name in HOSTILE:
        assert theme.legible(name).strip() in text


def test_a_title_cannot_leave_the_style_sheet(page: str) -> None:
    assert css_text('x"; } </style>') == '"x\\000022\\00003b\\000020\\00007d\\000020\\00003c\\00002fstyle\\00003e"'
    assert Page(page).tags.count("style") == 1


def test_the_page_asks_for_nothing_from_outside(page: str) -> None:
    parsed = Page(page)
    assert all(load.startswith("#") for load in parsed.loads)
    styles = " ".join(parsed.styles)
    assert "@import" not in styles
    assert all(target.startswith("#") for target in re.findall(r"url\(['\"]?([^)]*)", page))
    assert "default-src 'none'" in page


def test_no_id_stands_twice_and_every_reference_has_its_target(page: str) -> None:
    ids = Page(page).ids
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'(?:href="#|url\(#)([^")]+)', page))
    assert targets <= set(ids)


@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_same_answers_give_the_same_bytes(language: str, tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        sc.write_report(tmp_path / name, [made_up()], language=language)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_the_cover_says_who_when_and_from_what(tmp_path: Path) -> None:
    facts = tmp_path / "desk.yaml"
    facts.write_text("x")
    story = tell([made_up()], author="Ayşe", date=dt.date(2026, 11, 23), files=[facts], language="tr")
    assert story.author == "Ayşe"
    assert story.date == "23 Kas 2026"
    assert ("desk.yaml parmak izi", "2d711642b726b044") in story.provenance  # sha256 of "x", first 16 digits


def test_the_fingerprint_follows_the_facts() -> None:
    marks = {dict(tell([made_up(desk=desk(name))]).provenance)["Fingerprint of the facts"] for name in ("a", "b", "b")}
    assert len(marks) == 2


def test_what_was_given_stands_beside_what_was_assumed() -> None:
    story = tell([made_up()])
    (given,), (assumed,) = story.given, story.assumed
    assert [line.name for line in given.lines] == ["Handle <i>time</i>", "Annual leave"]
    assert (given.title, assumed.title) == ("Further answers", "Further answers")
    assert [line.source for line in assumed.lines] == ["[1]"]
    assert [line.key for line in story.sources] == ["live_agent_social", "ragan_2012"]  # peers of a team of one


def test_a_long_table_is_cut_with_a_sentence() -> None:
    page = page_of([made_up(rows=200)])
    assert "The first 14 of 200 rows" in page


@pytest.mark.parametrize("language", ["en", "tr"])
def test_no_key_shows_through(language: str) -> None:
    text = " ".join(Page(page_of([made_up()], language=language)).words)
    assert not re.findall(
        r"\b(?:section|title|col|term|status|log|intro|figure|unit|gloss|word|axis|legend)_[a-z]+", text
    )


def test_an_unknown_format_an_empty_list_and_a_stranger_are_refused(tmp_path: Path) -> None:
    with pytest.raises(sc.InputError, match=r"\.html"):
        sc.write_report(tmp_path / "report.odt", [made_up()])
    with pytest.raises(sc.InputError, match="no answer"):
        sc.write_report(tmp_path / "report.html", [])
    with pytest.raises(sc.InputError, match=r"answers\[1\] is a int"):
        sc.write_report(tmp_path / "report.html", [made_up(), 3])  # type: ignore[list-item]
    with pytest.raises(sc.InputError, match="does not exist"):
        sc.write_report(tmp_path / "absent" / "report.html", [made_up()])
    assert list(tmp_path.iterdir()) == []


def test_every_room_has_its_chapter() -> None:
    assert set(CHAPTER_OF_ROOM) == set(plots.ROOMS)
    assert {*CHAPTER_OF_ROOM.values(), *CHAPTER_OF_KIND.values()} <= set(CHAPTERS)


def test_a_picture_without_a_painter_of_its_own_is_bars_of_the_table() -> None:
    ax = theme.new_figure().subplots()
    assert plots.draw(made_up(names=("one", "two"), rows=2), ax, language="tr") is ax
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["one", "two"]
    assert ax.get_xlabel() == "TZE"
    assert ax.get_title(loc="left") == "2 satırın ilk one tanesi."


def test_an_empty_answer_is_drawn_as_nothing_to_draw() -> None:
    ax = theme.new_figure().subplots()
    plots.draw(made_up(rows=0), ax)
    assert ax.texts[0].get_text() == "There is nothing to draw."


def test_ticks_follow_the_language() -> None:
    figure = theme.new_figure()
    ax = figure.subplots()
    plots.draw(made_up(names=("a",), rows=3), ax, language="tr")
    figure.draw_without_rendering()
    assert "0,5" in [tick.get_text() for tick in ax.get_xticklabels()]


def test_drawing_leaves_the_reader_s_settings_alone() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    drawing(made_up(), language="en", mark="f1-")
    assert dict(mpl.rcParams) == before


def test_series_differ_in_more_than_colour() -> None:
    styles = [theme.line_style(place) for place in range(7)]
    assert len({(style["marker"], str(style["linestyle"])) for style in styles}) == 7
    assert len({theme.bar_style(place)["hatch"] for place in range(7)}) == 7


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("service_level", [0.8, 0.913], "p1"),
        ("ratio", [0.8, 1.3], "n2"),
        ("hours_per_week", [12.5, 140.25], "n1"),
        ("messages", [1.0, 2.0], "n0"),
        ("year", [2027], "raw"),
        ("cost_per_year", [41_000.0], "money"),
        ("role", ["a"], ""),
        ("spare", [None, None], ""),
    ],
)
def test_a_column_gets_the_decimals_it_deserves(name: str, values: list[object], expected: str) -> None:
    assert column_format(name, values) == expected


def test_a_column_without_any_value_is_left_out() -> None:
    import pandas as pd

    table = readable(pd.DataFrame({"role": ["a"], "note": [None]}))
    assert table.headers == ("Role",)


def test_answers_of_no_room_still_tell_their_story() -> None:
    story = tell([MadeUp()])
    assert [section.key for section in story.sections] == ["other"]
    assert story.title == "Resourcing report"


def test_a_doubt_is_told_once_and_pointed_to_later() -> None:
    section = tell([made_up(), made_up()]).sections[-1]
    first, second = section.blocks
    assert first.notes == ("The first <script>alert(1)</script> of 2 rows.",)
    assert second.notes == ("The notes above on this count here too: Made up.",)


def test_the_pdf_is_the_same_page_without_a_clock(tmp_path: Path) -> None:
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        pytest.skip("WeasyPrint or Pango is missing")
    for name in ("one.pdf", "two.pdf"):
        sc.write_report(tmp_path / name, [made_up(rows=2)], title="Başlık")
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_a_pdf_without_pango_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import builtins

    real = builtins.__import__

    def lacking(name: str, *rest: object) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(sc.InputError, match="Pango"):
        sc.write_report(tmp_path / "report.pdf", [made_up(rows=2)])
    assert list(tmp_path.iterdir()) == []


def test_letters_that_the_font_lacks_are_left_to_the_browser() -> None:
    latin, chinese = (drawing(made_up(names=(name,), rows=1), language="en", mark="f1-") for name in ("a", "微博"))
    assert "<text" not in latin
    assert "微博" in chinese
    assert "<script" not in drawing(made_up(names=("微<script>",), rows=1), language="en", mark="f1-")


def test_the_first_page_names_only_doubts_that_exist() -> None:
    from staffcalc._words import has_word
    from staffcalc.outputs.first_page import REMARKS, WEIGHTY

    assert [key for key in (*WEIGHTY, *REMARKS) if not has_word(key)] == []


def test_a_table_of_measures_gives_every_row_its_own_decimals() -> None:
    import pandas as pd

    table = readable(pd.DataFrame({"measure": ["quits", "share"], "value": [104.0, 0.034], "low": [90.25, 0.0]}))
    assert [row[1:] for row in table.rows] == [("104", "90.2"), ("3.4%", "0%")]


@pytest.mark.parametrize(
    ("people", "share"),
    [
        (1, "42% of firms"),
        (2, "40% of firms"),
        (3, "40% of firms"),
        (4, "9% of firms"),
        (6, "9% of firms"),
        (7, "9% of firms"),
    ],
)
def test_the_team_stands_beside_its_peers(people: int, share: str) -> None:
    """Ragan/NASDAQ OMX 2012: one person 42%, two or three 40%, four to six 9%, more 9%."""
    team = sc.Desk.model_validate(
        {
            "name": "x",
            "timezone": "UTC",
            "as_of": "2026-11-02",
            "employees": 1200,
            "people": [{"id": f"p{number}", "role": "agent"} for number in range(people)],
        }
    )
    first, second = peer_frame(team).itertuples(index=False)
    assert str(first.peers).startswith(share)
    assert second.this_team == 1200 / people


def test_a_page_says_the_points_of_an_answer_and_draws_no_empty_picture():
    plan = sc.plan_cross_training(sc.read_desk("data/solo_desk.yaml"))
    assert plan.points
    assert not plots.drawable(plan)
    page = html.unescape(page_of([plan], language="tr", date=dt.date(2026, 11, 23)))
    for point in plan.points:
        assert point.say("tr") in page


def test_headings_go_down_one_step_at_a_time(page: str) -> None:
    levels = [int(tag[1]) for tag in Page(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


def test_every_table_names_its_columns_and_rows_and_every_picture_what_it_shows(page: str) -> None:
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    assert all('scope="col"' in row or 'scope="row"' in row for row in rows)
    assert len(re.findall(r'role="img" aria-label="[^"]+"', page)) == page.count("<figure")
    assert len(re.findall(r'role="region" tabindex="0" aria-label="[^"]+"', page)) == page.count("<table")


def test_a_number_of_a_source_leads_to_the_source(page: str) -> None:
    assert str(linked("<i>, [1]")) == '&lt;i&gt;, <a href="#source-1">[1]</a>'
    assert 'href="#source-1"' in page
    assert 'id="source-1"' in page


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("icap nöbeti", "tr", "İcap nöbeti"),
        ("insiders", "en", "Insiders"),
        ("instagram, x: late", "en", "instagram, x: late"),
        ("p1 is away", "en", "p1 is away"),
        ("agency-1 owns", "en", "agency-1 owns"),
        ("", "en", ""),
    ],
)
def test_a_sentence_starts_with_a_capital_but_a_name_stays(text: str, language: str, expected: str) -> None:
    assert sentence_case(text, language, {"instagram"}) == expected


def test_rows_that_say_the_same_stand_once_on_a_page() -> None:
    desk = sc.read_desk(DATA / "solo_desk.yaml")
    found = sc.find_single_points_of_failure(desk)
    short, whole = excerpt(found, 14), found.to_frame()
    assert len(short) < len(whole) / 3
    assert sum(len(cells) for cells in short["cell"]) == (whole["spare"] <= 0).sum()


def test_the_size_of_the_team_stands_once_beside_its_peers() -> None:
    desk = sc.read_desk(DATA / "sample_desk.yaml")
    alone, told = (tell(answers) for answers in ([made_up(desk=desk)], [sc.compare_with_peers(desk)]))
    counts = [len(story.sections[0].tables[-1][1].rows) for story in (alone, told)]
    assert counts[0] == counts[1] + 1


def test_a_caption_says_how_to_read_the_picture() -> None:
    plan = sc.plan_cross_training(sc.read_desk(DATA / "sample_desk.yaml"))
    assert (
        caption_of(plan, "en")
        == "Who should learn what: hours of lessons for each learner; in brackets the accesses to be given to them."
    )
    assert caption_of(MadeUp(), "en") == "Made up"
