"""The rules of the house: doors open to the left, the front door is cheap, and nothing private stands in a file."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import staffcalc

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "staffcalc"
HEAVY = (
    "pandas",
    "matplotlib",
    "scipy",
    "numpy",
    "docx",
    "pptx",
    "xlsxwriter",
    "xlwings",
    "weasyprint",
    "narwhals",
    "duckdb",
    "yaml",
    "babel",
)


def run(code: str, *, folder: Path = ROOT, source: Path = ROOT / "src") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(source)}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return run(code, folder=folder, source=folder / "src")


def public_names() -> list[str]:
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    return [name.asname or name.name for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names]


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    return [
        file
        for file in ROOT.rglob("*")
        if file.is_file() and not any(part.startswith((".venv", "__pycache__")) for part in file.parts)
    ]


def texts() -> list[tuple[str, str]]:
    found = []
    for file in tracked_files():
        try:
            found.append((str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue  # pictures and compressed data
    return found


def test_rooms_open_their_doors_only_to_the_left() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("demand", "from staffcalc import staff"),
        ("demand", "import staffcalc"),
        ("reference", "from staffcalc.inputs import desk"),
        ("staffing", "from staffcalc.outputs import plots"),
    ],
)
def test_a_planted_import_through_the_wrong_door_is_caught(room: str, line: str, tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "src" / "staffcalc", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "staffcalc" / room / "planted.py").write_text(line + "\n", encoding="utf-8")
    done = lint_imports(tmp_path)
    assert done.returncode != 0
    assert "planted" in done.stdout


def test_the_front_door_loads_nothing_heavy() -> None:
    done = run(f"import sys, staffcalc; print(*(set(sys.modules) & set({HEAVY!r})))")
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_reference_room_loads_no_frames() -> None:
    use = "from staffcalc.reference.lookup import figure; figure('aht_cv')"
    done = run(f"import sys; {use}; print(*(set(sys.modules) & {{'pandas', 'numpy'}}))")
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


@pytest.mark.parametrize("name", public_names())
def test_every_public_name_can_be_imported_and_is_described(name: str) -> None:
    thing = getattr(staffcalc, name)
    assert inspect.getdoc(thing), name


def public_functions() -> dict[str, Callable[..., object]]:
    return {name: thing for name in public_names() if inspect.isfunction(thing := getattr(staffcalc, name))}


def test_every_public_function_has_parameters_results_and_an_example() -> None:
    missing = []
    for name, thing in public_functions().items():
        text = inspect.getdoc(thing) or ""
        returns = inspect.signature(thing).return_annotation not in (None, "None")
        for section in ("Parameters", "Returns", "Examples") if returns else ("Parameters", "Examples"):
            if not re.search(rf"^{section}\n-+$", text, flags=re.MULTILINE):
                missing.append(f"{name}: {section}")
    assert not missing


def test_a_public_function_takes_at_most_two_positional_arguments() -> None:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    counts = {
        name: sum(parameter.kind in kinds for parameter in inspect.signature(thing).parameters.values())
        for name, thing in public_functions().items()
    }
    answer_in = {"simulate", "assess_burnout"}  # they read another answer: (desk, volume, need)
    assert not {name: count for name, count in counts.items() if count > 2 + (name in answer_in)}


def test_no_registry_host_and_no_machine_path_stands_in_a_file() -> None:
    hosts = ["pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js", "deb.deb" + "ian"]
    path = re.compile(r"(^|[^A-Za-z0-9_.-])/(work|root|farm)/", flags=re.MULTILINE)
    found = [
        name
        for name, text in texts()
        if any(host in text for host in hosts) or (not name.endswith(".lock") and path.search(text))
    ]
    assert not found


def test_the_project_stands_alone_and_nothing_is_left_half_done() -> None:
    outside = re.compile(r"\.\./" + "shared|" + r"\." + "library")
    unfinished = re.compile("raise Not" + r"Implemented|#\s*(TO" + "DO|FIX" + "ME|XX" + "X)")
    assert not [name for name, text in texts() if outside.search(text)]
    assert not [name for name, text in texts() if name.startswith(("src/", "tests/")) and unfinished.search(text)]


def test_constraints_name_versions_and_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert re.search(r"^numpy==", text, flags=re.MULTILINE)


def test_no_tracked_file_is_large() -> None:
    assert not [file.name for file in tracked_files() if file.stat().st_size > 2 * 1024 * 1024]


def lines_of_code(file: Path) -> int:
    """Return the lines of a module without docstrings, comments and blanks."""
    text = file.read_text(encoding="utf-8")
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            told |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    rest = (line.strip() for number, line in enumerate(text.splitlines(), start=1) if number not in told)
    return sum(1 for line in rest if line and not line.startswith("#"))


def test_no_module_holds_much_more_than_three_hundred_lines_of_code() -> None:
    long = {str(file.relative_to(PACKAGE)): lines_of_code(file) for file in PACKAGE.rglob("*.py")}
    assert not {name: lines for name, lines in long.items() if lines > 360}


@pytest.mark.parametrize("room", sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()))
def test_a_room_says_what_it_answers(room: str) -> None:
    assert importlib.import_module(f"staffcalc.{room}").__doc__


def test_no_module_is_named_after_nothing() -> None:
    assert not [
        file.name for file in PACKAGE.rglob("*.py") if file.stem in ("utils", "helpers", "common", "core", "manager")
    ]


def test_the_quick_start_is_two_lines_of_shell() -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```",
        (ROOT / "README.md").read_text(encoding="utf-8").split("## Quick start")[1],
        flags=re.MULTILINE | re.DOTALL,
    )
    assert len(blocks) >= 2
    assert [len(block.strip().splitlines()) for block in blocks[:2]] == [1, 1]
    assert "staffcalc assess data/sample_desk.yaml data/sample_volumes.csv" in blocks[0]
    assert "pytest" in blocks[1]


def test_every_public_name_in_the_guides_exists() -> None:
    guides = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    known, missing = set(public_names()) | {"__version__"}, []
    for guide in guides:
        named = re.findall(r"\bsc\.([A-Za-z_]\w*)", guide.read_text(encoding="utf-8"))
        missing += [f"{guide.name}: sc.{name}" for name in named if name not in known]
    assert not missing
