"""An answer shows itself in a notebook: in words, escaped, with its doubts."""

from __future__ import annotations

from made_up_answers import HOSTILE, made_up

import staffcalc as sc


def test_a_table_in_a_notebook_speaks_in_words() -> None:
    shown = sc.find_single_points_of_failure(sc.read_desk("data/solo_desk.yaml"))._repr_html_()
    assert "What must be covered" in shown
    assert "recovery e-mail" in shown
    assert "recovery_email" not in shown


def test_numbers_are_rounded_and_yes_is_a_word() -> None:
    shown = made_up(names=("a",), rows=1)._repr_html_()
    assert "<td>1.25</td>" in shown
    assert "<td>yes</td>" in shown


def test_a_hostile_name_never_becomes_markup_in_a_notebook() -> None:
    shown = made_up()._repr_html_()
    assert not [name for name in HOSTILE if name.startswith("<") and name in shown]
