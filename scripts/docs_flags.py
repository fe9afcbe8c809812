"""Write the table of flags in docs/output.md from their definitions."""

from __future__ import annotations

from pathlib import Path

from perfusion_cam.quality import Flag

DOCUMENT = Path(__file__).parents[1] / "docs" / "output.md"
START = "<!-- flags: made by scripts/docs_flags.py -->\n"
END = "<!-- end of flags -->"


def table() -> str:
    """Write one row per flag."""
    rows = [
        f"| `{flag.value}` | {'yes' if flag.meaning.fatal else ''} | {flag.meaning.says} |"
        for flag in Flag
    ]
    return "\n".join(["| flag | fatal | what it says |", "|---|---|---|", *rows]) + "\n"


def with_table(text: str) -> str:
    """Return the document with its table made anew."""
    before, rest = text.split(START)
    after = rest.split(END)[1]
    return before + START + table() + END + after


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
