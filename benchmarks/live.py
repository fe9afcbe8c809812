"""How a live examination keeps up: 1080p30 played in real time, watched in a browser.

Told are pictures left out, the share of real time that taking pictures needs, memory, how old a
picture is when the page has drawn it, by the time drawn into its pixels, and how soon a result
stands on the page after its watch has closed.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from playwright.sync_api import Page, sync_playwright

from benchmarks.clips import noisy_press, repeated
from benchmarks.stamping import CELL_PX, STARTED, SUM_BITS, TIME_BITS, WRAP_MS

CLIP_S = 44.0
"""A press with its whole watch; repeated as often as is wanted."""
SETTLED_S = 120.0
SAMPLE_S = 0.25
WIDTH_PX = 1920
CLOCK_TRIES = 30
DECODER = "av:"
"""How libavcodec names its threads."""
NOW_MS = "performance.timeOrigin + performance.now()"

WATCH = """([cell, timeBits, sumBits, width]) => {
  window.seen = { stamps: [], damaged: 0, results: 0 };
  const bits = timeBits + sumBits;
  const read = (canvas) => {
    const side = cell * canvas.width / width;
    const top = Math.floor(canvas.height - side);
    const [across, down] = [Math.ceil(bits * side), Math.floor(side)];
    const strip = canvas.getContext("2d").getImageData(0, top, across, down);
    let code = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      let light = 0, count = 0;
      for (let y = 1; y < strip.height - 1; y += 1) {
        for (let x = Math.ceil(bit * side + 1); x < (bit + 1) * side - 1; x += 1) {
          light += strip.data[4 * (y * strip.width + x) + 1];
          count += 1;
        }
      }
      code = 2 * code + (light / count > 128 ? 1 : 0);
    }
    const sum = 2 ** sumBits, t = Math.floor(code / sum);
    const digits = [t >> 18, t >> 12 & 63, t >> 6 & 63, t & 63];
    const right = (digits.reduce((all, one, place) => all + (place + 1) * one, 0) + 21) & 63;
    return right === code % sum ? t : null;
  };
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...given) {
    draw.apply(this, given);
    if (this.canvas.id !== "picture") return;
    const t = read(this.canvas);
    if (t === null) window.seen.damaged += 1;
    else requestAnimationFrame(() => window.seen.stamps.push([t, NOW_MS]));
  };
  const list = document.getElementById("affected-results");
  window.seen.results = [];
  new MutationObserver(() => {
    const count = list.querySelectorAll(".value").length;
    while (window.seen.results.length < count) window.seen.results.push(NOW_MS);
  }).observe(list, { childList: true, subtree: true });
}""".replace("NOW_MS", NOW_MS)
TAKEN = """() => {
  const { stamps, results, damaged } = window.seen;
  window.seen.stamps = [];
  return { stamps, results, damaged, prompt: document.documentElement.dataset.prompt };
}"""


@dataclass(slots=True)
class Seen:
    """What was seen of one run, by seconds since its first picture."""

    memory_mb: list[tuple[float, float]] = field(default_factory=list)
    latency_ms: list[float] = field(default_factory=list)
    result_s: list[float] = field(default_factory=list)
    damaged: int = 0
    clock_ms: float = 0.0
    frames: int = 0
    dropped: int = 0
    cpu_s: float = 0.0
    decoding_s: float = 0.0
    wall_s: float = 0.0
    busy_cores: float = 0.0
    withheld_cores: float = 0.0


def memory_mb(pid: int) -> float:
    """Memory that a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return float(kilobytes) / 1024


def cpu_s(stat: Path) -> float:
    """Processor time that a process or one of its threads has used."""
    fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def decoding_s(pid: int) -> float:
    """Processor time that the threads of a process's video decoder have used, while they run."""
    used_s = 0.0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it may end meanwhile
            if (thread / "comm").read_text(encoding="utf-8").startswith(DECODER):
                used_s += cpu_s(thread / "stat")
    return used_s


def busy_and_withheld_s() -> tuple[float, float]:
    """Processor time all programs have used; and what a host kept from this virtual machine."""
    fields = Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waiting, interrupts, soft, withheld = map(int, fields[:8])
    ticks_s = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + interrupts + soft) / ticks_s, withheld / ticks_s


def clock_of(page: Page) -> tuple[float, float]:
    """By how much the browser's clock is ahead of this one, and how wrong that may be (ms)."""
    tries = []
    for _ in range(CLOCK_TRIES):
        asked_ms = 1000 * time.time()
        theirs_ms = float(page.evaluate(NOW_MS))
        told_ms = 1000 * time.time()
        tries.append(((told_ms - asked_ms) / 2, theirs_ms - (asked_ms + told_ms) / 2))
    error_ms, ahead_ms = min(tries)
    return ahead_ms, error_ms


