"""Answers as lines of a terminal: the numbers first, then a sentence for each answer."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from staffcalc._words import Sentence
from staffcalc.outputs.chapters import own_words
from staffcalc.outputs.story import tell
from staffcalc.outputs.tables import sentence_case
from staffcalc.outputs.theme import legible

if TYPE_CHECKING:
    from staffcalc._result import Result

NARROWEST, WIDEST = 40, 110


def as_lines(answers: Sequence[Result], *, language: str = "en", width: int = 100) -> list[str]:
    """
    Return the title, the key numbers and the headlines of answers, line by line.

    Parameters
    ----------
    answers : list of Result
        Any answers.
    language : str
        ``en`` or ``tr``.
    width : int
        Letters of a line; held between 40 and 110.

    Returns
    -------
    list of str
        Lines without colours, so that a file or a pipe holds the same.
    """
    story = tell(answers, language=language)
    lines = [story.title]
    widest = max((len(figure.value) for figure in story.figures), default=0)
    for figure in story.figures:
        range_ = f" ({figure.range})" if figure.range else ""
        lines.append(f"  {figure.value:>{widest}}  {figure.name}{range_}")
    lines.append("")
    own = own_words(answers)
    for answer in answers:
        lines.extend(_item(sentence_case(answer.headline.say(language), language, own), width))
    doubts = sum(len(answer.notes) for answer in answers)
    lines += ["", Sentence("cli_doubts", count=doubts).say(language)]
    return [legible(line) for line in lines]


def _item(text: str, width: int) -> list[str]:
    letters = min(max(width, NARROWEST), WIDEST)
    return textwrap.wrap(text, letters, initial_indent="- ", subsequent_indent="  ", break_long_words=False)
