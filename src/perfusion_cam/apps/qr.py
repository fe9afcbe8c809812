"""An address as a square code on the terminal: a phone's camera reads what nobody wants to type."""

from __future__ import annotations

import cv2
import numpy as np

QUIET = 4
"""Empty modules that the standard asks for on every side."""
HALVES = {
    (False, False): " ",
    (True, False): "\u2580",
    (False, True): "\u2584",
    (True, True): "\u2588",
}
BLACK_ON_WHITE, AS_BEFORE = "\x1b[30;107m", "\x1b[0m"


def qr_lines(text: str) -> list[str]:
    """Draw a QR code, two rows of modules a line, black on white on whatever terminal."""
    dark = cv2.QRCodeEncoder.create().encode(text) == 0
    rows, cols = np.nonzero(dark)
    dark = dark[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1]
    dark = np.pad(dark, ((QUIET, QUIET + (len(dark) + 2 * QUIET) % 2), (QUIET, QUIET)))
    return [
        BLACK_ON_WHITE
        + "".join(HALVES[bool(a), bool(b)] for a, b in zip(upper, lower, strict=True))
        + AS_BEFORE
        for upper, lower in zip(dark[::2], dark[1::2], strict=True)
    ]
