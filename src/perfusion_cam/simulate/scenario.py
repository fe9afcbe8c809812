"""What a clip shows: everything is decided here, drawn elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, get_args

from perfusion_cam.simulate.background import Background
from perfusion_cam.simulate.blemishes import Blemish
from perfusion_cam.simulate.curve import Curve
from perfusion_cam.simulate.encode import Encoding
from perfusion_cam.simulate.events import Event
from perfusion_cam.simulate.signs import Sign

Tool = Literal["finger", "hand", "glove-blue", "glove-black", "pen", "slide"]
Exposure = Literal["locked", "smooth", "stepped"]
Surface = Literal["skin", "table", "cloth"]


@dataclass(frozen=True, slots=True)
class PressTruth:
    """One press: where, when, with what, and how the blood comes back.

    Attributes
    ----------
    contact_s, release_s : float
        When the tool comes to rest on the skin, and when pressure ends. At release two things
        start at once: the blood returns and the tool leaves. A press with a contact before 0 is
        under way when the clip begins.
    x_px, y_px, radius_px : float
        Middle of the blanched disc and the radius at which the blanch is half as deep, in pixels
        of the first picture.
    curve : Curve
        Refill law.
    depth : float
        Share of a full blanch: about 0.25 on a forearm, 0.85 on a face, near 0 for a stain.
    tool : "finger", "hand", "glove-blue", "glove-black", "pen" or "slide"
        *hand* is a close-up hand over a third to half of the picture with a broad shadow;
        *slide* is clear: skin and blanch are seen through it.
    approach_s, lift_s : float
        How long the tool needs from the edge of the picture to the skin and back.
    lift_power : float
        How it gathers way as it leaves, its path being time to this power: 2 under a constant
        force, 3 in a smooth reach (Flash & Hogan 1985, 10.1523/JNEUROSCI.05-07-01688.1985).
    approach_share : float
        Share of the way out of the picture from which it comes. Short of 1 it is in sight before,
        and is the tool of the press before it, which has to leave it where this one finds it.
    lift_share : float
        Share of the way out of the picture that it goes as it leaves; short of 1 it stays in sight.
    angle_deg : float
        Direction, clockwise from the right, in which the tool sticks out of the picture.
    yield_px : float
        How far the skin under the tool is pushed aside.
    creep_s : float
        Time constant with which pushed skin comes back after release.
    limb_px : float
        How far the whole limb gives way while pressed, away from the tool.
    uneven : float
        Standard deviation of the natural logarithm of the local time constant over the site.
    inward : float
        By how much, natural log, the time constant rises from the edge to the middle of the site,
        which then fills from its edge.
    """

    contact_s: float
    release_s: float
    x_px: float
    y_px: float
    radius_px: float
    curve: Curve = field(default_factory=Curve)
    depth: float = 0.85
    tool: Tool = "finger"
    approach_s: float = 0.35
    lift_s: float = 0.25
    lift_power: float = 2.2
    approach_share: float = 1.0
    lift_share: float = 1.0
    angle_deg: float = 35.0
    yield_px: float = 2.0
    creep_s: float = 0.2
    limb_px: float = 0.0
    uneven: float = 0.08
    inward: float = 0.0

    def __post_init__(self) -> None:
        if self.tool not in get_args(Tool):
            raise ValueError(f"tool {self.tool!r} is none of {', '.join(get_args(Tool))}")
        if not self.release_s > self.contact_s:
            raise ValueError(f"release_s {self.release_s} must follow contact_s {self.contact_s}")
        if not 0.05 <= self.lift_s <= 2.0:
            raise ValueError(f"lift_s must lie in 0.05 to 2, not {self.lift_s}")
        if not 1.2 <= self.lift_power <= 3.5:
            raise ValueError(f"lift_power must lie in 1.2 to 3.5, not {self.lift_power}")
        for name in ("approach_share", "lift_share"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie above 0 and up to 1, not {getattr(self, name)}")
        if not 0.05 <= self.approach_s <= 3.0:
            raise ValueError(f"approach_s must lie in 0.05 to 3, not {self.approach_s}")
        if 0 <= self.contact_s < self.approach_s + 0.3:
            raise ValueError(
                f"the tool is in the picture before 0.3 s (contact_s {self.contact_s}, approach_s "
                f"{self.approach_s}): the skin must be seen at rest first, or not at all"
            )
        if not self.release_s > 0:
            raise ValueError(f"release_s {self.release_s} lies before the clip")
        if not self.radius_px >= 4:
            raise ValueError(f"radius_px must be at least 4, not {self.radius_px}")
        if not 0 <= self.depth <= 1:
            raise ValueError(f"depth must lie in 0 to 1, not {self.depth}")
        if not 0 <= self.uneven <= 0.5:
            raise ValueError(f"uneven must lie in 0 to 0.5, not {self.uneven}")
        if not 0 <= self.inward <= 1.5:
            raise ValueError(f"inward must lie in 0 to 1.5, not {self.inward}")
        if not 0 <= self.yield_px <= 0.5 * self.radius_px:
            raise ValueError(f"yield_px must lie in 0 to half of radius_px, not {self.yield_px}")
        if not 0.05 <= self.creep_s <= 10:
            raise ValueError(f"creep_s must lie in 0.05 to 10, not {self.creep_s}")
        if not 0 <= self.limb_px <= 200:
            raise ValueError(f"limb_px must lie in 0 to 200, not {self.limb_px}")

    @property
    def hold_s(self) -> float:
        return self.release_s - self.contact_s


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole clip.

    Attributes
    ----------
    name : str
    seed : int
        Decides texture, shake, noise and all else that is random.
    width, height : int
        Pixels, both even.
    fps : float
        Nominal pictures a second.
    duration_s : float
    fitzpatrick : int
        Skin type, 1 to 6.
    hand_fitzpatrick : int or None
        Skin type of the pressing hand; None is the same.
    presses : tuple of PressTruth
        In order of contact.
    events : tuple of Event
        What happens besides presses.
    signs : tuple of Sign
        What the skin's colour shows from first to last.
    blemishes : tuple of Blemish
        What is on the skin and is no sign.
    background : bool or Background
        False for skin all over the picture, True for a forearm whose table top moves with it, a
        `Background` for what stays where it is when the limb gives way.
    surface : "skin", "table" or "cloth"
        What is filmed; on a table top or a piece of cloth nothing blanches.
    side_light : float
        Natural-log fall of light from the left edge of the picture to the right.
    tint : float
        Natural log of red against blue in the light's own colour.
    flicker, mains_hz : float
        Peak-to-peak swing of lamps at twice the mains' frequency, natural log; the shutter rolls
        down over it, which shows as bands.
    blur_px : float
        Standard deviation of a lens out of focus.
    shake_px, shake_deg : float
        Largest excursion of the hand-held camera from its first pose.
    exposure : "locked", "smooth" or "stepped"
        How automatic exposure reacts to the tool.
    exposure_ev : float
        By how many stops it brightens or darkens the picture while the tool is there.
    metered_ev : float or None
        How many stops brighter than ordinary cameras the camera's meter sets the first picture;
        light that it lacks for that is amplified. None meters nothing: 1 is white.
    white_balance : float
        Natural-log change of red against blue while the tool is there, in one step.
    pulse : float
        About the peak-to-peak change of blood with the heart beat, as a share of a full blanch; the
        whole picture beats, also what is no skin.
    vasomotion : float
        About the standard deviation over the skin of slow, patchy changes of blood (0.09 Hz), as
        a share of a full blanch.
    full_well_e, read_noise_e : float
        Electrons at white of what is not amplified, and read noise in electrons; an infinite well
        is a noise-free camera.
    frame_jitter, drop_share : float
        Standard deviation of the frame interval as a share of it, and share of pictures lost.
    rate_swing : float
        By what share the picture rate goes up and down, every four seconds.
    encoding : Encoding
    """

    name: str
    seed: int = 0
    width: int = 1280
    height: int = 720
    fps: float = 30.0
    duration_s: float = 15.0
    fitzpatrick: int = 2
    hand_fitzpatrick: int | None = None
    presses: tuple[PressTruth, ...] = ()
    events: tuple[Event, ...] = ()
    signs: tuple[Sign, ...] = ()
    blemishes: tuple[Blemish, ...] = ()
    background: bool | Background = False
    surface: Surface = "skin"
    side_light: float = 0.0
    tint: float = 0.0
    flicker: float = 0.0
    mains_hz: float = 50.0
    blur_px: float = 0.0
    shake_px: float = 0.0
    shake_deg: float = 0.0
    exposure: Exposure = "locked"
    exposure_ev: float = 0.2
    metered_ev: float | None = None
    white_balance: float = 0.0
    pulse: float = 0.0
    vasomotion: float = 0.0
    full_well_e: float = 6000.0
    read_noise_e: float = 6.0
    frame_jitter: float = 0.0
    drop_share: float = 0.0
    rate_swing: float = 0.0
    encoding: Encoding = field(default_factory=Encoding)

    def __post_init__(self) -> None:
        if not self.name or "/" in self.name:
            raise ValueError(f"name must be usable as a file name, not {self.name!r}")
        if self.seed < 0:
            raise ValueError(f"seed must not be negative, not {self.seed}")
        for name in ("width", "height"):
            value = getattr(self, name)
            if value < 64 or value % 2:
                raise ValueError(f"{name} must be even and at least 64, not {value}")
        if not 1 <= self.fps <= 240:
            raise ValueError(f"fps must lie in 1 to 240, not {self.fps}")
        if not 0 < self.duration_s <= 600:
            raise ValueError(f"duration_s must lie in 0 to 600, not {self.duration_s}")
        for kind in (self.fitzpatrick, self.hand_fitzpatrick):
            if kind is not None and kind not in range(1, 7):
                raise ValueError(f"fitzpatrick must be 1 to 6, not {kind}")
        if self.exposure not in get_args(Exposure):
            raise ValueError(f"exposure {self.exposure!r} is none of {get_args(Exposure)}")
        for name, limit in (
            ("shake_px", 200.0),
            ("shake_deg", 20.0),
            ("exposure_ev", 2.0),
            ("pulse", 0.2),
            ("frame_jitter", 0.3),
            ("drop_share", 0.5),
            ("rate_swing", 0.6),
            ("vasomotion", 0.2),
            ("flicker", 0.5),
            ("blur_px", 20.0),
        ):
            if not 0 <= getattr(self, name) <= limit:
                raise ValueError(f"{name} must lie in 0 to {limit}, not {getattr(self, name)}")
        if self.surface not in get_args(Surface):
            raise ValueError(f"surface {self.surface!r} is none of {get_args(Surface)}")
        if not 3 * self.frame_jitter + self.rate_swing < 1:
            raise ValueError(
                "with so much frame_jitter and rate_swing pictures overtake each other"
            )
        for name, limit in (
            ("tint", 0.6),
            ("side_light", 3.0),
            ("metered_ev", 4.0),
            ("white_balance", 0.5),
        ):
            value = getattr(self, name)
            if value is not None and not abs(value) <= limit:
                raise ValueError(f"{name} must lie in -{limit} to {limit}, not {value}")
        if not 10 <= self.mains_hz <= 100:
            raise ValueError(f"mains_hz must lie in 10 to 100, not {self.mains_hz}")
        if not self.full_well_e >= 50 or not 0 <= self.read_noise_e < math.inf:
            raise ValueError("full_well_e must be at least 50 and read_noise_e not negative")
        if self.surface != "skin" and self.lies_on is not None:
            raise ValueError(f"no limb lies on its background where all is {self.surface}")
        self._check_presses()

    @property
    def lies_on(self) -> Background | None:
        """What the limb lies on and moves against, if it does."""
        return self.background if isinstance(self.background, Background) else None

    def _check_presses(self) -> None:
        free_from_s = -math.inf
        for press in self.presses:
            if not press.contact_s > free_from_s:
                raise ValueError(f"press at {press.contact_s} s starts before the last one ended")
            free_from_s = press.release_s
            if self.surface != "skin" and press.depth > 0:
                raise ValueError(f"{self.surface} does not blanch: depth must be 0")
            if press.release_s > self.duration_s:
                raise ValueError(f"press at {press.contact_s} s is released after the clip's end")
            if not (0 <= press.x_px < self.width and 0 <= press.y_px < self.height):
                raise ValueError(f"press at {press.contact_s} s lies outside the picture")
        painted: tuple[Sign | Blemish, ...] = (*self.signs, *self.blemishes)
        for shown in painted:
            if not (0 <= shown.x_px < self.width and 0 <= shown.y_px < self.height):
                raise ValueError(f"{shown.kind} at {shown.x_px} px lies outside the picture")
        if self.presses and any(event.kind == "still" for event in self.events):
            raise ValueError("a still picture cannot hold a press")
