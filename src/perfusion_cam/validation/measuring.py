"""Clips rendered, analysed, scored and deleted: many at once, and never twice."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import perfusion_cam
from perfusion_cam.analysis import analyze, software
from perfusion_cam.report.atomic import make_folder, write
from perfusion_cam.simulate import render
from perfusion_cam.validation.cases import Case
from perfusion_cam.validation.oracle import oracle_t90_s
from perfusion_cam.validation.scoring import ClipScore, PressScore, score_presses

CLIPS, RESULTS = "clips", "results"
_MEASURES_NOT = ("apps", "report", "comparison", "thresholds", "schema", "live", "validation")
"""Parts of the package on which no refill time depends."""
_SCORES = ("validation/oracle.py", "validation/scoring.py")
_CONTAINER_OF = {"ffv1": ".mkv", "libvpx": ".webm"}

OnClip = Callable[[ClipScore], None]


def software_key() -> str:
    """Version of what measures: the package's, and a digest of the code that decides numbers."""
    root = Path(perfusion_cam.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if name.partition("/")[0] not in _MEASURES_NOT or name in _SCORES:
            digest.update(name.encode() + path.read_bytes())
    return f"{software()['version']}-{digest.hexdigest()[:8]}"


def measure_cases(
    cases: Sequence[Case], folder: Path, *, jobs: int, keep: bool, on_clip: OnClip
) -> list[ClipScore]:
    """Measure clips, except those of which this software's result is there already.

    Each result is written as soon as it is had, so that a run can be stopped and taken up again.

    Parameters
    ----------
    cases : sequence of Case
    folder : Path
        Holds ``clips`` and ``results``.
    jobs : int
        Processes; 1 is none but this one.
    keep : bool
        Whether clips stay.
    on_clip : callable (ClipScore)
        Told of every clip, also of those that were there.

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    make_folder(folder / CLIPS)
    results = make_folder(folder / RESULTS)
    version = software_key()
    scores: dict[str, ClipScore] = {}
    open_cases = []
    for case in cases:
        known = read_result(results / result_name(case, version))
        if known is None:
            open_cases.append(case)
        else:
            scores[case.name] = known
            on_clip(known)
    for case, score in _measured(open_cases, folder / CLIPS, jobs, keep):
        text = json.dumps({"software": version, **asdict(score)}, indent=1)
        write(results / result_name(case, version), text.encode())
        scores[case.name] = score
        on_clip(score)
    return [scores[case.name] for case in cases]


def _measured(
    cases: Sequence[Case], clips: Path, jobs: int, keep: bool
) -> Iterator[tuple[Case, ClipScore]]:
    if jobs == 1 or len(cases) < 2:
        for case in cases:
            yield case, measure_case(case, clips, keep)
        return
    # Forking a process in which threads run (progress, OpenCV) may hang the child.
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
    try:
        waiting = {pool.submit(measure_case, case, clips, keep): case for case in cases}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def measure_case(case: Case, clips: Path, keep: bool) -> ClipScore:
    """Render, analyse and score one clip; a failure of the analysis is a result."""
    scenario = case.scenario
    path = clips / (case.name + _CONTAINER_OF.get(scenario.encoding.codec, ".mp4"))
    bits = scenario.encoding.bit_rate / (scenario.width * scenario.height * scenario.fps)
    presses: tuple[PressScore, ...] = ()
    invented: tuple[str, ...] = ()
    failure = None
    started_s = time.perf_counter()
    try:
        render(scenario, path)
        rendered_s = time.perf_counter()
        try:
            found = analyze(path).presses
        except Exception as error:
            found, failure = (), f"{type(error).__name__}: {error}"
        analysed_s = time.perf_counter()
        presses, invented = score_presses(scenario, found, oracle_t90_s(path, scenario))
    finally:
        if not keep:
            for left in (path, path.with_suffix(".json")):
                with suppress(OSError):
                    left.unlink(missing_ok=True)
    return ClipScore(
        name=case.name,
        factor=case.factor,
        level=case.level,
        bits_per_pixel=bits,
        presses=presses,
        invented=invented,
        rendering_s=rendered_s - started_s,
        analysis_s=analysed_s - rendered_s,
        failure=failure,
    )


def result_name(case: Case, version: str) -> str:
    """File in which the result of a clip is kept."""
    return f"{case.name}.{case.key}.{version}.json"


def read_result(path: Path) -> ClipScore | None:
    """Read a kept result; None where there is none, or none that can be read."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        del content["software"]
        presses = [
            PressScore(**{**one, "flags": tuple(one["flags"])}) for one in content["presses"]
        ]
        return ClipScore(
            **{**content, "presses": tuple(presses), "invented": tuple(content["invented"])}
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
