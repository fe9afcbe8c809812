"""How a live examination keeps up: 1080p30 played in real time, watched in a browser.

Told are pictures left out, the share of real time that taking pictures needs, memory, how old a
picture is when the page draws it, and how soon a result is there after its watch has closed.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright
from websockets.sync.client import ClientConnection, connect

from benchmarks.clips import noisy_press, repeated
from perfusion_cam.apps.live_board import STAMP

CLIP_S = 44.0
"""A press with its whole watch; repeated as often as is wanted."""
SETTLED_S = 120.0
SAMPLE_S = 1.0


@dataclass(slots=True)
class Seen:
    """What was seen of one run, by seconds since its first picture."""

    memory_mb: list[tuple[float, float]] = field(default_factory=list)
    latency_ms: list[float] = field(default_factory=list)
    result_s: list[float] = field(default_factory=list)
    frames: int = 0
    dropped: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0


def memory_mb(pid: int) -> float:
    """Memory that a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return float(kilobytes) / 1024


def cpu_s(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return ticks / 100.0


def messages(tab: ClientConnection) -> Iterator[tuple[float, str | bytes | None]]:
    """What a tab hears, with the time; None now and then."""
    while True:
        try:
            message: str | bytes | None = tab.recv(timeout=SAMPLE_S)
        except TimeoutError:
            message = None
        yield time.time(), message


def follow(tab: ClientConnection, page: Page | None, pid: int, out: Path) -> Seen:
    """Watch a run to its end."""
    seen = Seen()
    offset_s = sampled_s = began_s = began_cpu_s = 0.0
    finished = 0
    for now_s, message in messages(tab):
        if isinstance(message, bytes):
            captured_s, t_s = STAMP.unpack_from(message)
            offset_s = captured_s - t_s
            if not began_s:
                began_s, began_cpu_s = now_s, cpu_s(pid)
        elif message is not None:
            part = json.loads(message)
            if part["is"] == "state":
                seen.frames = max(seen.frames, part["now"]["frames"])
                seen.dropped = max(seen.dropped, part["now"]["dropped"])
                if part["now"]["running"] == "ended":
                    break
            elif part["is"] == "finished" and len(part["now"]) > finished:
                finished = len(part["now"])
                seen.result_s += closing(out, finished, now_s - offset_s)
        if began_s and now_s - sampled_s > SAMPLE_S:
            sampled_s = now_s
            seen.memory_mb.append((now_s - began_s, memory_mb(pid)))
            seen.wall_s, seen.cpu_s = now_s - began_s, cpu_s(pid) - began_cpu_s
            latency = page and page.evaluate(
                "() => document.getElementById('picture').dataset.latencyMs"
            )
            if latency:
                seen.latency_ms.append(float(latency))
    return seen


def closing(out: Path, finished: int, now_s: float) -> list[float]:
    """How long after its watch closed a result was there; none where a touch closed it."""
    (path,) = out.glob("*/affected-1/result.json")
    press = json.loads(path.read_text(encoding="utf-8"))["presses"][finished - 1]
    return [now_s - press["ended_s"]] if press["ended_by"] == "watched" else []


def peaks(memory: list[tuple[float, float]]) -> Iterator[float]:
    """Most memory held in each stretch of two clips after the first two minutes."""
    stretch: dict[int, float] = {}
    for t_s, mb in memory:
        if t_s > SETTLED_S:
            number = int((t_s - SETTLED_S) // (2 * CLIP_S))
            stretch[number] = max(mb, stretch.get(number, 0.0))
    whole = int((memory[-1][0] - SETTLED_S) // (2 * CLIP_S)) if memory else 0
    yield from (mb for number, mb in stretch.items() if number < whole)


def told(seen: Seen) -> Iterator[str]:
    """What came of a run."""
    late = list(peaks(seen.memory_mb))
    yield f"{seen.frames} pictures in {seen.wall_s:.0f} s, {seen.dropped} left out"
    yield f"processor        {seen.cpu_s / max(seen.wall_s, 1):.2f} of one core, decoding included"
    if late:
        listed = ", ".join(f"{mb:.0f}" for mb in late)
        spread = max(late) / min(late) - 1
        yield f"memory           peaks of {listed} MB ({spread:.1%} apart)"
    if seen.latency_ms:
        ordered = sorted(seen.latency_ms)
        yield (
            f"picture drawn    {statistics.median(ordered):.0f} ms after capture (median), "
            f"{ordered[int(0.95 * len(ordered))]:.0f} ms (95 %), {ordered[-1]:.0f} ms (worst)"
        )
    if seen.result_s:
        yield (
            f"result there     {statistics.median(seen.result_s):.2f} s after its watch closed "
            f"(median of {len(seen.result_s)}), {max(seen.result_s):.2f} s (worst)"
        )


def main() -> None:
    """Run once and print what came of it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=600.0)
    asked.add_argument("--clip", type=Path, help="1080p30 to play instead of a new one")
    given = asked.parse_args()
    chromium = shutil.which("chromium")
    code = "from perfusion_cam.apps.cli import main; main()"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip, out = Path(folder) / "long.mp4", Path(folder) / "out"
        if given.clip is None:
            noisy_press(Path(folder) / "press.mp4", duration_s=CLIP_S)
            repeated(clip, Path(folder) / "press.mp4", given.seconds)
        else:
            repeated(clip, given.clip, given.seconds)
        command = [sys.executable, "-c", code, "live", "--no-open", "--source", str(clip)]
        live = subprocess.Popen([*command, "--out", str(out)], stdout=subprocess.PIPE, text=True)
        assert live.stdout is not None
        url = live.stdout.readline().strip()
        host, token = urlsplit(url).netloc, url.partition("token=")[2]
        page = None
        if chromium is not None:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(url)
            page.click("#affected:enabled")
        cookie = f"perfusion_cam_{host.rpartition(':')[2]}={token}"
        with connect(
            f"ws://{host}/tab", origin=f"http://{host}", additional_headers={"Cookie": cookie}
        ) as tab:
            if page is None:
                tab.send(json.dumps({"do": "side", "side": "affected"}))
            seen = follow(tab, page, live.pid, out)
        live.send_signal(signal.SIGINT)
        live.wait()
        for line in told(seen):
            print(line)
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"peak memory      {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
