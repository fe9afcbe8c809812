"""The tabs that are open: one controls, the others watch."""

from __future__ import annotations

import secrets
from collections.abc import Callable


class Tabs:
    """Tabs by names that only they know; the first of them controls.

    Parameters
    ----------
    on_change : callable ()
        Told when another tab may control.
    """

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self._order: list[str] = []
        self._on_change = on_change

    def add(self) -> str:
        """Let a tab watch, or control if it is alone; its name."""
        name = secrets.token_urlsafe(12)
        self._order.append(name)
        self._on_change()
        return name

    def remove(self, name: str) -> None:
        """Forget a tab; if it controlled, the one open longest does so now."""
        self._order.remove(name)
        self._on_change()

    def promote(self, name: str) -> None:
        """Let a tab control."""
        self._order.remove(name)
        self._order.insert(0, name)
        self._on_change()

    def controls(self, name: str) -> bool:
        """Whether a tab controls."""
        return self._order[:1] == [name]
