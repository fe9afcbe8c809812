from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from synthetic_comparison import KINDS, compared

from perfusion_cam.report.comparison_content import comparison_content
from perfusion_cam.report.comparison_html import comparison_html
from perfusion_cam.report.wording import RESEARCH_USE_ONLY

VOID = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """Every element that is opened is closed; text and attributes are kept."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []
        self.words = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def rendered(affected, unaffected, **asked):
    found = compared(affected, unaffected, **asked)
    content = comparison_content(found)
    return content, comparison_html(found, content)


@pytest.mark.parametrize(("affected", "unaffected"), KINDS)
def test_every_kind_of_comparison_gives_a_page_with_all_its_words(affected, unaffected):
    content, html = rendered(affected, unaffected)
    page = Page(html)
    lines = [content.title, content.answer, *content.notes, *content.reasons]
    for section in (*content.contrasts, *content.sections, content.provenance):
        lines += [section.heading, *section.lines]
    for table in filter(None, (content.sides, content.presses)):
        lines += [cell for row in table.rows for cell in row]
    for profile in content.profiles:
        lines += [*profile.met, *profile.sources, *profile.others]
        lines += [cell for row in profile.rows for cell in row]
    for line in lines:
        assert line in page.words
    assert page.words.count(RESEARCH_USE_ONLY) == 2
    assert page.words.index(RESEARCH_USE_ONLY) < page.words.index(content.answer)
    assert page.words.endswith(RESEARCH_USE_ONLY)


def test_the_page_needs_nothing_else():
    _, html = rendered("slow", "fast")
    page = Page(html)
    assert not page.all("script")
    assert not page.all("link")
    assert all(one["src"].startswith("data:image/") for one in page.all("img"))
    assert not re.search(r"https?:|url\(|@import|\shref=|\son\w+=", html)
    assert "default-src 'none'" in page.all("meta")[2]["content"]


def test_the_page_can_be_read_aloud():
    page = Page(rendered("slow", "fast")[1])
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    assert len(page.all("img")) == 3
    assert all(one["alt"] for one in page.all("img"))
    assert len(page.all("caption")) == len(page.all("table")) == 3
    assert all(one["scope"] in ("row", "col") for one in page.all("th"))


def test_hostile_names_stay_words():
    name = "slow<script>alert(1)&\"'><img>"
    content, html = rendered(name, "fast")
    page = Page(html)
    assert not page.all("script")
    assert len(page.all("img")) == 3
    assert f"{name}.mp4" in page.words
    assert any("<script>" in one["alt"] for one in page.all("img"))
    assert "<script>" in " ".join(content.provenance.lines)
