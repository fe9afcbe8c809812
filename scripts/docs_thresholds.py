"""Write the tables of rules in docs/thresholds.md from the shipped profiles."""

from __future__ import annotations

from pathlib import Path

from perfusion_cam.thresholds import Profile, Rule, shipped_profiles
from perfusion_cam.thresholds.describing import (
    described,
    endpoint_words,
    limit_words,
    look_again_words,
)
from perfusion_cam.thresholds.profile import Citation

DOCUMENT = Path(__file__).parents[1] / "docs" / "thresholds.md"
START = "<!-- rules: made by scripts/docs_thresholds.py -->\n"
END = "<!-- end of rules -->"


def tables() -> str:
    """Write one table for each profile."""
    return "\n".join(map(table, shipped_profiles()))


def table(profile: Profile) -> str:
    """Write a profile's heading, its words and one row per rule."""
    head = [
        f"### `{profile.id}` {profile.version}",
        "",
        f"{profile.title}. {profile.about}",
        "",
        "| rule | beyond where | for | severity | what it suggests, and what to know | source |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(row, profile.rules)]) + "\n"


def row(rule: Rule) -> str:
    """Write a rule's cells."""
    again = "" if rule.look_again_s is None else look_again_words(rule.look_again_s)
    says = " ".join(filter(None, [rule.says, again, rule.note, endpoint_words(rule)]))
    cells = (
        f"`{rule.id}`",
        " and ".join(f"`{limit_words(one)}`" for one in rule.conditions),
        described(rule.population),
        rule.severity,
        says,
        f"{source(rule.citation)} ({rule.evidence}; read in: {rule.read_in})",
    )
    return f"| {' | '.join(cells)} |"


def source(citation: Citation) -> str:
    """Write a citation with its DOI as a link."""
    text = citation.text()
    if citation.doi is None:
        return text
    return text.replace(f"doi:{citation.doi}", f"[{citation.doi}](https://doi.org/{citation.doi})")


def with_tables(text: str) -> str:
    """Return the document with its tables made anew."""
    before, rest = text.split(START)
    after = rest.split(END)[1]
    return before + START + tables() + END + after


if __name__ == "__main__":
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
