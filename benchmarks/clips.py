"""The recordings that the benchmarks read: 1080p30 H.264 of about 12 Mbit/s with sensor noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np

from perfusion_cam.simulate import SCENARIOS, frames

BIT_RATE = 12_000_000
NOISE_LEVELS = 3.0


def noisy_press(path: Path, sample: str = "slow", duration_s: float = 20.0) -> None:
    """Write a press at 1080p30, enlarged from a sample and given fresh noise per picture."""
    scenario = replace(SCENARIOS[sample], duration_s=duration_s)
    random = np.random.default_rng(1)
    noise = [random.normal(0, NOISE_LEVELS, (1080, 1920, 1)).astype(np.float32) for _ in range(6)]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        stream.bit_rate = BIT_RATE
        stream.options = {"preset": "veryfast"}
        for index, (_, rgb) in enumerate(frames(scenario)):
            large = np.repeat(np.repeat(rgb, 3, axis=0), 3, axis=1).astype(np.float32)
            large += np.roll(noise[index % len(noise)], 37 * index, axis=1)
            picture = av.VideoFrame.from_ndarray(
                np.clip(large, 0, 255).astype(np.uint8), format="rgb24"
            )
            picture.pts = index
            out.mux(stream.encode(picture))
        out.mux(stream.encode())


def repeated(path: Path, source: Path, seconds: float) -> None:
    """Write the pictures of `source` again and again, without encoding them anew."""
    with av.open(str(source)) as given:
        stream = given.streams.video[0]
        packets = [packet for packet in given.demux(stream) if packet.dts is not None]
        step = int(stream.duration or 0)
        with av.open(str(path), "w") as out:
            copy = out.add_stream_from_template(stream)
            turns = int(np.ceil(seconds / float(step * stream.time_base)))
            stamps = [(packet.pts, packet.dts) for packet in packets]
            for turn in range(turns):
                for packet, (pts, dts) in zip(packets, stamps, strict=True):
                    packet.stream = copy
                    packet.pts, packet.dts = pts + turn * step, dts + turn * step
                    out.mux(packet)
