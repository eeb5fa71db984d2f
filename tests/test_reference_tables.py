"""Every row of the reference tables: its source exists, its range is in order, its unit and status are known."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

import staffcalc
from staffcalc.errors import InputError
from staffcalc.reference import lookup

FOLDER = Path(staffcalc.__file__).parent / "reference"
UNITS = {row["unit"] for row in lookup.table("units")}
FIGURE_TABLES = [name for name in lookup.tables() if lookup.columns(name) == lookup.FIGURE_COLUMNS]
SOURCED_TABLES = [name for name in lookup.tables() if "source" in lookup.columns(name)]


def test_the_tables_of_figures_are_found() -> None:
    assert {"defaults", "oncall_norms", "burnout_parameters"} <= set(FIGURE_TABLES)
    assert {"rest_rules", "burnout_coefficients"} <= set(SOURCED_TABLES)


@pytest.mark.parametrize("name", SOURCED_TABLES)
def test_every_source_of_a_row_is_a_row_of_the_sources_table(name: str) -> None:
    named = {
        (row["source"], key)
        for row in lookup.table(name)
        for key in [row["source"], *row.get("other_sources", "").split()]
    }
    unknown = {key for _, key in named if key not in lookup.sources()}
    assert not unknown


@pytest.mark.parametrize("name", SOURCED_TABLES)
def test_every_status_is_one_of_the_known_words(name: str) -> None:
    assert {row["status"] for row in lookup.table(name)} <= set(lookup.STATUSES)


@pytest.mark.parametrize("name", FIGURE_TABLES)
def test_every_value_lies_within_its_range(name: str) -> None:
    for row in lookup.table(name):
        present = [float(row[column]) for column in ("low", "value", "high") if row[column]]
        assert present == sorted(present), row


@pytest.mark.parametrize("name", [*FIGURE_TABLES, "rest_rules"])
def test_every_unit_is_explained_in_the_units_table(name: str) -> None:
    assert {row["unit"] for row in lookup.table(name)} <= UNITS


def test_a_figure_that_nobody_has_published_is_an_assumption() -> None:
    empty = [figure for figure in lookup.figures().values() if figure.published is None]
    assert empty
    assert {figure.status for figure in empty} == {"assumption"}


def test_a_law_names_its_article() -> None:
    for row in lookup.table("rest_rules"):
        kind = lookup.source(row["source"]).kind
        named = re.search(
            r"Art\.|reg\.|USC|CFR|s\. \d|C-\d+|Law|L\d+|\d+-A|PD \d|Regulation|none|guidance", row["article"]
        )
        assert kind == "law", row
        assert named, row


def test_a_rest_rule_without_a_value_says_that_it_is_no_limit() -> None:
    for row in lookup.table("rest_rules"):
        assert row["value"] or "blank = no federal" in row["note"], row


def test_no_name_is_used_twice_across_the_tables_of_figures() -> None:
    names = Counter(row["name"] for table in FIGURE_TABLES for row in lookup.table(table))
    assert [name for name, times in names.items() if times > 1] == []


def test_source_keys_are_unique_and_their_kind_is_known() -> None:
    rows = lookup.table("sources")
    assert len({row["key"] for row in rows}) == len(rows)
    assert {row["kind"] for row in rows} <= set(lookup.SOURCE_KINDS)
    assert all(re.fullmatch(r"[a-z0-9_]+", row["key"]) and row["title"] for row in rows)


def test_a_source_with_an_address_says_when_it_was_read_or_is_named_as_recalled() -> None:
    """A rest rule whose source was not read is marked as recalled in its own row."""
    unread = {
        key for key, source in lookup.sources().items() if source.kind == "law" and source.url and not source.read_on
    }
    rows = [row for row in lookup.table("rest_rules") if row["source"] in unread]
    assert {row["status"] for row in rows} <= {"recalled"}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.csv")), ids=lambda file: file.name)
def test_every_row_has_as_many_cells_as_the_header(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert all(cell == cell.strip() for row in rows for cell in row)


def test_the_doubles_are_reconciled_once() -> None:
    assert lookup.figure("day_factor_cv").range == (0.12, 0.2, 0.25)
    assert lookup.figure("week_cv").value == 0.1
    assert lookup.figure("occupancy_cap").value == 0.85
    days = [
        lookup.figure(name).value
        for name in ("contract_hours_per_week", "leave_days", "holiday_days", "sick_days", "training_days")
    ]
    assert days == [40, 25, 10, 7, 5]
    by_hand = 40 / 5 * (365.25 * 5 / 7 - 47)
    assert lookup.figure("productive_hours_per_fte_year").value == pytest.approx(by_hand, abs=0.01)


def test_an_unknown_figure_names_near_misses() -> None:
    with pytest.raises(InputError, match="aht_social_message"):
        lookup.figure("aht_social_mesage")


def test_a_figure_without_a_published_value_asks_for_one() -> None:
    figure = lookup.figure("minutes_per_master_post")
    with pytest.raises(InputError, match="give your own figure"):
        _ = figure.value
    assert figure.assumption().value is None
    assert figure.assumption(12.0).value == 12.0


def test_a_table_can_be_changed_by_its_reader_without_harm() -> None:
    lookup.table("rest_rules")[0]["value"] = "0"
    assert lookup.table("rest_rules")[0]["value"] == "48"


def test_an_unknown_table_and_an_unknown_source_say_what_exists() -> None:
    with pytest.raises(InputError, match="rest_rules"):
        lookup.table("rest")
    with pytest.raises(InputError, match="sre_on_call"):
        lookup.source("sre_oncall")
