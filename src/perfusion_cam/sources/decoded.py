"""What a decoded picture says of itself: its planes, what their numbers mean, which way is up."""

from __future__ import annotations

import math
import re
from typing import Literal, cast

import av
import numpy as np
from av.sidedata.sidedata import SideData
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from perfusion_cam.types import ColourCode, Orientation, PlaneArray

Planes = tuple[PlaneArray, PlaneArray, PlaneArray]
Matrix = Literal["bt601", "bt709", "bt2020"]
Transfer = Literal["srgb", "hlg", "pq"]

HD_SHORT_SIDE_PX = 720
"""Untagged pictures whose short side is at least this are taken for BT.709, smaller ones for
BT.601: what cameras, encoders and players do by convention."""

PLANAR = re.compile(r"yuv(?:j|a)?(?:420|422|444|440)p(?:(?:9|10|12|14|16)le)?")
SEMI_PLANAR = re.compile(r"nv(?:12|16|24)|p[024]1[026]le")
GREY = re.compile(r"gray(?:(?:9|10|12|14|16)le)?")
SWSCALE_EXACT = 0x2 | 0x2000 | 0x4000 | 0x40000
"""Bilinear, full chroma in and out, accurate rounding: the default is up to 3 levels too dark."""

MATRIX_OF_COLORSPACE: dict[int, Matrix] = {
    Colorspace.ITU709: "bt709",
    Colorspace.FCC: "bt601",
    Colorspace.ITU601: "bt601",
    6: "bt601",  # SMPTE 170M: the same matrix under another number
    Colorspace.SMPTE240M: "bt709",  # within 0.02 of it
    Colorspace.BT2020: "bt2020",
    10: "bt2020",  # constant luminance: unknown to players, too
}
MATRIX_OF_PRIMARIES: dict[int, Matrix] = {
    ColorPrimaries.BT709: "bt709",
    ColorPrimaries.BT470BG: "bt601",
    ColorPrimaries.SMPTE170M: "bt601",
    ColorPrimaries.BT2020: "bt2020",
}
TRANSFER_OF_TRC: dict[int, Transfer] = {
    ColorTrc.ARIB_STD_B67: "hlg",
    ColorTrc.SMPTE2084: "pq",
}


def picture_of(decoded: av.VideoFrame) -> tuple[Planes, ColourCode]:
    """Take the stored planes of a decoded picture and find out what they mean.

    Planar and semi-planar Y'CbCr is taken as it is; the arrays are read-only views that keep the
    decoder's picture alive. Grey pictures get chroma without colour. Packed, big-endian and
    unusually subsampled Y'CbCr is only rearranged to 4:4:4; RGB and palettes are converted to
    full-range BT.709 4:4:4.

    Raises
    ------
    ValueError
        For a format that cannot be converted.
    """
    name = decoded.format.name
    if GREY.fullmatch(name):
        return _grey(decoded)
    taken = decoded
    if not (PLANAR.fullmatch(name) or SEMI_PLANAR.fullmatch(name)):
        taken = _converted(decoded)
    bits = taken.format.components[0].bits
    transfer: Transfer = TRANSFER_OF_TRC.get(decoded.color_trc, "srgb")
    if taken is not decoded and not _has_chroma(decoded):
        return _planes(taken), ColourCode("bt709", True, bits, transfer)
    matrix, assumed = _matrix(decoded)
    full_range = name.startswith("yuvj") or decoded.color_range == ColorRange.JPEG
    return _planes(taken), ColourCode(matrix, full_range, bits, transfer, assumed)


def display_matrix(decoded: av.VideoFrame) -> NDArray[np.int32] | None:
    """Display matrix (3, 3) of a picture, fixed point as in ISO/IEC 14496-12, None without."""
    side_data = cast("SideData | None", decoded.side_data.get("DISPLAYMATRIX"))
    return None if side_data is None else np.frombuffer(bytes(side_data), np.int32).reshape(3, 3)


