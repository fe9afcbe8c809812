"""Scenarios with a name, the mild grid, and random ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from perfusion_cam.simulate.curve import Curve, CurveKind
from perfusion_cam.simulate.encode import Encoding
from perfusion_cam.simulate.events import Event
from perfusion_cam.simulate.scenario import Exposure, PressTruth, Scenario, Tool

_SMALL = Encoding(bit_rate=450_000, preset="fast")


def _sample(
    name: str,
    seed: int,
    duration_s: float,
    fitzpatrick: int,
    presses: tuple[PressTruth, ...] = (),
    events: tuple[Event, ...] = (),
    background: bool = True,
) -> Scenario:
    """Make a hand-held clip small enough to be kept."""
    return Scenario(
        name=name,
        seed=seed,
        width=640,
        height=360,
        duration_s=duration_s,
        fitzpatrick=fitzpatrick,
        presses=presses,
        events=events,
        background=background,
        shake_px=4.0,
        shake_deg=1.0,
        exposure="smooth",
        exposure_ev=0.12,
        pulse=0.01,
        full_well_e=10_000.0,
        encoding=_SMALL,
    )


def _samples() -> Iterator[Scenario]:
    yield _sample(
        "normal",
        3,
        16.0,
        2,
        (PressTruth(2.2, 7.3, 330, 175, 26, Curve(tau_s=0.65), lift_s=0.25, limb_px=2.0),),
    )
    yield _sample(
        "slow",
        8,
        20.0,
        4,
        (PressTruth(2.0, 7.1, 300, 190, 26, Curve(tau_s=2.3), lift_s=0.3, angle_deg=-40.0),),
    )
    yield _sample(
        "not-recovering",
        12,
        20.0,
        3,
        (PressTruth(2.1, 7.0, 320, 180, 28, Curve("stuck", 1.5, recovered=0.4), angle_deg=140.0),),
    )
    yield _sample(
        "two-sides",
        21,
        32.0,
        2,
        (
            PressTruth(2.0, 7.1, 185, 180, 24, Curve(tau_s=0.7), angle_deg=120.0),
            PressTruth(15.0, 20.2, 455, 180, 24, Curve(tau_s=1.9), angle_deg=60.0),
        ),
        background=False,
    )
    yield _sample("no-press", 30, 15.0, 5, (), (Event("hand-passes", 4.0, 1.9, pause_s=0.6),))


SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _samples()}
"""Scenarios by name: those of the sample videos."""

MILD_TAUS_S = (0.3, 0.6, 1.0, 1.6, 2.5)


def mild_grid() -> tuple[Scenario, ...]:
    """Hand-held 720p clips that any estimator should manage.

    All six skin types times five time constants, tools, depths and seeds taken in turn; then for
    each skin type one clip that does not recover and one in which nothing is pressed. Shake is at
    most 10 px and 2 degrees, 30 fps, 6 Mbit/s.
    """
    tools: tuple[Tool, ...] = ("finger", "glove-blue", "finger", "slide", "hand", "pen", "finger")
    depths = (0.85, 0.6, 0.85, 0.45, 0.7)
    grid = []
    for i, (kind, tau_s) in enumerate(itertools.product(range(1, 7), MILD_TAUS_S)):
        press = _mild_press(i, tools[i % len(tools)], depths[(2 * i) % 5], Curve(tau_s=tau_s))
        grid.append(
            _mild(f"mild-type{kind}-tau{tau_s}", 100 + i, kind, (press,), 4.5 * tau_s + 3.5)
        )
    for kind in range(1, 7):
        stuck = Curve("stuck", 1.2, recovered=(0.2, 0.4, 0.6)[kind % 3])
        press = _mild_press(kind, "finger", 0.85, stuck)
        grid.append(_mild(f"mild-type{kind}-stuck", 200 + kind, kind, (press,), 11.0))
        passes = Event("hand-passes", 3.0 + 0.3 * kind, 1.4 + 0.1 * kind, pause_s=0.1 * kind)
        events = () if kind % 3 == 0 else (passes,)
        grid.append(_mild(f"mild-type{kind}-no-press", 300 + kind, kind, (), 10.0, events))
    return tuple(grid)


def _mild_press(i: int, tool: Tool, depth: float, curve: Curve) -> PressTruth:
    return PressTruth(
        contact_s=2.0 + 0.13 * (i % 5),
        release_s=7.0 + 0.171 * (i % 7),
        x_px=560.0 + 40 * (i % 5),
        y_px=300.0 + 35 * (i % 4),
        radius_px=70.0 if tool == "hand" else 44.0 + 4 * (i % 4),
        curve=curve,
        depth=depth,
        tool=tool,
        approach_s=0.3 + 0.05 * (i % 3),
        lift_s=0.2 + 0.05 * (i % 5),
        angle_deg=(35.0, 145.0, -30.0, 80.0, -150.0)[i % 5],
        yield_px=2.0 + i % 3,
        limb_px=float(i % 4),
    )


def _mild(
    name: str,
    seed: int,
    fitzpatrick: int,
    presses: tuple[PressTruth, ...],
    watch_s: float,
    events: tuple[Event, ...] = (),
) -> Scenario:
    return Scenario(
        name=name,
        seed=seed,
        duration_s=round(max((press.release_s for press in presses), default=3.0) + watch_s, 1),
        fitzpatrick=fitzpatrick,
        hand_fitzpatrick=1 + (fitzpatrick + seed) % 6 if seed % 2 else None,
        presses=presses,
        events=events,
        background=seed % 3 == 0,
        shake_px=4.0 + seed % 7,
        shake_deg=0.4 * (seed % 6),
        exposure=("locked", "smooth")[seed % 2],
        exposure_ev=0.15,
        pulse=0.008,
    )


def random_scenario(seed: int) -> Scenario:
    """Draw a scenario from everything that disturbs: for coverage statistics.

    One press in most; a share of clips does not recover, hardly blanches, or holds no press.
    """
    rng = np.random.default_rng([seed, 77])
    width, height = ((1280, 720), (960, 540), (640, 360))[int(rng.integers(3))]
    unit = width / 1280
    fitzpatrick = int(rng.integers(1, 7))
    tools: tuple[Tool, ...] = ("finger", "hand", "glove-blue", "glove-black", "pen", "slide")
    exposures: tuple[Exposure, ...] = ("locked", "smooth", "stepped")
    curve = random_curve(rng, stuck=0.1)
    tool = tools[int(rng.choice(6, p=[0.35, 0.25, 0.12, 0.08, 0.1, 0.1]))]
    contact_s, hold_s = float(rng.uniform(1.6, 3.5)), float(rng.uniform(3.0, 7.0))
    press = PressTruth(
        contact_s=contact_s,
        release_s=contact_s + hold_s,
        x_px=width * float(rng.uniform(0.38, 0.62)),
        y_px=height * float(rng.uniform(0.38, 0.62)),
        radius_px=unit * float(rng.uniform(60, 85) if tool == "hand" else rng.uniform(36, 60)),
        curve=curve,
        depth=0.04 if rng.random() < 0.06 else float(rng.uniform(0.2, 0.95)),
        tool=tool,
        approach_s=float(rng.uniform(0.2, 0.8)),
        lift_s=float(rng.uniform(0.1, 0.7)),
        angle_deg=float(rng.uniform(0, 360)),
        yield_px=unit * float(rng.uniform(0, 6)),
        limb_px=unit * float(rng.choice([0.0, 3.0, 12.0])),
        uneven=float(rng.uniform(0, 0.15)),
    )
    pressing = rng.random() >= 0.1
    events = []
    if not pressing:
        events.append(Event("hand-passes", contact_s, float(rng.uniform(1.0, 2.5)), 0.5))
    if rng.random() < 0.1:
        events.append(Event("glint", float(rng.uniform(0, 10)), 2.0, strength=0.3))
    if rng.random() < 0.1:
        events.append(Event("exposure-settling", 0.0, 0.4, strength=float(rng.normal(0, 0.2))))
    watch_s = float(np.clip(6.0 * curve.tau_s + 4.0, 6.0, 16.0))
    return Scenario(
        name=f"random-{seed}",
        seed=seed,
        width=width,
        height=height,
        fps=float(rng.choice([24.0, 25.0, 30.0, 30.0, 30.0, 60.0])),
        duration_s=round(contact_s + hold_s + watch_s, 1),
        fitzpatrick=fitzpatrick,
        hand_fitzpatrick=int(rng.integers(1, 7)) if rng.random() < 0.5 else None,
        presses=(press,) if pressing else (),
        events=tuple(events),
        background=bool(rng.random() < 0.5),
        shake_px=unit * float(rng.uniform(0, 14)),
        shake_deg=float(rng.uniform(0, 2.5)),
        exposure=exposures[int(rng.integers(3))],
        exposure_ev=float(rng.uniform(0, 0.4)),
        white_balance=float(rng.choice([0.0, 0.0, 0.04, -0.04])),
        pulse=float(rng.uniform(0, 0.02)),
        full_well_e=float(np.exp(rng.uniform(np.log(1500), np.log(15000)))),
        frame_jitter=float(rng.choice([0.0, 0.0, 0.15])),
        drop_share=float(rng.choice([0.0, 0.0, 0.03])),
        encoding=Encoding(
            bit_rate=int(np.exp(rng.uniform(np.log(1.5e6), np.log(1e7))) * unit**1.5)
        ),
    )


def random_curve(rng: np.random.Generator, stuck: float = 0.0) -> Curve:
    """Draw a refill law: exponential, fast then slow, after a delay, or with an overshoot.

    Parameters
    ----------
    rng : Generator
    stuck : float
        Share of laws by which the colour comes back only in part.
    """
    kinds: tuple[CurveKind, ...] = ("exp", "two-rate", "sigmoid", "overshoot", "stuck")
    shares = np.array([0.4, 0.2, 0.12, 0.18])
    kind = kinds[int(rng.choice(5, p=[*(shares / shares.sum() * (1 - stuck)), stuck]))]
    return Curve(
        kind,
        tau_s=float(np.exp(rng.uniform(np.log(0.25), np.log(2.5))))
        * (0.4 if kind in ("sigmoid", "two-rate") else 1.0),
        delay_s=float(rng.uniform(0.3, 1.5)),
        overshoot=float(rng.uniform(0.05, 0.2)),
        recovered=float(rng.uniform(0.2, 0.7)),
        fast_share=float(rng.uniform(0.5, 0.8)),
    )
