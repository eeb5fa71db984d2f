"""Formulas as MathML, made while the pages are built: a reader's browser needs no script and no network for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the renderer; ``html_math_renderer = "mathml"`` chooses it."""
    app.add_html_math_renderer("mathml", inline_renderers=(inline, None), block_renderers=(block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def inline(writer: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    write(writer, node, as_block=False)


def block(writer: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own; a wide one is scrolled, not cut."""
    writer.body.append('<div class="math" style="overflow-x: auto">')
    write(writer, node, as_block=True)
    writer.body.append("</div>\n")


def write(writer: HTML5Translator, node: nodes.Element, *, as_block: bool) -> None:
    """Write MathML; a formula that cannot be read is a warning and stands as it was written."""
    tex = node.astext()
    try:
        writer.body.append(tex2mathml(tex, as_block=as_block).strip())
    except MathError as problem:
        log.warning("formula %r: %s", tex, problem, location=node)
        writer.body.append(f"<code>{writer.encode(tex)}</code>")
    raise nodes.SkipNode