def orientation_of(matrix: NDArray[np.int32] | None) -> tuple[Orientation, float]:
    """Nearest turn and mirror that a display matrix asks for.

    The matrix sends stored (x, y), y down, to x' = a x + c y and y' = b x + d y (ISO/IEC
    14496-12, 8.3.2), where its first rows are (a, b, u) and (c, d, v). Scale and shift are left
    out.

    Returns
    -------
    Orientation
    off_deg : float
        By how many degrees the asked turn misses a quarter turn.
    """
    if matrix is None:
        return Orientation(), 0.0
    (a, b), (c, d) = matrix[:2, :2].astype(np.float64)
    mirrored = bool(a * d - b * c < 0)
    if mirrored:  # before the mirror, which negates x'
        a = -a
    turn_deg = math.degrees(math.atan2(-b, a))  # counter-clockwise as seen
    quarter_turns = round(turn_deg / 90)
    return Orientation(quarter_turns % 4, mirrored), turn_deg - 90 * quarter_turns


def _matrix(decoded: av.VideoFrame) -> tuple[Matrix, bool]:
    """Matrix, and whether it had to be assumed."""
    tagged = MATRIX_OF_COLORSPACE.get(decoded.colorspace)
    if tagged is not None:
        return tagged, False
    hinted = MATRIX_OF_PRIMARIES.get(decoded.color_primaries)
    if hinted is not None:
        return hinted, True
    hd = min(decoded.width, decoded.height) >= HD_SHORT_SIDE_PX
    return ("bt709" if hd else "bt601"), True


def _has_chroma(decoded: av.VideoFrame) -> bool:
    return any(component.is_chroma for component in decoded.format.components)


def _samples(plane: av.video.plane.VideoPlane, dtype: type[np.generic], each: int) -> PlaneArray:
    """View a plane as samples (height, width * each), without the padding at its lines' ends."""
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, abs(plane.line_size))
    if plane.line_size < 0:  # stored bottom line first
        lines = lines[::-1].copy()
    used_bytes = plane.width * each * np.dtype(dtype).itemsize
    samples: PlaneArray = lines[:, :used_bytes].view(dtype)
    samples.flags.writeable = False
    return samples


def _planes(decoded: av.VideoFrame) -> Planes:
    bits = decoded.format.components[0].bits
    dtype = np.uint8 if bits <= 8 else np.uint16
    planes = decoded.planes
    if PLANAR.fullmatch(decoded.format.name):
        luma, cb, cr = (_samples(plane, dtype, 1) for plane in planes[:3])
        return luma, cb, cr
    luma, chroma = _samples(planes[0], dtype, 1), _samples(planes[1], dtype, 2)
    return _low(luma, bits), _low(chroma[:, 0::2], bits), _low(chroma[:, 1::2], bits)


def _low(samples: PlaneArray, bits: int) -> PlaneArray:
    """Copy semi-planar samples, whose deeper kinds keep their bits at the top of 16."""
    moved: PlaneArray = samples.copy()
    if moved.dtype == np.uint16:
        np.right_shift(moved, 16 - bits, out=moved)
    moved.flags.writeable = False
    return moved


def _grey(decoded: av.VideoFrame) -> tuple[Planes, ColourCode]:
    bits = decoded.format.components[0].bits
    luma = _samples(decoded.planes[0], np.uint8 if bits <= 8 else np.uint16, 1)
    height, width = luma.shape
    chroma = np.full(((height + 1) // 2, (width + 1) // 2), 1 << (bits - 1), luma.dtype)
    chroma.flags.writeable = False
    full_range = decoded.color_range != ColorRange.MPEG
    return (luma, chroma, chroma), ColourCode("bt709", full_range, bits)


def _converted(decoded: av.VideoFrame) -> av.VideoFrame:
    """Unpack Y'CbCr to planes and turn all else into full-range BT.709."""
    deep = max(component.bits for component in decoded.format.components) > 8
    name = "yuv444p10le" if deep else "yuv444p"
    try:
        if _has_chroma(decoded):
            return decoded.reformat(format=name, interpolation=SWSCALE_EXACT)
        return decoded.reformat(
            format=name,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.JPEG,
            interpolation=SWSCALE_EXACT,
        )
    except (av.FFmpegError, ValueError, NotImplementedError) as error:
        raise ValueError(f"pixel format {decoded.format.name} cannot be converted") from error
