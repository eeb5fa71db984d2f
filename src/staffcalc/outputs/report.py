"""The report: one self-contained page that a browser shows and prints, without any request to the outside."""

from __future__ import annotations

import datetime as dt
import functools
import io
import os
import re
import warnings
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staffcalc import _checks
from staffcalc._files import whole_file
from staffcalc._words import Sentence, has_word, label
from staffcalc.errors import InputError, MissingExtraError
from staffcalc.outputs import plots, theme
from staffcalc.outputs.chapters import title_of
from staffcalc.outputs.story import as_list, tell

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from staffcalc._result import Result

FORMATS = (".html", ".pdf")
MOST_LINES = 24
"""Lines of one topic of the assumptions log on a page; the workbook has all."""


def write_report(
    path: str | os.PathLike[str],
    answers: Result | Sequence[Result],
    *,
    title: str | None = None,
    language: str = "en",
    author: str = "",
    date: dt.date | None = None,
    files: Iterable[str | Path] = (),
) -> None:
    """
    Write a resourcing report.

    Parameters
    ----------
    path : path
        File to write, ``.html`` or ``.pdf``; replaced whole or not at all.
    answers : Result or list of Result
        Any answers, for example those of :func:`staffcalc.assess`.
    title : str, optional
        Title of the report; made from the name of the team if not given.
    language : str
        ``en`` or ``tr``.
    author : str
        Who hands the report over.
    date : date, optional
        Day printed on the cover; none if not given, so that the same answers give the same bytes.
    files : iterable of path
        Input files whose fingerprints are printed on the cover.

    Raises
    ------
    InputError
        If the format or the language is not known, there is no answer, or the file cannot be written.
    MissingExtraError
        If a PDF is asked for and WeasyPrint is not installed.

    Notes
    -----
    The page holds pictures, styles and words; it loads nothing. Every name is escaped. The PDF is the same page, set by
    WeasyPrint, with page numbers, running footers and tags for screen readers (PDF/UA); it needs the system's Pango.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import staffcalc as sc
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    >>> write_report(path, [sc.burnout_probability(sc.RoleExposure(weekly_hours=52))], title="One role")
    >>> path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    True
    """
    suffix = _checks.path("path", path).suffix.lower()
    if suffix not in FORMATS:
        raise InputError("report_format", path=str(path), known=list(FORMATS))
    page = page_of(as_list(answers), title=title, language=language, author=author, date=date, files=files)
    with whole_file(path) as file:
        if suffix == ".pdf":
            _print(page, file)
        else:
            file.write_text(page, encoding="utf-8", newline="\n")


def _print(page: str, file: Path) -> None:
    """Write a page as PDF; nothing but what it holds is read."""
    try:
        import weasyprint
    except ImportError:
        raise MissingExtraError(
            "missing_extra", purpose=Sentence("purpose_pdf"), package="WeasyPrint", extra="pdf"
        ) from None
    except OSError:
        raise InputError("pdf_needs_pango") from None
    only_inside = weasyprint.URLFetcher(allowed_protocols=["data"])
    weasyprint.HTML(string=page, url_fetcher=only_inside).write_pdf(file, pdf_variant="pdf/ua-1")


def page_of(answers: Sequence[Result], **cover: Any) -> str:
    """Return the report as the text of one page; keywords as in :func:`write_report`."""
    story = tell(answers, **cover)
    drawn: dict[int, int] = {}

    def picture(answer: Result) -> dict[str, Any]:
        """Draw an answer, or point to the figure where it was drawn before."""
        if id(answer) in drawn:
            return {"number": drawn[id(answer)], "svg": "", "alt": "", "caption": ""}
        if not plots.drawable(answer):
            return {"number": 0, "svg": "", "alt": "", "caption": ""}
        drawn[id(answer)] = number = len(drawn) + 1
        svg = drawing(answer, language=story.language, mark=f"f{number}-")
        alt = answer.headline.say(story.language)
        return {"number": number, "svg": svg, "alt": alt, "caption": caption_of(answer, story.language)}

    def say(key: str, **values: Any) -> str:
        return Sentence(key, **values).say(story.language)

    page = _template().render(
        story=story,
        picture=picture,
        say=say,
        label=functools.partial(label, language=story.language),
        theme=theme,
        most_lines=MOST_LINES,
    )
    return theme.legible(page)


def caption_of(answer: Result, language: str) -> str:
    """Return the title of a picture and how to read it."""
    title, reading = title_of(answer, language), f"reading_{answer.kind}"
    return Sentence("caption", title=title, reading=Sentence(reading)).say(language) if has_word(reading) else title


def drawing(answer: Result, *, language: str, mark: str) -> str:
    """Return the picture of an answer as SVG for a page, without title and clock; ids start with ``mark``."""
    import matplotlib as mpl
    from matplotlib.text import Text

    figure = theme.new_figure(*plots.size(answer))
    ax = figure.subplots()
    plots.paint(answer, ax, language)
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    fonts = "none" if theme.lacks_letters(text.get_text() for text in figure.findobj(Text)) else "path"
    with theme.applied(), mpl.rc_context({"svg.fonttype": fonts}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)  # the browser has more fonts
        figure.savefig(buffer, format="svg", metadata=nothing)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'\b(id=")', rf"\g<1>{mark}", svg)
    svg = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{mark}", svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


@functools.cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["css_text"] = lambda text: Markup(css_text(str(text)))
    environment.filters["svg"] = lambda text: Markup(text)
    environment.filters["linked"] = linked
    environment.filters["longest_word"] = lambda text: max(map(len, text.split()), default=0)
    file = resources.files("staffcalc.outputs") / "templates" / "report.html.j2"
    return environment.from_string(file.read_text(encoding="utf-8"))


def linked(text: str) -> Markup:
    """
    Return ``text`` escaped, its numbers of sources as links to the list of sources.

    Examples
    --------
    >>> print(linked("<b>, [3]"))
    &lt;b&gt;, <a href="#source-3">[3]</a>
    """
    from markupsafe import Markup, escape

    return Markup(re.sub(r"\[(\d+)\]", r'<a href="#source-\1">[\1]</a>', str(escape(text))))


def css_text(text: str) -> str:
    r"""
    Return ``text`` as a quoted string of a style sheet in which nothing but letters and digits stands unescaped.

    Examples
    --------
    >>> print(css_text('a"<b'))
    "a\000022\00003cb"
    """
    return '"' + "".join(sign if sign.isalnum() and sign.isascii() else f"\\{ord(sign):06x}" for sign in text) + '"'