def follow(page: Page, pid: int, started: Path, out: Path) -> Seen:
    """Watch a run to its end."""
    seen = Seen()
    ahead_ms, seen.clock_ms = clock_of(page)
    stat = Path(f"/proc/{pid}/stat")
    began_cpu_s, (began_busy_s, began_withheld_s) = cpu_s(stat), busy_and_withheld_s()
    page.click("#affected:enabled")
    while not started.exists() or not started.read_text(encoding="utf-8"):
        time.sleep(0.01)
    start_s = float(started.read_text(encoding="utf-8"))
    while True:
        time.sleep(SAMPLE_S)
        now_s = time.time() - start_s
        seen.memory_mb.append((now_s, memory_mb(pid)))
        told = page.evaluate(TAKEN)
        for t_ms, drawn_ms in told["stamps"]:
            age_ms = (drawn_ms - ahead_ms - t_ms) % WRAP_MS
            seen.latency_ms.append(age_ms - WRAP_MS * (age_ms > WRAP_MS / 2))
        seen.damaged = told["damaged"]
        if told["prompt"] == "ended":
            break
        seen.wall_s, seen.cpu_s = now_s, cpu_s(stat) - began_cpu_s
        seen.decoding_s = max(seen.decoding_s, decoding_s(pid))
        by_all_s, kept_s = busy_and_withheld_s()
        seen.busy_cores = (by_all_s - began_busy_s) / now_s
        seen.withheld_cores = (kept_s - began_withheld_s) / now_s
    (path,) = out.glob("*/affected-1/result.json")
    found = json.loads(path.read_text(encoding="utf-8"))
    seen.frames = found["source"]["frames"]
    seen.dropped = left_out(found["source"]["warnings"])
    for press, shown_ms in zip(found["presses"], told["results"], strict=True):
        if press["ended_by"] == "watched":
            closed_s = start_s + press["ended_s"]
            seen.result_s.append((shown_ms - ahead_ms) / 1000 - closed_s)
    return seen


def left_out(warnings: list[str]) -> int:
    """How many pictures a result says were left out."""
    counts = [one.partition(" ")[0] for one in warnings if "could not keep up" in one]
    return int(counts[0]) if counts else 0


def turns(memory: list[tuple[float, float]]) -> list[list[float]]:
    """Memory held in each whole turn of the clip after the first two minutes."""
    held: dict[int, list[float]] = {}
    for t_s, mb in memory:
        if t_s > SETTLED_S:
            held.setdefault(int((t_s - SETTLED_S) // CLIP_S), []).append(mb)
    whole = int((memory[-1][0] - SETTLED_S) // CLIP_S) if memory else 0
    return [mbs for number, mbs in held.items() if number < whole]


def told(seen: Seen) -> Iterator[str]:
    """What came of a run."""
    yield f"{seen.frames} pictures in {seen.wall_s:.0f} s, {seen.dropped} left out"
    whole, decoding = (s / max(seen.wall_s, 1) for s in (seen.cpu_s, seen.decoding_s))
    yield (
        f"processor        {whole - decoding:.2f} of one core for all that live does, and "
        f"{decoding:.2f} to decode the recording"
    )
    yield (
        f"                 {seen.busy_cores:.2f} of {os.cpu_count()} cores busy with all programs, "
        f"and {seen.withheld_cores:.2f} kept back by the host of this machine"
    )
    late = turns(seen.memory_mb)
    for what, of in (("means", statistics.fmean), ("peaks", max)):
        values = [of(mbs) for mbs in late]
        if values:
            listed = ", ".join(f"{mb:.0f}" for mb in values)
            spread = max(values) / min(values) - 1
            yield f"memory           {what} of {listed} MB after 2 minutes ({spread:.1%} apart)"
    if seen.memory_mb:
        yield f"peak memory      {max(mb for _, mb in seen.memory_mb):.0f} MB"
    if seen.latency_ms:
        ordered = sorted(seen.latency_ms)
        yield (
            f"picture drawn    {statistics.median(ordered):.0f} ms after capture (median of "
            f"{len(ordered)}), {ordered[int(0.95 * len(ordered))]:.0f} ms (95 %), "
            f"{ordered[-1]:.0f} ms (worst); clocks agree within {seen.clock_ms:.1f} ms, "
            f"{seen.damaged} stamps not read"
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
    asked.add_argument("--log", type=Path, help="where to write all that was seen, as JSON")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip, out, started = (Path(folder, name) for name in ("long.mp4", "out", "started"))
        if given.clip is None:
            noisy_press(Path(folder) / "press.mp4", duration_s=CLIP_S)
            repeated(clip, Path(folder) / "press.mp4", given.seconds)
        else:
            repeated(clip, given.clip, given.seconds)
        command = [sys.executable, "-m", "benchmarks.stamping", "live", "--no-open"]
        live = subprocess.Popen(
            [*command, "--source", str(clip), "--out", str(out)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {STARTED: str(started)},
        )
        assert live.stdout is not None
        url = live.stdout.readline().strip()
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(url)
        page.evaluate(WATCH, [CELL_PX, TIME_BITS, SUM_BITS, WIDTH_PX])
        try:
            seen = follow(page, live.pid, started, out)
        finally:
            live.send_signal(signal.SIGINT)
            live.wait()
    for line in told(seen):
        print(line)
    if given.log is not None:
        given.log.write_text(json.dumps([seen.memory_mb, seen.latency_ms, seen.result_s]))


if __name__ == "__main__":
    main()
