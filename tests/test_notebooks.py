"""The notebooks use public names only, carry no outputs, stay short, and run."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

by_name = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)


def code_cells(file: Path) -> list[nbformat.NotebookNode]:
    book = nbformat.read(file, as_version=4)
    nbformat.validate(book)
    return [cell for cell in book.cells if cell.cell_type == "code"]


@by_name
def test_a_notebook_carries_no_outputs(file: Path) -> None:
    assert not [cell for cell in code_cells(file) if cell.outputs or cell.execution_count is not None]


@by_name
def test_a_notebook_uses_public_names_only(file: Path) -> None:
    for cell in code_cells(file):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("staffcalc"), cell.source
            if isinstance(node, ast.Import):
                assert not [name.name for name in node.names if name.name.startswith("staffcalc.")], cell.source
            if isinstance(node, ast.Attribute):
                assert not node.attr.startswith("_"), cell.source


@by_name
def test_no_cell_is_longer_than_twelve_lines(file: Path) -> None:
    assert max(len(cell.source.splitlines()) for cell in code_cells(file)) <= 12


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file, id=file.stem, marks=() if file.stem.startswith("00") else pytest.mark.slow)
        for file in NOTEBOOKS
    ],
)
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::UserWarning"
)  # the kernel's
def test_a_notebook_runs_and_shows_its_pictures(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel chooses its display by itself
    nbclient = pytest.importorskip("nbclient")
    book = nbformat.read(file, as_version=4)
    nbclient.NotebookClient(
        book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    drawing = [cell for cell in book.cells if cell.cell_type == "code" and ".plot(" in cell.source]
    assert drawing
    for cell in drawing:
        assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.source


def test_the_quick_answer_takes_fewer_than_ten_lines_from_files_to_headline() -> None:
    first = code_cells(FOLDER / "00_quick_answer.ipynb")[0].source
    assert len([line for line in first.splitlines() if line.strip()]) < 10
    assert first.rstrip().endswith("print(need.headline)")
