"""Sphinx configuration: pages in MyST, the interface from docstrings, tables from the models and reference files."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _generate

import staffcalc

_generate.write_pages(Path(__file__).parent / "_generated")

project = "staffcalc"
author = "The staffcalc authors"
project_copyright = "2026, The staffcalc authors"
release = staffcalc.__version__
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "_mathml",
]
html_math_renderer = "mathml"
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True

templates_path = ["_templates"]
exclude_patterns = ["_build", "_templates"]
suppress_warnings = ["ref.footnote", "ref.citation", "docutils"]
html_theme = "alabaster"
html_title = "staffcalc"
html_theme_options = {
    "description": "Staffing, resilience and burnout risk, with numbers that can be defended",
    "page_width": "1180px",
    "body_max_width": "none",
    "font_family": "system-ui, sans-serif",
    "head_font_family": "system-ui, sans-serif",
}


def setup(app: object) -> None:
    """Leave out the signature of a class: its fields stand below, one by one."""
    app.connect("autodoc-process-signature", lambda *event: ("", None) if event[1] == "class" else None)  # type: ignore[attr-defined]
