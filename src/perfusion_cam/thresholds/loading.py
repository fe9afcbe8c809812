"""Profiles from the package, from the user's folder and from files."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from perfusion_cam.thresholds.complaint import complaint
from perfusion_cam.thresholds.errors import ProfileError
from perfusion_cam.thresholds.profile import Profile, ProfileContent

SHIPPED = "shipped"
SHIPPED_IDS = ("filler-occlusion", "adult-finger", "child", "septic-shock")


@cache
def shipped_profiles() -> tuple[Profile, ...]:
    """Read the profiles of the package, that for filler injections first."""
    folder = files("perfusion_cam.thresholds") / "profiles"
    return tuple(
        parse_profile((folder / f"{name}.toml").read_bytes(), f"{name}.toml", SHIPPED)
        for name in SHIPPED_IDS
    )


def load_profile(path: Path) -> Profile:
    """Read a profile file.

    Raises
    ------
    ProfileError
        It cannot be read or holds a mistake.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProfileError(f"cannot read {path}: {error.strerror}; give a TOML file") from error
    return parse_profile(content, path.name, str(path))


def parse_profile(content: bytes, name: str, origin: str) -> Profile:
    """Make a profile of a file's bytes.

    Parameters
    ----------
    content : bytes
        UTF-8 TOML.
    name : str
        How errors name the file.
    origin : str
        ``shipped``, or the file.

    Raises
    ------
    ProfileError
    """
    try:
        data = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        raise ProfileError(f"{name}: byte {error.start} is not UTF-8; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{name}: not valid TOML: {error}") from error
    try:
        read = ProfileContent.model_validate(data)
    except ValidationError as error:
        raise ProfileError(f"{name}: {complaint(error, ProfileContent)}") from error
    sha256 = hashlib.sha256(content).hexdigest()
    return Profile(**dict(read), sha256=sha256, origin=origin)


def user_folder() -> Path:
    """Folder of the user's own profiles; it need not exist."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "perfusion-cam" / "profiles"


def available_profiles() -> tuple[Profile, ...]:
    """Read the shipped profiles and those of the user's folder.

    Raises
    ------
    ProfileError
        One of the user's cannot be read, holds a mistake, or has an id that is taken.
    """
    own = sorted(user_folder().glob("*.toml"))
    return _distinct((*shipped_profiles(), *map(load_profile, own)))


def select_profiles(wanted: Sequence[str]) -> tuple[Profile, ...]:
    """Find profiles by id, or by file for what ends in ``.toml``; all available for none.

    Raises
    ------
    ProfileError
        As `available_profiles`, and for an id that is not known.
    """
    if not wanted:
        return available_profiles()
    ids = [name for name in wanted if not name.endswith(".toml")]
    known = {profile.id: profile for profile in available_profiles()} if ids else {}
    for name in ids:
        if name not in known:
            raise ProfileError(
                f"no profile '{name}'; known: {', '.join(known)}. Give one of them or a TOML file"
            )
    return _distinct(
        load_profile(Path(name)) if name.endswith(".toml") else known[name]
        for name in dict.fromkeys(wanted)
    )


def _distinct(profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    by_id: dict[str, Profile] = {}
    for profile in profiles:
        if profile.id in by_id:
            raise ProfileError(
                f"{Path(profile.origin).name}: id: '{profile.id}' is taken by a profile from "
                f"{by_id[profile.id].origin}; choose another"
            )
        by_id[profile.id] = profile
    return tuple(by_id.values())
