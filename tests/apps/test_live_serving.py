"""What serving changes of the whole program it changes back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from perfusion_cam.apps import live_serving
from perfusion_cam.apps.local_server import LocalServer

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "no-press.mp4"


def test_threads_take_turns_as_before_when_it_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual_s = sys.getswitchinterval()
    while_live_s: list[float] = []

    def run(server: LocalServer, _: object) -> None:
        server._listening.close()
        while_live_s.append(sys.getswitchinterval())
        raise ZeroDivisionError

    monkeypatch.setattr(LocalServer, "run", run)
    with pytest.raises(ZeroDivisionError):
        live_serving.serve(
            camera=None,
            source=SAMPLE,
            browser=False,
            out=tmp_path,
            profiles=None,
            port=0,
            share=False,
            open_page=False,
        )
    assert while_live_s == [pytest.approx(live_serving.SWITCH_S)]
    assert sys.getswitchinterval() == usual_s
