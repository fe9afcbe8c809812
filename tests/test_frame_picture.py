import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from hypothesis import given
from hypothesis import strategies as st

from perfusion_cam.picture import Reducer, turned, upright_rgb
from perfusion_cam.sources.decoded import picture_of
from perfusion_cam.types import ColourCode, Frame, Orientation

SWSCALE_EXACT = 2 | 0x2000 | 0x40000
"""Bilinear, full chroma, accurate rounding: swscale's default is up to three levels too dark."""
UPRIGHT, ORDINARY = Orientation(), ColourCode()
ORIENTATIONS = [Orientation(turns, mirrored) for turns in range(4) for mirrored in (False, True)]


def frame_of(luma, cb, cr, orientation=UPRIGHT, colour=ORDINARY):
    return Frame(0.0, 0, luma, cb, cr, colour, orientation)


def random_frame(size_px, subsampling, orientation, bits=8, seed=0):
    random = np.random.default_rng(seed)
    width, height = size_px
    dtype = np.uint8 if bits == 8 else np.uint16
    rows, cols = subsampling
    chroma_shape = (-(-height // rows), -(-width // cols))
    luma = random.integers(0, 2**bits, (height, width), dtype=dtype)
    cb, cr = random.integers(0, 2**bits, (2, *chroma_shape), dtype=dtype)
    return frame_of(luma, cb, cr, orientation, ColourCode(bits=bits))


@given(
    width=st.integers(24, 90),
    height=st.integers(24, 90),
    factor=st.integers(1, 8),
    orientation=st.sampled_from(ORIENTATIONS),
    bits=st.sampled_from([8, 10, 12]),
)
def test_a_work_pixel_is_the_mean_of_its_square_of_the_upright_picture(
    width, height, factor, orientation, bits
):
    frame = random_frame((width, height), (1, 1), orientation, bits)
    work = Reducer(factor).reduce(frame)
    upright_width, upright_height = frame.size_px
    rows, cols = upright_height // (2 * factor) * 2, upright_width // (2 * factor) * 2
    assert work.luma.shape == (rows, cols)
    assert work.chroma.shape == (rows // 2, cols // 2, 2)
    for plane, got, side in (
        (frame.luma, work.luma, factor),
        (frame.cb, work.chroma[..., 0], 2 * factor),
        (frame.cr, work.chroma[..., 1], 2 * factor),
    ):
        upright = turned(plane, orientation).astype(float) / 2 ** (bits - 8)
        kept = upright[: got.shape[0] * side, : got.shape[1] * side]
        blocks = kept.reshape(got.shape[0], side, got.shape[1], side)
        np.testing.assert_allclose(got, blocks.mean(axis=(1, 3)), rtol=0, atol=0.04)


@pytest.mark.parametrize("factor", [1, 2, 4, 8])
def test_means_of_four_by_four_and_the_like_are_exact(factor):
    frame = random_frame((96, 64), (2, 2), UPRIGHT)
    blocks = frame.luma.reshape(64 // factor, factor, 96 // factor, factor).astype(float)
    np.testing.assert_array_equal(Reducer(factor).reduce(frame).luma, blocks.mean(axis=(1, 3)))


@pytest.mark.parametrize("subsampling", [(2, 2), (1, 2), (2, 1), (1, 1)])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("factor", [1, 3, 4])
def test_luma_and_chroma_stay_aligned(subsampling, orientation, factor):
    """A ramp put in all planes alike must come out alike, whatever was cut off."""
    height, width = 62, 94
    ramp = np.add.outer(np.arange(height), np.arange(width)).astype(np.uint8)
    rows, cols = subsampling
    chroma = ramp.reshape(height // rows, rows, width // cols, cols).mean(axis=(1, 3))
    chroma = chroma.round().astype(np.uint8)
    work = Reducer(factor).reduce(frame_of(ramp, chroma, chroma, orientation))
    halved = work.luma.reshape(*(n for s in work.chroma.shape[:2] for n in (s, 2)))
    np.testing.assert_allclose(work.chroma[..., 0], halved.mean(axis=(1, 3)), atol=0.51)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_odd_sizes_do_not_fail(orientation):
    work = Reducer(3).reduce(random_frame((51, 37), (2, 2), orientation))
    assert work.luma.shape[0] == 2 * work.chroma.shape[0]
    assert work.luma.shape[1] == 2 * work.chroma.shape[1]


def test_padded_and_read_only_planes_are_taken():
    frame = random_frame((64, 48), (2, 2), Orientation())
    padded = np.zeros((48, 96), np.uint8)
    padded[:, :64] = frame.luma
    view = padded[:, :64]
    view.flags.writeable = False
    same = frame_of(view, frame.cb, frame.cr)
    np.testing.assert_array_equal(Reducer(4).reduce(same).luma, Reducer(4).reduce(frame).luma)
    np.testing.assert_array_equal(upright_rgb(same), upright_rgb(frame))


@pytest.mark.parametrize("factor", [0, 25])
def test_impossible_factors_are_refused(factor):
    with pytest.raises(ValueError, match="factor"):
        Reducer(factor).reduce(random_frame((64, 48), (2, 2), Orientation()))


@pytest.mark.parametrize("space", [Colorspace.ITU601, Colorspace.ITU709])
@pytest.mark.parametrize("colour_range", [ColorRange.MPEG, ColorRange.JPEG])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "nv12"])
def test_full_picture_agrees_with_swscale(space, colour_range, pixel_format):
    y, x = np.mgrid[0:300, 0:400] / 400
    rgb = np.stack([0.3 + 0.6 * x, 0.2 + 0.5 * y, 0.4 + 0.3 * np.sin(3 * x + 2 * y)], axis=-1)
    source = av.VideoFrame.from_ndarray((rgb * 255).astype(np.uint8), format="rgb24")
    coded = source.reformat(format=pixel_format, dst_colorspace=space, dst_color_range=colour_range)
    coded.colorspace, coded.color_range = space, colour_range
    planes, colour = picture_of(coded)
    assert colour.full_range == (colour_range == ColorRange.JPEG)
    assert not colour.assumed
    got = upright_rgb(frame_of(*planes, colour=colour)).astype(int)
    expected = coded.to_ndarray(format="rgb24", interpolation=SWSCALE_EXACT).astype(int)
    assert np.abs(got - expected).max() <= 3
    assert np.abs(got - rgb * 255).mean() < 1.5


def test_full_picture_is_upright():
    luma = np.full((4, 6), 16, np.uint8)
    luma[0, 0] = 235
    chroma = np.full((2, 3), 128, np.uint8)
    picture = upright_rgb(frame_of(luma, chroma, chroma, Orientation(1)))
    assert picture.shape == (6, 4, 3)
    assert picture.flags.c_contiguous
    # A counter-clockwise turn brings the stored top left to the bottom left.
    assert picture[5, 0].tolist() == [255, 255, 255]
    mirrored = upright_rgb(frame_of(luma, chroma, chroma, Orientation(1, True)))
    assert mirrored[5, 3].tolist() == [255, 255, 255]


def test_hdr_white_is_white():
    luma = np.full((4, 4), round(64 + 876 * 0.75), np.uint16)
    chroma = np.full((2, 2), 512, np.uint16)
    colour = ColourCode("bt2020", False, 10, "hlg")
    assert upright_rgb(frame_of(luma, chroma, chroma, colour=colour)).min() >= 253


def test_wide_colours_are_shown_as_they_are():
    # sRGB (200, 150, 120) as an 8-bit BT.2020 camera would code it, worked out from BT.2087.
    linear = np.array([0.5776, 0.3050, 0.1878])
    wide = (
        linear
        @ np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]).T
    )
    red, green, blue = 1.055 * wide ** (1 / 2.4) - 0.055
    luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    cb, cr = (blue - luma) / 1.8814, (red - luma) / 1.4746
    frame = frame_of(
        np.full((4, 4), round(16 + 219 * luma), np.uint8),
        np.full((2, 2), round(128 + 224 * cb), np.uint8),
        np.full((2, 2), round(128 + 224 * cr), np.uint8),
        colour=ColourCode("bt2020"),
    )
    np.testing.assert_allclose(upright_rgb(frame)[0, 0].astype(int), [200, 150, 120], atol=2)
