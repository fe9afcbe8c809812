"""From picture to picture: find the reference, learn it first, find it again once lost."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.stages.registration.mesh import MESH
from perfusion_cam.stages.registration.template import COARSE, FINE, Registration, Template
from perfusion_cam.types import FloatArray

NEAR_LEVELS, FAR_LEVELS = 0, 2
"""Pyramid levels in which a feature is looked for: from one picture to the next, where it is
foretold to within some 6 working pixels, and to find skin that was lost."""
HOLD_DROP, HOLD_FADE = 0.8, 0.98
"""A share of features found this far below the last ones' best, which fades so from picture to
picture, has the skin looked for farther."""
LEARN_S, LEARN_EVERY_S = 0.8, 0.2
"""The reference is renewed this often, this long, from the mean of the pictures in between: less
noise, and no first picture still soft from coding."""


class Registrar:
    """Registers working-size luma pictures to the first one, feature by feature.

    Every picture is matched to the reference itself, so errors do not add up and the skin is
    found again after it was lost or covered. Features on a hand that comes later are not in the
    reference; features it covers fail the consensus. Where the skin's fine texture is not found,
    its broad blotches are looked for.
    """

    def __init__(self) -> None:
        self._fine: Template | None = None
        self._coarse: Template | None = None
        self._matrix: FloatArray = np.eye(2, 3)
        self._still: FloatArray = np.zeros((*MESH, 2), np.float32)
        self._residual = self._still
        self._lost_count = 0
        self._fine_hold = 1.0
        self._laid: list[FloatArray] = []
        self._start_s = self._learned_s = 0.0

    def push(self, t_s: float, luma: FloatArray) -> Registration:
        """Register one picture.

        Parameters
        ----------
        t_s : float
        luma : array (h, w) float32
            Luma at working size, code values.
        """
        if self._fine is None or self._coarse is None:
            self._start_s = self._learned_s = t_s
            self._fine, self._coarse = Template(luma, FINE), Template(luma, COARSE)
            enough = self._fine.usable or self._coarse.usable
            return Registration(self._matrix, self._still, 1.0 if enough else 0.0, True)
        found = self._find_fine(self._fine, luma)
        if not found.registered:
            texture = self._coarse.texture(luma)
            found = self._find_far(self._coarse, texture, found)
        if not found.registered:
            self._lost_count += 1
            return Registration(self._matrix, self._still, found.hold, False)
        self._matrix, self._residual = found.matrix, found.residual
        self._lost_count = 0
        if t_s - self._start_s < LEARN_S:
            self._average(t_s, luma, found.matrix)
        return found

    def _find_fine(self, fine: Template, luma: FloatArray) -> Registration:
        """Match nearby; from farther away where fewer features than lately are found."""
        texture = fine.texture(luma)
        found = fine.match(texture, self._matrix, self._residual, NEAR_LEVELS)
        if not found.registered or found.hold < HOLD_DROP * self._fine_hold:
            found = self._find_far(fine, texture, found)
        self._fine_hold = max(found.hold, HOLD_FADE * self._fine_hold)
        return found

    def _find_far(
        self, template: Template, texture: NDArray[np.uint8], before: Registration
    ) -> Registration:
        """Match from farther away; once the skin is lost, also from where the picture is alike."""
        if not template.usable:
            return before
        guesses = [self._matrix]
        if self._lost_count > 0:
            guesses.append(template.shift_guess(texture))
        matches = [template.match(texture, guess, self._still, FAR_LEVELS) for guess in guesses]
        return max([before, *matches], key=lambda match: (match.registered, match.hold))

    def _average(self, t_s: float, luma: FloatArray, matrix: FloatArray) -> None:
        """Lay the first pictures over the reference, and renew it from their mean."""
        size = (luma.shape[1], luma.shape[0])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        laid = cv2.warpAffine(luma, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        self._laid.append(np.asarray(laid))
        if t_s - self._learned_s >= LEARN_EVERY_S:
            mean = np.mean(self._laid, axis=0)
            self._fine, self._coarse = Template(mean, FINE), Template(mean, COARSE)
            self._laid = []
            self._learned_s = t_s
