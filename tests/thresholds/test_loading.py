from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

import pytest
from test_profile import GOOD

from perfusion_cam.thresholds import (
    ProfileError,
    available_profiles,
    load_profile,
    select_profiles,
    shipped_profiles,
)
from perfusion_cam.thresholds.loading import user_folder

SHIPPED = ["filler-occlusion", "adult-finger", "child", "septic-shock"]


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "config" / "perfusion-cam" / "profiles"
    folder.mkdir(parents=True)
    return folder


def test_shipped_profiles_are_all_files_of_the_package_with_their_hash():
    folder = files("perfusion_cam.thresholds") / "profiles"
    assert [profile.id for profile in shipped_profiles()] == SHIPPED
    assert {item.name for item in folder.iterdir()} == {f"{name}.toml" for name in SHIPPED}
    for profile in shipped_profiles():
        content = (folder / f"{profile.id}.toml").read_bytes()
        assert profile.sha256 == hashlib.sha256(content).hexdigest()
        assert profile.origin == "shipped"


def test_own_profiles_come_after_the_shipped(own):
    (own / "mine.toml").write_text(GOOD)
    assert [profile.id for profile in available_profiles()] == [*SHIPPED, "mine"]
    (chosen,) = select_profiles(["mine"])
    assert chosen.origin == str(own / "mine.toml")


def test_the_folder_follows_the_home_without_xdg(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_folder() == tmp_path / ".config" / "perfusion-cam" / "profiles"
    assert [profile.id for profile in available_profiles()] == SHIPPED


def test_names_and_files_are_selected_in_order_and_once(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    chosen = select_profiles([str(path), "child", str(path), "child"])
    assert [profile.id for profile in chosen] == ["mine", "child"]
    assert [profile.id for profile in select_profiles([])] == SHIPPED


def test_an_unknown_name_is_told_with_those_that_exist():
    with pytest.raises(ProfileError, match="no profile 'filler'; known: filler-occlusion, adult"):
        select_profiles(["filler"])


def test_no_profile_takes_the_place_of_another(own, tmp_path):
    (own / "child.toml").write_text(GOOD.replace('"mine"', '"child"'))
    with pytest.raises(ProfileError, match=r"child\.toml: id: 'child' is taken by .* shipped"):
        available_profiles()
    path = tmp_path / "other.toml"
    path.write_text(GOOD.replace('"mine"', '"child"'))
    (own / "child.toml").unlink()
    with pytest.raises(ProfileError, match=r"other\.toml: id: 'child' is taken"):
        select_profiles(["child", str(path)])


def test_a_faulty_own_profile_is_told_and_not_left_out(own):
    (own / "mine.toml").write_text(GOOD.replace("limit = 3", "limt = 3"))
    with pytest.raises(ProfileError, match=r"mine\.toml: rules\[0\]\.limt: unknown key"):
        available_profiles()


def test_a_missing_file(tmp_path):
    with pytest.raises(ProfileError, match=r"cannot read .*none\.toml: No such file"):
        load_profile(tmp_path / "none.toml")
