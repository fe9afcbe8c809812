"""Clips on disk: what a player finds in them."""

import dataclasses
import itertools
import json
import math
from pathlib import Path

import av
import numpy as np
import pytest

from perfusion_cam.simulate import Encoding, PressTruth, Scenario, frames, render, scene
from perfusion_cam.simulate.render import frame_times_s

SCENARIO = Scenario(
    "clip",
    seed=2,
    width=320,
    height=180,
    duration_s=2.0,
    presses=(PressTruth(0.8, 1.4, 160, 90, 24, lift_s=0.2),),
    encoding=Encoding("ffv1"),
    full_well_e=math.inf,
)


def _read(path: Path) -> tuple[av.VideoCodecContext, list[tuple[float, av.VideoFrame]]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        shown = [(float(frame.time), frame) for frame in container.decode(stream)]
        return stream.codec_context, shown


def test_a_lossless_clip_holds_the_pictures(tmp_path: Path) -> None:
    render(SCENARIO, tmp_path / "clip.mkv")
    _, shown = _read(tmp_path / "clip.mkv")
    drawn = list(frames(SCENARIO))
    assert len(shown) == len(drawn) == 60
    for (t_s, frame), (expected_s, rgb) in itertools.islice(
        zip(shown, drawn, strict=True), 0, 60, 12
    ):
        assert t_s == pytest.approx(expected_s, abs=1e-3)
        planes = frame.to_ndarray().astype(float)
        luma, chroma = (planes[:180] - 16) / 219, planes[180:].reshape(2, -1) / 224 - 128 / 224
        code = rgb / 255.0
        expected = code @ (0.2126, 0.7152, 0.0722)
        assert np.abs(luma - expected).max() < 0.6 / 219
        assert chroma[0].mean() == pytest.approx(
            (code[..., 2] - expected).mean() / 1.8556, abs=0.2 / 224
        )
        assert chroma[1].mean() == pytest.approx(
            (code[..., 0] - expected).mean() / 1.5748, abs=0.2 / 224
        )


def test_a_clip_says_how_its_colours_are_meant(tmp_path: Path) -> None:
    coded = dataclasses.replace(SCENARIO, encoding=Encoding(bit_rate=500_000))
    render(coded, tmp_path / "clip.mp4")
    context, shown = _read(tmp_path / "clip.mp4")
    assert context.pix_fmt == "yuv420p"
    assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1)
    assert context.color_range == 1
    assert shown[0][1].colorspace == 1


def test_irregular_times_survive_the_container(tmp_path: Path) -> None:
    irregular = dataclasses.replace(
        SCENARIO, frame_jitter=0.2, drop_share=0.1, encoding=Encoding(bit_rate=500_000)
    )
    render(irregular, tmp_path / "clip.mp4")
    _, shown = _read(tmp_path / "clip.mp4")
    assert [t for t, _ in shown] == pytest.approx(list(frame_times_s(irregular)), abs=1e-4)


@pytest.mark.parametrize(
    ("codec", "container"),
    [("libx264", "mp4"), ("libx265", "mp4"), ("mpeg4", "mp4"), ("libvpx", "webm"), ("ffv1", "mkv")],
)
def test_every_codec_of_the_grid_keeps_pictures_and_times(
    codec: str, container: str, tmp_path: Path
) -> None:
    encoding = Encoding(codec, bit_rate=4_000_000, preset="ultrafast")
    uneven = dataclasses.replace(SCENARIO, duration_s=0.6, presses=(), encoding=encoding)
    uneven = dataclasses.replace(uneven, frame_jitter=0.2)
    path = tmp_path / f"clip.{container}"
    render(uneven, path)
    _, shown = _read(path)
    drawn = list(frames(uneven))
    assert [t for t, _ in shown] == pytest.approx([t for t, _ in drawn], abs=1e-3)
    off = shown[-1][1].to_ndarray(format="rgb24").astype(float) - drawn[-1][1]
    assert np.abs(off).mean() < 4


def test_bit_rate_is_honoured(tmp_path: Path) -> None:
    noisy = dataclasses.replace(
        SCENARIO, duration_s=6.0, full_well_e=2000.0, encoding=Encoding(bit_rate=800_000)
    )
    render(noisy, tmp_path / "clip.mp4")
    rate = (tmp_path / "clip.mp4").stat().st_size * 8 / noisy.duration_s
    assert 0.7 * 800_000 < rate < 1.4 * 800_000


def test_truth_lies_beside_the_clip(tmp_path: Path) -> None:
    truth = render(SCENARIO, tmp_path / "clip.mkv")
    document = json.loads((tmp_path / "clip.json").read_text())
    assert document == truth.as_document()
    assert document["file"] == "clip.mkv"
    assert document["size"] == [320, 180]
    (press,) = document["presses"]
    assert press["t90_s"] == pytest.approx(2.303 * press["tau_s"], rel=0.03)
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mkv", "clip.json"}


def test_nothing_is_left_of_a_clip_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no paint")

    monkeypatch.setattr(scene.Scene, "picture", fail)
    with pytest.raises(RuntimeError, match="no paint"):
        render(SCENARIO, tmp_path / "clip.mkv")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_container_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.mp4"):
        render(SCENARIO, tmp_path / "clip.gif")
