"""Compare analysis, and a comparison of two sides, with bare decoding of the same files.

Memory is followed over ten minutes.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av

from benchmarks.clips import noisy_press, repeated

ROUNDS = 3
LONG_S = 600.0


def decode_bare(path: Path) -> int:
    """Decode every picture to BGR, with all threads, as any program would."""
    count = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            frame.to_ndarray(format="bgr24")
            count += 1
    return count


def timed_s(command: list[str]) -> tuple[float, str]:
    """Run one job in a process of its own; wall time of the job itself, and what it printed."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, *rest = done.stdout.split()
    return float(seconds), " ".join(rest)


def compare_wholly(affected: Path, unaffected: Path) -> int:
    """Compare two recordings and write all that comes of it, as ``compare --out`` does."""
    from perfusion_cam import compare
    from perfusion_cam.report.comparison_content import comparison_content
    from perfusion_cam.report.comparison_document import comparison_document
    from perfusion_cam.report.comparison_folder import write_comparison
    from perfusion_cam.report.document import to_json

    answer = compare(affected, unaffected)
    document = comparison_document(answer)
    content = comparison_content(answer, document["colour"])
    with tempfile.TemporaryDirectory() as folder:
        write_comparison(answer, content, to_json(document), Path(folder))
    return sum(item.source.frames for _, item in answer.examinations)


def job(kind: str, paths: list[Path]) -> None:
    """Do one job and print its seconds, pictures and peak memory (MB)."""
    from perfusion_cam import analyze

    start = time.perf_counter()
    if kind == "compare":
        count = compare_wholly(*paths)
    elif kind == "decode":
        count = sum(map(decode_bare, paths))
    else:
        count = sum(analyze(path).source.frames for path in paths)
    seconds = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(seconds, count, round(peak_mb))


def main() -> None:
    """Print the ratio of rates and the peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        clip, other, long_clip = (
            Path(folder) / f"{name}.mp4" for name in ("press", "other", "long")
        )
        noisy_press(clip)
        noisy_press(other, "not-recovering")
        repeated(long_clip, clip, LONG_S)
        run = [sys.executable, "-m", "benchmarks"]
        bare, ours, both_bare, both, frames = [], [], [], [], 1
        for _ in range(ROUNDS):
            bare.append(timed_s([*run, "decode", str(clip)])[0])
            seconds, rest = timed_s([*run, "analyze", str(clip)])
            ours.append(seconds)
            frames = int(rest.split()[0])
            both_bare.append(timed_s([*run, "decode", str(clip), str(other)])[0])
            both.append(timed_s([*run, "compare", str(clip), str(other)])[0])
        bare_s, ours_s = statistics.median(bare), statistics.median(ours)
        size_mbit = clip.stat().st_size * 8e-6 / (frames / 30)
        print(f"1080p30 H.264, {size_mbit:.1f} Mbit/s, {frames} pictures, median of {ROUNDS} runs")
        print(f"  bare decoding to BGR  {frames / bare_s:7.1f} pictures/s")
        print(f"  analysis              {frames / ours_s:7.1f} pictures/s")
        print(f"  ratio                 {bare_s / ours_s:7.2f}")
        print(f"  times real time       {frames / 30 / ours_s:7.1f}")
        times = statistics.median(both) / statistics.median(both_bare)
        print(f"a whole comparison of two such: {times:.2f} times bare decoding of both")
        seconds, rest = timed_s([*run, "analyze", str(long_clip)])
        pictures, peak_mb = rest.split()
        print(f"{LONG_S / 60:.0f} minutes: {pictures} pictures, {seconds:.0f} s, peak {peak_mb} MB")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        job(sys.argv[1], [Path(name) for name in sys.argv[2:]])
    else:
        main()
