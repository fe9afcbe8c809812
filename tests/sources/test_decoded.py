"""Orientation and colour, from files that carry them."""

import itertools
import math

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from recorded import Kind, write_video

from perfusion_cam.picture import Reducer, upright_rgb
from perfusion_cam.sources.decoded import orientation_of, picture_of
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.types import ColourCode, Frame, Orientation

ONE = 1 << 16
CORNERS = {(0, 0): 40, (1, 0): 90, (0, 1): 150, (1, 1): 210}
"""Grey level of each corner (x, y) of the stored picture."""
MATRICES = [
    matrix
    for matrix in itertools.product((-1, 0, 1), repeat=4)
    if abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) == 1 and sum(map(abs, matrix)) == 2
]
"""All turns and mirrors as (a, b, c, d)."""
TURNS = [(a, b, c, d) for a, b, c, d in MATRICES if a * d - b * c > 0]


def corner_picture():
    picture = np.full((48, 64, 3), 128, np.uint8)
    for (x, y), grey in CORNERS.items():
        picture[24 * y : 24 * y + 24, 32 * x : 32 * x + 32] = grey
    return picture


def shown_corners(matrix):
    """Greys of the corners as ISO/IEC 14496-12 shows them: x' = ax + cy, y' = bx + dy."""
    a, b, c, d = matrix
    shown = {}
    for (x, y), grey in CORNERS.items():
        at_x, at_y = 2 * x - 1, 2 * y - 1
        shown[(a * at_x + c * at_y > 0, b * at_x + d * at_y > 0)] = grey
    return shown


def patch_track_matrix(path, matrix):
    """Overwrite a, b, u, c, d, v of the track header of an MP4 file."""
    a, b, c, d = (value * ONE for value in matrix)
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + 40
    data[start : start + 24] = np.array([a, b, 0, c, d, 0], ">i4").tobytes()
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("suffix", "matrix"),
    [
        *itertools.product((".mp4", ".mov"), MATRICES),
        *itertools.product((".mkv",), TURNS),  # Matroska knows no mirrors
    ],
)
def test_upright_as_the_container_asks(tmp_path, suffix, matrix):
    a, b, c, d = (value * ONE for value in matrix)
    path = write_video(
        tmp_path / f"a{suffix}",
        Kind(suffix, "libx264"),
        stamps=range(3),
        pictures=[corner_picture()] * 3,
        display_matrix=[a, b, 0, c, d, 0, 0, 0, 1 << 30] if suffix == ".mkv" else None,
    )
    if suffix != ".mkv":
        patch_track_matrix(path, matrix)
    video = VideoFile(path)
    frames = list(video)
    picture = upright_rgb(frames[-1])
    work = Reducer(4).reduce(frames[-1]).luma
    assert picture.shape[:2] == ((64, 48) if matrix[0] == 0 else (48, 64))
    assert frames[0].size_px == picture.shape[1::-1]
    assert (video.info().width, video.info().height) == frames[0].size_px
    for (right, low), grey in shown_corners(matrix).items():
        y, x = (-5 if low else 4), (-5 if right else 4)
        assert abs(int(picture[y, x, 1]) - grey) <= 6
        y, x = (-2 if low else 1), (-2 if right else 1)
        assert abs((work[y, x] - 16) * 255 / 219 - grey) <= 6
    assert video.info().warnings == ()


def test_no_matrix_is_upright():
    assert orientation_of(None) == (Orientation(), 0.0)
    assert orientation_of(np.zeros((3, 3), np.int32))[0] == Orientation()


def test_an_oblique_turn_is_rounded_and_told(tmp_path):
    angle = math.radians(-75)  # clockwise
    cos, sin = round(math.cos(angle) * ONE), round(math.sin(angle) * ONE)
    path = write_video(
        tmp_path / "a.mp4",
        Kind(".mp4", "libx264"),
        display_matrix=[cos, -sin, 0, sin, cos, 0, 0, 0, 1 << 30],
    )
    video = VideoFile(path)
    list(video)
    assert video.info().orientation == Orientation(3)
    assert video.info().warnings == ("The file asks for a turn +15° off a quarter turn; not done.",)


