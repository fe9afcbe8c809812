"""A comparison as one HTML file that needs nothing else: no scripts, no network."""

from __future__ import annotations

import base64

from jinja2 import Environment, PackageLoader, StrictUndefined

from perfusion_cam.comparison.asking import Answer
from perfusion_cam.report.comparison_content import ComparisonContent
from perfusion_cam.report.comparison_pictures import (
    CURVES_CAPTION,
    KEY,
    curves_png,
    jpeg,
    side_pictures,
)
from perfusion_cam.report.findings_words import RULE_COLUMNS, VERDICT_COLUMN


def comparison_html(answer: Answer, content: ComparisonContent) -> str:
    """Write the page.

    Parameters
    ----------
    answer : Answer
        For its pictures.
    content : ComparisonContent
        For its words.
    """
    environment = Environment(
        loader=PackageLoader("perfusion_cam.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_tied,
    )
    pictures = [
        {"uri": _uri(jpeg(one.rgb), "jpeg"), "caption": one.caption, "alt": one.alt}
        for one in side_pictures(answer)
    ]
    return environment.get_template("comparison.html.jinja").render(
        page=content,
        pictures=pictures,
        key=KEY,
        curves={
            "uri": _uri(curves_png(answer.comparison), "png"),
            "caption": CURVES_CAPTION,
            "alt": " ".join(content.contrasts[0].lines),
        },
        rule_columns=RULE_COLUMNS,
        verdict_column=VERDICT_COLUMN,
    )


def _tied(value: object) -> object:
    """Keep numbers and their percent signs on one line."""
    return value.replace(" %", "\u00a0%") if isinstance(value, str) else value


def _uri(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
