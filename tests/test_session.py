"""The straight line from pictures to refill times, on small clips with known truth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from perfusion_cam.analysis import analyze, analyze_trace
from perfusion_cam.errors import RegionError, TraceError
from perfusion_cam.quality import Flag
from perfusion_cam.session import Session
from perfusion_cam.settings import Region
from perfusion_cam.simulate import (
    Curve,
    Encoding,
    Event,
    PressTruth,
    Scenario,
    Truth,
    frames,
    render,
    sign_scenario,
)
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.stages.colouring import skin_colour
from perfusion_cam.stages.location import locate
from perfusion_cam.stages.reading import codes_of
from perfusion_cam.stencils import _placebos
from perfusion_cam.types import (
    ColourCode,
    Examination,
    Frame,
    GridShape,
    PressResult,
)

PRESS = PressTruth(2.2, 6.7, 150, 95, 20, Curve(tau_s=0.7), lift_s=0.2, uneven=0.0)
PRESSED = Scenario(
    "pressed",
    seed=4,
    width=320,
    height=180,
    fps=15.0,
    duration_s=12.0,
    presses=(PRESS,),
    shake_px=2.0,
    shake_deg=0.5,
    exposure="smooth",
    exposure_ev=0.1,
    full_well_e=10_000.0,
    encoding=Encoding("ffv1"),
)


def frames_of(scenario: Scenario) -> Iterator[Frame]:
    """Pictures as a camera would deliver them: no file, no container."""
    colour = ColourCode("bt709", full_range=False, bits=8, transfer="srgb")
    for index, (t_s, rgb) in enumerate(frames(scenario)):
        picture = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
            format="yuv420p",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )
        planes = picture.to_ndarray()
        height, width = rgb.shape[:2]
        chroma = planes[height:].reshape(2, height // 2, width // 2)
        yield Frame(t_s, index, planes[:height], chroma[0], chroma[1], colour)


def pushed(
    pictures: Iterator[Frame], region: Region | None = None, bits_per_pixel: float | None = None
) -> tuple[Session, list[PressResult]]:
    session = Session(region, bits_per_pixel)
    results = [result for frame in pictures for result in session.push(frame)]
    return session, results + session.flush()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    path = tmp_path_factory.mktemp("session") / "pressed.mkv"
    return path, render(PRESSED, path)


@pytest.fixture(scope="module")
def examination(recorded: tuple[Path, Truth]) -> Examination:
    return analyze(recorded[0])


def assert_same(one: PressResult, other: PressResult) -> None:
    """Equal in every number that reaches a report."""
    for name in ("contact_s", "release_s", "ended_s", "uncovered_s", "contact_se_s"):
        assert getattr(one.press, name) == pytest.approx(getattr(other.press, name), abs=1e-6)
    np.testing.assert_array_equal(one.press.tool_cells, other.press.tool_cells)
    assert one.site is not None
    assert other.site is not None
    np.testing.assert_array_equal(one.site.cells, other.site.cells)
    np.testing.assert_array_equal(one.site.control_cells, other.site.control_cells)
    assert one.refill.status == other.refill.status
    assert one.refill.flags == other.refill.flags
    for name in ("crt_s", "t50_s", "t95_s", "blanch_depth"):
        assert getattr(one.refill, name) == pytest.approx(getattr(other.refill, name), rel=1e-6)
    assert one.refill.crt_ci95_s == pytest.approx(other.refill.crt_ci95_s, rel=1e-6)


def test_a_press_is_measured(recorded: tuple[Path, Truth], examination: Examination) -> None:
    (truth,) = recorded[1].presses
    (found,) = examination.presses
    assert found.press.contact_s == pytest.approx(truth.press.contact_s, abs=0.2)
    assert found.press.release_s == pytest.approx(truth.press.release_s, abs=0.1)
    assert found.site is not None
    apart = np.hypot(found.site.x_px - truth.press.x_px, found.site.y_px - truth.press.y_px)
    assert apart < 0.3 * truth.press.radius_px
    assert found.refill.status == "measured"
    assert truth.t90_s is not None
    assert found.refill.crt_s == pytest.approx(truth.t90_s, rel=0.12)
    assert found.refill.crt_ci95_s is not None
    assert found.refill.crt_ci95_s[0] <= truth.t90_s <= found.refill.crt_ci95_s[1]


def test_an_examination_tells_its_recording(examination: Examination) -> None:
    assert examination.source.frames == 180
    assert (examination.source.width, examination.source.height) == (320, 180)
    assert examination.reference_rgb.shape == (180, 320, 3)
    assert examination.grid.cols * examination.grid.cell_px <= 320
    assert examination.software["name"] == "perfusion-cam"
    assert {"version", "python", "numpy", "opencv", "av", "scipy"} <= set(examination.software)


def test_the_track_has_a_place_for_every_picture(examination: Examination) -> None:
    track = examination.track
    assert track.t_s.shape == track.hold.shape == track.registered.shape == (180,)
    assert track.to_frame.shape == (180, 2, 3)
    assert track.registered.mean() > 0.95
    assert np.abs(track.to_frame[:, :, 2]).max() > 0.5
    assert np.abs(track.to_frame[:, :, 2]).max() < 10


def test_a_file_and_its_frames_give_identical_results(
    recorded: tuple[Path, Truth], examination: Examination
) -> None:
    """One by one through a session, or through the reader ahead: the very same numbers."""
    with VideoFile(recorded[0]) as video:
        session, results = pushed(iter(video), bits_per_pixel=video.bits_per_pixel)
    assert len(results) == len(examination.presses) == 1
    (one,), (other,) = results, examination.presses
    assert one.refill.crt_s == other.refill.crt_s
    assert one.refill.crt_ci95_s == other.refill.crt_ci95_s
    assert one.refill.flags == other.refill.flags
    assert one.press.release_s == other.press.release_s
    np.testing.assert_array_equal(session.track.to_frame, examination.track.to_frame)
    np.testing.assert_array_equal(session.reference_rgb, examination.reference_rgb)
    assert session.grid == examination.grid
    assert_same(one, other)


def test_a_region_round_the_site_changes_nothing_much(
    recorded: tuple[Path, Truth], examination: Examination
) -> None:
    region = Region.circle(PRESS.x_px, PRESS.y_px, 2 * PRESS.radius_px)
    (found,) = analyze(recorded[0], region=region).presses
    assert found.site is not None
    assert not (found.site.cells & ~region.cells(examination.grid)).any()
    assert found.refill.crt_s == pytest.approx(examination.presses[0].refill.crt_s, rel=0.1)


def test_a_region_elsewhere_gives_no_time(recorded: tuple[Path, Truth]) -> None:
    """The press is still told: something was held on the skin, but what it did is not seen."""
    found = analyze(recorded[0], region=Region.box(240, 120, 70, 50)).presses
    assert all(result.refill.crt_s is None for result in found)


@pytest.mark.parametrize("region", [Region.circle(400, 90, 10), Region.box(300, 0, 30, 30)])
def test_a_region_outside_the_picture_is_refused(
    recorded: tuple[Path, Truth], region: Region
) -> None:
    with pytest.raises(RegionError, match="320 x 180"):
        analyze(recorded[0], region=region)


def test_progress_is_told(recorded: tuple[Path, Truth], tmp_path: Path) -> None:
    short = replace(PRESSED, presses=(), duration_s=3.0)
    render(short, tmp_path / "short.mkv")
    told: list[tuple[float, float | None]] = []
    analyze(tmp_path / "short.mkv", on_progress=lambda t_s, all_s: told.append((t_s, all_s)))
    times_s = [t_s for t_s, _ in told]
    assert times_s == sorted(times_s)
    assert times_s[0] == 0.0
    assert times_s[-1] > 1.5
    assert all(all_s is None or all_s == pytest.approx(3.0, abs=0.1) for _, all_s in told)


NO_PRESS = {
    "still photograph": replace(PRESSED, presses=(), events=(Event("still"),), seed=5),
    "nothing happens": replace(PRESSED, presses=(), seed=6, pulse=0.03),
    "a hand passes": replace(
        PRESSED, presses=(), events=(Event("hand-passes", 3.0, 1.8, pause_s=0.4),), seed=7
    ),
    "a faint shadow": replace(
        PRESSED, presses=(), events=(Event("shadow", 2.0, 4.4, pause_s=3.6, strength=0.3),), seed=32
    ),
    "a hard shadow": replace(
        PRESSED, presses=(), events=(Event("shadow", 2.0, 4.4, pause_s=3.6, strength=0.7),), seed=33
    ),
    "a deep shadow on dark skin": replace(
        PRESSED,
        presses=(),
        events=(Event("shadow", 2.0, 4.4, pause_s=3.6, strength=1.1),),
        seed=34,
        fitzpatrick=5,
    ),
    "lights": replace(
        PRESSED,
        presses=(),
        events=(Event("lights-switch", 3.0, 0.3), Event("lights-switch", 6.0, 0.3, strength=-0.3)),
        seed=8,
    ),
}


UNDER_WAY = replace(PRESS, contact_s=-2.0, release_s=2.5)
LEFT_ALONE = replace(UNDER_WAY, depth=0.0, yield_px=0.0)
"""A finger that lies on the skin when the recording begins, and does not press."""
NO_PRESS |= {
    "a finger lies there": replace(PRESSED, presses=(LEFT_ALONE,), seed=40),
    "a hand of another colour lies there": replace(
        PRESSED, presses=(replace(LEFT_ALONE, tool="hand"),), hand_fitzpatrick=6, seed=41
    ),
    "a glove lies there": replace(
        PRESSED, presses=(replace(LEFT_ALONE, tool="glove-blue"),), fitzpatrick=5, seed=42
    ),
    "a hand hovers from the start": replace(
        PRESSED,
        presses=(),
        events=(Event("hand-passes", -3.0, 6.0, pause_s=4.6),),
        seed=43,
        exposure="stepped",
    ),
    "a shadow lies there": replace(
        PRESSED, presses=(), events=(Event("shadow", -3.0, 6.0, pause_s=5.0),), seed=44
    ),
    "light steps after a start in the dark": replace(
        PRESSED,
        presses=(),
        events=(Event("exposure-settling", 0.0, 0.5), Event("lights-switch", 3.0, 0.3)),
        seed=45,
    ),
    "a glint from the start": replace(
        PRESSED, presses=(), events=(Event("glint", 0.0, 3.0, strength=0.4),), seed=46
    ),
}


@pytest.mark.parametrize("name", NO_PRESS)
def test_where_nobody_presses_there_is_no_press(name: str) -> None:
    session, results = pushed(frames_of(replace(NO_PRESS[name], duration_s=8.0)))
    assert results == []
    assert len(session.track.t_s) == 120


@pytest.mark.parametrize(("surface", "fitzpatrick"), [("cloth", 3), ("table", 3), ("skin", 6)])
def test_a_camera_that_looks_elsewhere_and_comes_back_saw_no_press(
    surface: str, fitzpatrick: int
) -> None:
    bare = replace(PRESSED, presses=(), seed=60)
    other = replace(bare, surface=surface, fitzpatrick=fitzpatrick, seed=61)
    here, there = list(frames_of(bare)), list(frames_of(other))
    session, results = pushed(iter(here[:45] + there[45:110] + here[110:]))
    assert results == []
    assert (~session.track.registered).mean() > 0.3


UNSEEN = {
    "finger": replace(PRESSED, presses=(UNDER_WAY,), seed=50),
    "hand": replace(
        PRESSED, presses=(replace(UNDER_WAY, tool="hand"),), hand_fitzpatrick=5, seed=51
    ),
    "dark glove on dark skin": replace(
        PRESSED,
        presses=(replace(UNDER_WAY, tool="glove-black", depth=0.6),),
        fitzpatrick=6,
        seed=52,
    ),
    "slow refill": replace(
        PRESSED, presses=(replace(UNDER_WAY, curve=Curve(tau_s=2.0)),), fitzpatrick=4, seed=53
    ),
    "no full recovery": replace(
        PRESSED, presses=(replace(UNDER_WAY, curve=Curve("stuck", 1.2, recovered=0.4)),), seed=54
    ),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_a_press_under_way_at_the_start_is_told_and_not_timed(name: str) -> None:
    _, (found,) = pushed(frames_of(replace(UNSEEN[name], duration_s=9.0)))
    assert found.refill.status == "not_measurable"
    assert found.refill.flags == (Flag.NO_BASELINE,)
    assert found.refill.crt_s is None
    assert found.press.contact_s == 0.0
    assert math.isinf(found.press.contact_se_s)
    assert found.press.release_s == pytest.approx(UNDER_WAY.release_s, abs=0.15)
    assert found.site is not None
    apart = np.hypot(found.site.x_px - UNDER_WAY.x_px, found.site.y_px - UNDER_WAY.y_px)
    assert apart < 0.4 * UNDER_WAY.radius_px


@pytest.mark.parametrize(("contact_s", "rested"), [(6.0, False), (8.0, True)])
def test_a_press_that_was_not_seen_whole_makes_the_next_one_a_repeat(
    contact_s: float, rested: bool
) -> None:
    """It is timed once the skin must have been back from the first."""
    again = replace(PRESS, contact_s=contact_s, release_s=contact_s + 3.5)
    both = replace(PRESSED, presses=(UNDER_WAY, again), duration_s=contact_s + 8.0, seed=55)
    _, (unseen, second) = pushed(frames_of(both))
    assert unseen.refill.flags == (Flag.NO_BASELINE,)
    assert second.refill.status == ("measured" if rested else "not_measurable")
    assert (Flag.NO_BASELINE in second.refill.flags) is not rested
    assert Flag.REPEATED_SOON in second.refill.flags


def test_a_finger_that_only_lay_there_makes_the_next_press_no_repeat() -> None:
    again = replace(PRESS, contact_s=6.0, release_s=9.5)
    both = replace(PRESSED, presses=(LEFT_ALONE, again), duration_s=14.0, seed=56)
    _, (found,) = pushed(frames_of(both))
    assert found.refill.status == "measured"
    assert Flag.REPEATED_SOON not in found.refill.flags


def test_skin_that_stays_pushed_aside_while_it_refills_is_told() -> None:
    pushed_aside = replace(PRESS, yield_px=9.0, creep_s=3.0)
    slid = replace(PRESSED, presses=(pushed_aside,), seed=60)
    _, (found,) = pushed(frames_of(slid))
    assert Flag.MOVED in found.refill.flags
    assert found.refill.crt_ci95_s is not None
    low, high = found.refill.crt_ci95_s
    assert low <= 0.7 * math.log(10) <= high
    assert high / low > 1.3


def test_a_limb_that_gives_way_is_followed() -> None:
    giving_way = replace(PRESSED, presses=(replace(PRESS, limb_px=15.0),), shake_px=8.0, seed=61)
    _, (found,) = pushed(frames_of(giving_way))
    assert Flag.MOVED not in found.refill.flags
    assert found.refill.crt_s == pytest.approx(0.7 * math.log(10), rel=0.12)


def test_a_still_file_gives_no_press(tmp_path: Path) -> None:
    still = replace(NO_PRESS["still photograph"], duration_s=4.0)
    render(still, tmp_path / "still.mkv")
    assert analyze(tmp_path / "still.mkv").presses == ()


AGAIN = replace(PRESS, contact_s=PRESS.release_s + 3.0, release_s=PRESS.release_s + 5.5)


@pytest.mark.parametrize(
    ("seed", "presses", "located", "skin_leaves"),
    [
        (4, (PRESS,), 1, False),
        (2, (PRESS,), 1, True),
        (8, (PRESS,), 2, True),
        (4, (PRESS, AGAIN), 4, False),
    ],
)
def test_presses_measured_on_the_way_are_read_once_and_come_out_the_same(
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    presses: tuple[PressTruth, ...],
    located: int,
    skin_leaves: bool,
) -> None:
    shaken = replace(PRESSED, shake_px=8.0, seed=seed, presses=presses, duration_s=14.5)
    _, plain = pushed(frames_of(shaken))
    session, searches, coloured, laid, read = Session(), [], [], [], []
    monkeypatch.setattr(
        "perfusion_cam.measurement.locate",
        lambda *given: searches.append(given[0]) or locate(*given),
    )
    monkeypatch.setattr(
        "perfusion_cam.measurement.skin_colour",
        lambda *given: coloured.append(given[0]) or skin_colour(*given),
    )
    monkeypatch.setattr(
        "perfusion_cam.stencils._placebos",
        lambda *given: laid.append(given[0]) or _placebos(*given),
    )
    monkeypatch.setattr(
        "perfusion_cam.stages.reading.codes_of",
        lambda window, samples, cells: (
            read.append(len(samples) * len(cells)) or codes_of(window, samples, cells)
        ),
    )
    told: list[PressResult] = []
    looks, once, look_s = 0, 0, PRESS.release_s + 2.6
    for frame in frames_of(shaken):
        told += session.push(frame)
        watched = session.watched()
        if watched is not None and frame.t_s > look_s:
            assert session.provisional(watched) is not None
            looks, look_s = looks + 1, look_s + 0.7
            once = once or sum(read)
    told += session.flush()
    assert looks >= 4
    assert sum(read) < 0.5 * (looks + len(presses)) * once
    assert len(searches) == located
    assert len(coloured) == located
    assert (len(laid) > located) is skin_leaves
    assert len(told) == len(plain) == len(presses)
    for mine, offline in zip(told, plain, strict=True):
        assert (mine.refill.crt_s, mine.refill.crt_ci95_s) == (
            offline.refill.crt_s,
            offline.refill.crt_ci95_s,
        )
        assert mine.refill.flags == offline.refill.flags
        assert mine.curve is not None
        assert offline.curve is not None
        np.testing.assert_array_equal(mine.curve.signal, offline.curve.signal)
        np.testing.assert_array_equal(mine.curve.used, offline.curve.used)


def test_a_session_without_pictures_gives_nothing() -> None:
    session = Session()
    assert session.flush() == []
    assert session.grid == GridShape(0, 0, 1.0)
    assert session.track.to_frame.shape == (0, 2, 3)


@pytest.mark.parametrize("size", [(16, 16), (64, 2), (8, 200)])
def test_tiny_pictures_are_no_error(size: tuple[int, int]) -> None:
    width, height = size
    rng = np.random.default_rng(0)
    session = Session()
    for index in range(10):
        luma = rng.integers(60, 180, (height, width), dtype=np.uint8)
        chroma = np.full((height // 2, width // 2), 128, np.uint8)
        frame = Frame(index / 10, index, luma, chroma, chroma, ColourCode())
        assert session.push(frame) == []
    assert session.flush() == []


def test_black_pictures_are_no_error() -> None:
    session = Session()
    black, grey = np.full((90, 160), 16, np.uint8), np.full((45, 80), 128, np.uint8)
    for index in range(40):
        assert session.push(Frame(index / 15, index, black, grey, grey, ColourCode())) == []
    assert session.flush() == []


def test_irregular_times_are_taken_as_they_are(tmp_path: Path) -> None:
    """Every fourth picture is missing, and the clock jitters."""
    uneven = replace(PRESSED, fps=20.0, frame_jitter=0.2, drop_share=0.25, seed=12)
    session, (found,) = pushed(frames_of(uneven))
    assert found.press.release_s == pytest.approx(PRESS.release_s, abs=0.12)
    assert found.refill.crt_s == pytest.approx(0.7 * math.log(10), rel=0.2)
    assert np.ptp(np.diff(session.track.t_s)) > 0.05


def write_trace(path: Path, *, control: bool, pressed: bool = True) -> Path:
    """Colour trace of a press from 3 to 8 s whose pallor fades with 0.8 s."""
    rng = np.random.default_rng(3)
    t_s = np.arange(0, 18, float(Fraction(1, 20)))
    since = np.maximum(t_s - 8.0, 0)
    pallor = np.where(t_s < 3, 0.0, 0.25 * np.exp(-since / 0.8))
    light = np.array([0.5, 0.25, 0.2]) * np.exp(pallor[:, None] * [0.3, 1.0, 0.95])
    if pressed:
        light[(t_s >= 3) & (t_s < 8.1)] = [0.2, 0.1, 0.08]
    beside = np.tile([0.5, 0.25, 0.2], (len(t_s), 1))
    columns = ["t_s", "R", "G", "B"] + (["R_control", "G_control", "B_control"] if control else [])
    lines = [",".join(columns)]
    for i, moment_s in enumerate(t_s):
        linear = [*light[i], *(beside[i] if control else [])]
        coded = [255 * (1.055 * value ** (1 / 2.4) - 0.055) for value in linear]
        noisy = [f"{value + 0.15 * rng.standard_normal():.3f}" for value in coded]
        lines.append(",".join([f"{moment_s:.3f}", *noisy]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("control", [True, False])
def test_a_colour_trace_is_measured(tmp_path: Path, control: bool) -> None:
    found = analyze_trace(write_trace(tmp_path / "trace.csv", control=control))
    assert found.contact_s == pytest.approx(3.0, abs=0.15)
    assert found.release_s == pytest.approx(8.1, abs=0.15)
    assert found.refill.status == "measured"
    assert found.refill.crt_s == pytest.approx(0.8 * math.log(10), rel=0.15)
    told = [flag.value for flag in found.refill.flags]
    assert ("no_control" in told) == (not control)


def test_a_trace_without_a_press_is_refused(tmp_path: Path) -> None:
    flat = tmp_path / "flat.csv"
    flat.write_text("t_s,R,G,B\n" + "".join(f"{i / 20},180,140,120\n" for i in range(200)))
    with pytest.raises(TraceError, match=r"flat\.csv: no press found"):
        analyze_trace(flat)


def test_dusky_skin_is_timed_as_well(tmp_path: Path) -> None:
    """Its blood takes red with it when it is pressed out, as a shadow would."""
    path = tmp_path / "dusky.mkv"
    (truth,) = render(sign_scenario("duskiness", 2.0, 2, 300), path).presses
    (found,) = analyze(path).presses
    assert found.refill.status == "measured"
    assert found.refill.crt_s == pytest.approx(truth.t90_s, rel=0.05)
