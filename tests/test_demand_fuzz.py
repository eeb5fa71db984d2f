"""Hostile files end in an answer or in an error that staffcalc raises on purpose, quickly and in bounded memory."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import staffcalc as sc

HEADERS = """Created at|timestamp|date|channel|Via|messages|Status|Id|First reply time in minutes|inbound|tweet_id
in_response_to_tweet_id|conversation_id|window_id|Direction|tz|Tarih""".replace("\n", "|").split("|")
ODD = """2026-03-02 10:00|2026-03-02T10:00Z|31.02.2026|3/4/26|99999999999999|0|-1|1e999|NaN|inf|=cmd' /C calc'!A0|+1+1
@SUM(A1)|"|9999-12-31 23:59|0001-01-01|1,5|true|2026-03-29 02:30|5 Ağustos 2026|24:00|2026-13-45|Mars/Olympus"""
CELLS = st.one_of(
    st.text(max_size=12), st.sampled_from([*ODD.replace("\n", "|").split("|"), "\u0000", "\u202e", "1" * 400])
)
TABLES = st.tuples(
    st.lists(st.one_of(st.sampled_from(HEADERS), st.text(max_size=8)), min_size=1, max_size=7),
    st.lists(st.lists(CELLS, max_size=8), max_size=25),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-16", "cp1254", "utf-8-sig", "utf-32"]),
)
FILES = st.one_of(st.binary(max_size=600), TABLES.map(lambda parts: as_bytes(*parts)))


def as_bytes(header: list[str], rows: list[list[str]], delimiter: str, encoding: str) -> bytes:
    lines = [delimiter.join(header), *(delimiter.join(row) for row in rows)]
    return "\n".join(lines).encode(encoding, errors="replace")


def swallow(path: Path, way: int | None = None) -> None:
    """Read a file in every way, or in one; anything but an answer or a StaffcalcError fails the test."""
    ways = (
        (sc.read_messages, {"timezone": "Europe/Istanbul"}),
        (sc.read_messages, {"timezone": "UTC", "unit": "ignore", "day_first": True}),
        (sc.read_volumes, {"timezone": "Europe/Berlin", "day_first": True}),
    )
    for reader, options in ways if way is None else ways[way % 3 : way % 3 + 1]:
        try:
            history = reader(path, **options)
            history.to_frame()
            str(history.headline)
            sc.fit_volume(history)
        except sc.StaffcalcError as error:
            error.say("en"), error.say("tr")


def check(folder: Path, data: bytes, ending: str, way: int | None = None) -> None:
    path = folder / f"hostile.{ending}"
    path.write_bytes(data)
    swallow(path, way)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=FILES, ending=st.sampled_from(["csv", "tsv", "xlsx", "parquet", "jsonl", "gz"]))
def test_hostile_files_end_in_an_answer_or_an_error_on_purpose(tmp_path, data, ending):
    check(tmp_path, data, ending)


@pytest.mark.slow
@settings(max_examples=2000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=FILES, ending=st.sampled_from(["csv", "tsv", "xlsx", "parquet", "jsonl", "gz"]))
def test_two_thousand_hostile_files_end_in_an_answer_or_an_error_on_purpose(tmp_path, data, ending):
    check(tmp_path, data, ending, way=len(data))


def good() -> bytes:
    lines = ["Created at,Via,Status,Id"]
    lines += [f"2026-03-{2 + n // 200:02d} {n % 24:02d}:{n % 60:02d},Web,Solved,{n}" for n in range(2000)]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("seed", range(6))
def test_truncated_and_flipped_files_do_not_break_anything(tmp_path, seed):
    rng = random.Random(seed)
    data = bytearray(good()[: rng.randrange(1, 60_000)])
    for _ in range(rng.randrange(0, 40)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    check(tmp_path, bytes(data), "csv")


def workbook(xml: bytes = b"<x/>", *, names: tuple[str, ...] = ("xl/workbook.xml",)) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, xml)
    return out.getvalue()


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("staffcalc.demand.stored_tables.MOST_BYTES", 4 * 2**20)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(workbook(b"\0" * (5 * 2**20)))
    assert path.stat().st_size < 2**16
    with pytest.raises(sc.InputError, match="unpacked"):
        sc.read_messages(path)


def test_half_a_workbook_a_wide_table_and_a_huge_field_are_refused(tmp_path):
    check(tmp_path, workbook(), "xlsx")
    check(tmp_path, workbook()[:60], "xlsx")
    wide = b",".join(b"c%d" % n for n in range(100_000)) + b"\n" + b",".join([b"1"] * 100_000)
    path = tmp_path / "wide.csv"
    path.write_bytes(wide)
    with pytest.raises(sc.InputError, match="columns"):
        sc.read_messages(path)
    check(tmp_path, b'timestamp,messages\n"' + b"x" * 3_000_000, "csv")
    check(tmp_path, b'{"a":' * 5000, "jsonl")


CAPPED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, 2 * 2**30))
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import test_demand_fuzz as fuzz
for path in sorted(Path(sys.argv[2]).iterdir()):
    fuzz.swallow(path)
print("all read")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory caps are those of Linux")
def test_fifty_hostile_files_stay_below_two_gigabytes(tmp_path):
    rng = random.Random(0)
    for number in range(46):
        data = bytearray(good()[: rng.randrange(1, 60_000)])
        for _ in range(rng.randrange(0, 60)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        (tmp_path / f"{number:02d}.{rng.choice(['csv', 'xlsx', 'jsonl', 'gz'])}").write_bytes(bytes(data))
    (tmp_path / "bomb.xlsx").write_bytes(workbook(b"\0" * (450 * 2**20)))
    (tmp_path / "wide.csv").write_bytes(b",".join([b"c"] * 100_000) + b"\n")
    (tmp_path / "long.csv").write_bytes(b'timestamp,messages\n"' + b"x" * 30_000_000)
    (tmp_path / "zeros.csv").write_bytes(b"\0" * 5_000_000)
    run = subprocess.run(
        [sys.executable, "-c", CAPPED, str(Path(__file__).parent), str(tmp_path)],
        capture_output=True, text=True, timeout=300, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert "all read" in run.stdout, run.stderr[-2000:]
