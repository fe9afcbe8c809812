"""One tab controls, the others watch."""

from __future__ import annotations

from perfusion_cam.apps.tabs import Tabs


def test_the_tab_open_longest_controls_unless_another_is_promoted() -> None:
    changes: list[None] = []
    tabs = Tabs(lambda: changes.append(None))
    assert not tabs.controls("")
    first, second, third = tabs.add(), tabs.add(), tabs.add()
    assert len({first, second, third}) == 3
    assert [tabs.controls(one) for one in (first, second, third)] == [True, False, False]
    tabs.promote(third)
    assert [tabs.controls(one) for one in (first, second, third)] == [False, False, True]
    tabs.remove(third)
    assert tabs.controls(first)
    assert len(changes) == 5
