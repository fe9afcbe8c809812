"""What rests on the skin right now: for guidance only, the session judges presses by itself.

A press is known to the session once its tool has left. Whoever presses wants to know at once that
the touch was seen and how long it has lasted, so here the skin is compared with how it looked bare.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from perfusion_cam.stages.detection.activity import Burst, BurstFinder
from perfusion_cam.stages.detection.departure import MAX_HOLD_S, MIN_AREA, TOOL_CHANGE
from perfusion_cam.stages.detection.light import common_gain, largest, smooth
from perfusion_cam.types import BoolArray, FloatArray, GridSample

BARE_S = 1.0
"""So long must the skin have been still before it is taken for bare."""
LEFT_SHARE = 0.5
"""What covered the skin has left when more than this share of its cells looks otherwise."""
DELAY_S = 0.4
"""Only grids this old, with no change seen since, enter the mean of the skin."""
KEPT_MOVES = 20
FADE = 0.1
"""Weight of the newest such grid in the mean of the skin, bare or covered."""


class ContactWatch:
    """Follows whether something rests on the skin.

    Attributes
    ----------
    bare_s : float or None
        Since when the skin has lain bare and still; None while it does not.
    contact_s : float or None
        Since when something has rested on it; None where nothing does.
    lifted_s : float or None
        When that was last seen to leave.
    tool_cells : array (rows, cols) bool or None
        Where it rests.
    moves : deque of Burst
        The last stretches in which something moved.
    moving_s : float or None
        Since when something moves now.
    """

    def __init__(self) -> None:
        self._bursts = BurstFinder()
        self._recent: deque[tuple[float, FloatArray]] = deque()
        self._bare: FloatArray | None = None
        self._held: FloatArray | None = None
        self._quiet_s: float | None = None
        self.bare_s: float | None = None
        self.contact_s: float | None = None
        self.lifted_s: float | None = None
        self.tool_cells: BoolArray | None = None
        self.moves: deque[Burst] = deque(maxlen=KEPT_MOVES)
        self.moving_s: float | None = None

    @property
    def moving(self) -> bool:
        """Whether something moves in the picture."""
        return self._bursts.open

    def push(self, sample: GridSample) -> None:
        """Take one sample."""
        if not sample.registered:
            self._quiet_s = self.bare_s = None
            return
        ended = self._bursts.push(sample)
        self.moves.extend(ended)
        if not self.moving:
            self.moving_s = None
        elif self.moving_s is None:
            self.moving_s = sample.t_s
        if self.moving or ended:
            self._recent.clear()
        if self._quiet_s is None or ended:
            self._quiet_s = ended[-1].end_s if ended else sample.t_s
        if self._bare is None:
            if not self.moving and sample.t_s - self._quiet_s >= BARE_S:
                self.rest(sample)
                self.bare_s = self._quiet_s
        elif ended:
            self._judge(sample, ended[0].start_s, ended[-1].end_s)
        elif self.contact_s is not None and sample.t_s - self.contact_s > MAX_HOLD_S:
            self.rest(sample)
        elif not self.moving:
            self._remember(sample)

    def rest(self, sample: GridSample) -> None:
        """Take the skin as it is now for bare, as after a recovery was watched to its end."""
        self._bare = smooth(sample.log_rgb)
        self._recent.clear()
        self.bare_s, self.contact_s, self.tool_cells, self._held = sample.t_s, None, None, None

    def _remember(self, sample: GridSample) -> None:
        self._recent.append((sample.t_s, smooth(sample.log_rgb)))
        while self._recent[0][0] <= sample.t_s - DELAY_S:
            _, grid = self._recent.popleft()
            if self._held is not None:
                self._held += np.float32(FADE) * (grid - self._held)
            elif self._bare is not None:
                self._bare += np.float32(FADE) * (grid - self._bare)

    def _judge(self, sample: GridSample, start_s: float, end_s: float) -> None:
        """Find out what a burst of change left behind."""
        assert self._bare is not None
        if self.contact_s is None:
            covered = _changed(sample, self._bare)
            if covered.mean() > MIN_AREA:
                self.contact_s, self.bare_s, self.tool_cells = end_s, None, covered
                self._held = smooth(sample.log_rgb)
            return
        assert self.tool_cells is not None
        assert self._held is not None
        changed = _changed(sample, self._held) & self.tool_cells
        if changed.sum() > LEFT_SHARE * self.tool_cells.sum():
            self.lifted_s, self.bare_s = start_s, end_s
            self.contact_s = self.tool_cells = self._held = None


def _changed(sample: GridSample, before: FloatArray) -> BoolArray:
    """Cells that look otherwise than before, but for what the light as a whole did."""
    difference = smooth(sample.log_rgb) - before
    change = largest(np.abs(difference - common_gain(difference)))
    return np.asarray((change > TOOL_CHANGE) & sample.valid)
