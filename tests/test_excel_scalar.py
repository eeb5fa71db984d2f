"""The Excel functions for single cells, through the real xlwings package: called directly and by the classic route."""

import inspect
import json
import pathlib
import subprocess
import sys

import pytest

import staffcalc as sc

pytest.importorskip("xlwings")

from staffcalc.outputs import excel_scalar

NAMES = [
    "sc_average_wait",
    "sc_cover_fte",
    "sc_erlang_b",
    "sc_erlang_c",
    "sc_heads_for_seats",
    "sc_productive_hours",
    "sc_required_agents",
    "sc_service_level",
]


def test_the_functions_have_their_public_names():
    found = {name for name, value in vars(excel_scalar).items() if name.startswith("sc_") and inspect.isfunction(value)}
    assert found == set(NAMES)


def test_direct_calls_give_the_numbers_of_the_library():
    assert excel_scalar.sc_erlang_c(12.0, 9.5) == sc.erlang_c(12, 9.5) == pytest.approx(0.3502218417740033, rel=1e-13)
    assert excel_scalar.sc_erlang_b(30.0, 25.0) == sc.erlang_b(30, 25)
    assert excel_scalar.sc_required_agents(10.0, 3.0, 1 / 3, 0.8) == 14
    assert excel_scalar.sc_required_agents(100.0, 3.0, 1 / 3, 0.8, 1.0, 2.0) == 96
    assert excel_scalar.sc_required_agents(17.0, 2.0, 1440.0, 0.5, 0.85) == 20
    assert excel_scalar.sc_service_level(14.0, 10.0, 3.0, 1 / 3) == pytest.approx(0.8883500192)
    assert excel_scalar.sc_average_wait(14.0, 10.0, 3.0) * 60 == pytest.approx(7.835937012)
    assert excel_scalar.sc_productive_hours() == sc.productive_hours()
    assert excel_scalar.sc_cover_fte(1.0, 168.0, 3.0, 30.0) == pytest.approx(5.44, abs=0.005)
    assert excel_scalar.sc_heads_for_seats(3.0, 0.15) == 5


def test_every_answer_is_a_plain_float():
    """Excel knows one kind of number; a Python whole number would arrive as text on some hosts."""
    for value in (excel_scalar.sc_required_agents(10.0, 3.0, 1.0, 0.8), excel_scalar.sc_heads_for_seats(3.0, 0.15)):
        assert type(value) is float


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: excel_scalar.sc_erlang_c("ten", 5.0), "agents='ten' is not a number"),
        (lambda: excel_scalar.sc_erlang_c(5.0, None), "load_erlangs"),
        (lambda: excel_scalar.sc_erlang_c([1.0, 2.0], 5.0), "single cells"),
        (lambda: excel_scalar.sc_required_agents(5.0, 3.0, 1.0, 80.0), "Try: service_level=0.8"),
        (lambda: excel_scalar.sc_required_agents(5.0, 3.0, 1.0, 1.0), "no finite number of agents"),
        (lambda: excel_scalar.sc_average_wait(5.0, 5.0, 3.0), "cannot keep up"),
        (lambda: excel_scalar.sc_heads_for_seats(2.5, 0.1), "whole number"),
    ],
)
def test_a_refusal_is_one_plain_line_of_value_error(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert type(caught.value) is ValueError


def test_the_classic_route_converts_cells_and_writes_vba():
    host = pathlib.Path(__file__).with_name("excel_classic_host.py")
    asked = {
        "erlang_c": ("sc_erlang_c", [12.0, 9.5]),
        "agents": ("sc_required_agents", [10.0, 3.0, 1 / 3, 0.8]),
        "patient": ("sc_required_agents", [100.0, 3.0, 1 / 3, 0.8, None, 2.0]),
        "defaults": ("sc_productive_hours", []),
        "heads": ("sc_heads_for_seats", [3.0, 0.15]),
        "text": ("sc_erlang_c", ["ten", 9.5]),
        "percent": ("sc_required_agents", [10.0, 3.0, 1.0, 80.0]),
    }
    done = subprocess.run(
        [sys.executable, str(host)], input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert answers["erlang_c"] == pytest.approx(sc.erlang_c(12, 9.5), rel=1e-15)
    assert (answers["agents"], answers["patient"], answers["heads"]) == (14, 96, 5)
    assert answers["defaults"] == pytest.approx(sc.productive_hours(), rel=1e-15)
    assert "agents='ten' is not a number" in answers["text"]
    assert "Try: service_level=0.8" in answers["percent"]
    assert "Function sc_erlang_c(agents, load_erlangs)" in answers["vba"]
    assert "Optional max_occupancy, Optional patience_minutes)" in answers["vba"]


def test_the_module_loads_without_numpy_and_pandas():
    program = (
        "import sys; sys.modules['pandas'] = sys.modules['scipy'] = sys.modules['matplotlib'] = None\n"
        "sys.modules['numpy'] = None\n"
        "from staffcalc.outputs import excel_scalar as x\n"
        "assert x.sc_required_agents(10.0, 3.0, 1 / 3, 0.8) == 14\n"
        "try:\n    x.sc_erlang_c(3.0, -1.0)\nexcept ValueError as error:\n    assert 'load_erlangs' in str(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