@pytest.mark.parametrize(
    ("tags", "size_px", "expected"),
    [
        ({}, (64, 48), ColourCode("bt601", assumed=True)),
        ({}, (720, 1280), ColourCode("bt709", assumed=True)),
        ({"color_primaries": ColorPrimaries.BT709}, (64, 48), ColourCode("bt709", assumed=True)),
        ({"colorspace": Colorspace.ITU709}, (64, 48), ColourCode("bt709")),
        ({"colorspace": Colorspace.ITU601}, (1280, 720), ColourCode("bt601")),
        ({"colorspace": 6}, (1280, 720), ColourCode("bt601")),
        (
            {"colorspace": Colorspace.ITU709, "color_range": ColorRange.JPEG},
            (64, 48),
            ColourCode("bt709", True),
        ),
        (
            {"colorspace": Colorspace.BT2020, "color_trc": ColorTrc.ARIB_STD_B67},
            (64, 48),
            ColourCode("bt2020", transfer="hlg"),
        ),
        (
            {"colorspace": Colorspace.BT2020, "color_trc": ColorTrc.SMPTE2084},
            (64, 48),
            ColourCode("bt2020", transfer="pq"),
        ),
    ],
)
def test_colour_tags(tmp_path, tags, size_px, expected):
    kind = Kind(".mp4", "libx264", options={"preset": "ultrafast"})
    path = write_video(tmp_path / "a.mp4", kind, stamps=[0, 1], size_px=size_px, tags=tags)
    video = VideoFile(path)
    assert {frame.colour for frame in video} == {expected}
    assert video.info().colour == expected


@pytest.mark.parametrize(
    ("pixel_format", "bits", "tolerance"),
    [
        ("rgb24", 8, 2),
        ("bgr0", 8, 2),
        ("gbrp", 8, 2),
        ("rgb48le", 10, 2),
        ("gbrp10le", 10, 2),
        ("yuva420p", 8, 3),
        ("yuva444p10le", 10, 3),
        ("yuyv422", 8, 3),
        ("yuv411p", 8, 3),
        ("yuv420p10be", 10, 3),
        ("yuv440p", 8, 3),
        ("nv12", 8, 3),
        ("nv21", 8, 3),
        ("p010le", 10, 3),
    ],
)
def test_any_pixel_format_keeps_its_colours(pixel_format, bits, tolerance):
    rgb = np.empty((48, 64, 3), np.uint8)
    rgb[:] = (200, 120, 90)
    decoded = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format=pixel_format)
    (luma, cb, cr), colour = picture_of(decoded)
    assert colour.bits == bits
    picture = upright_rgb(Frame(0.0, 0, luma, cb, cr, colour)).astype(int)
    assert np.abs(picture - rgb).max() <= tolerance


def test_packed_pictures_keep_matrix_and_range():
    rgb = np.full((48, 64, 3), (200, 120, 90), np.uint8)
    decoded = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format="yuyv422", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.JPEG
    )
    decoded.colorspace, decoded.color_range = Colorspace.ITU709, ColorRange.JPEG
    planes, colour = picture_of(decoded)
    assert colour == ColourCode("bt709", True)
    picture = upright_rgb(Frame(0.0, 0, *planes, colour)).astype(int)
    assert np.abs(picture - rgb).max() <= 3


@pytest.mark.parametrize(("pixel_format", "peak"), [("gray", 255), ("gray10le", 1023)])
def test_grey_is_full_range_without_colour(pixel_format, peak):
    dtype = np.uint8 if peak == 255 else np.uint16
    levels = np.linspace(0, peak, 64).astype(dtype)
    decoded = av.VideoFrame.from_ndarray(np.tile(levels, (48, 1)), format=pixel_format)
    (luma, cb, cr), colour = picture_of(decoded)
    assert colour.full_range
    np.testing.assert_array_equal(luma[0], levels)
    assert (cb == (peak + 1) // 2).all()
    assert cr.shape == (24, 32)


def test_bottom_up_pictures_are_turned(tmp_path):
    """Uncompressed AVI stores its bottom line first."""
    kind = Kind(".avi", "rawvideo", "bgr24")
    path = write_video(tmp_path / "a.avi", kind, stamps=[0, 1], pictures=[corner_picture()] * 2)
    (first, _) = VideoFile(path)
    assert np.abs(upright_rgb(first).astype(int) - corner_picture()).max() <= 2
