"""Who may import whom, read from the imports themselves."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import perfusion_cam

PACKAGE = "perfusion_cam"
SOURCE = Path(perfusion_cam.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
MAX_LINES = 320


def name_of(path: Path) -> str:
    """Dotted name of a module without the package's own: ``stages.refill.posterior``."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_by(path: Path) -> set[str]:
    """Full names of all that a file imports, wherever it does so."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative imports hide who imports whom"
            assert node.module is not None
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def own(names: set[str]) -> set[str]:
    """Those of our own modules among imported names, without the package's name."""
    modules = {name_of(path) for path in FILES}
    inside = {name.removeprefix(f"{PACKAGE}.") for name in names if name.startswith(f"{PACKAGE}.")}
    return inside & modules


def outside(names: set[str]) -> set[str]:
    """Libraries among imported names that are neither ours nor Python's."""
    roots = {name.partition(".")[0] for name in names}
    return roots - {PACKAGE} - sys.stdlib_module_names


def within(folder: str) -> list[Path]:
    return [path for path in FILES if name_of(path).startswith(folder)]


def stage_of(name: str) -> str | None:
    """Stage that a module belongs to: the file or folder directly under ``stages``."""
    parts = name.split(".")
    return parts[1] if parts[0] == "stages" and len(parts) > 1 else None


def label(path: Path) -> str:
    return name_of(path) or PACKAGE


RECORDS = ["errors", "quality", "colour", "blood", "types"]


def test_there_is_something_to_read() -> None:
    names = {name_of(path) for path in FILES}
    assert {
        "types",
        "session",
        "stages.registration",
        "stages.refill.posterior",
        "apps.cli",
    } <= names
    assert own(imported_by(SOURCE / "session.py")) >= {"types", "stages.registration"}


@pytest.mark.parametrize("path", [path for name in RECORDS for path in within(name)], ids=label)
def test_records_and_colour_need_numpy_at_most(path: Path) -> None:
    names = imported_by(path)
    assert {name.partition(".")[0] for name in own(names)} <= {"types", "quality"}
    assert outside(names) <= {"numpy"}


@pytest.mark.parametrize("path", within("stages"), ids=label)
def test_no_stage_imports_another(path: Path) -> None:
    stage = stage_of(name_of(path))
    others = {stage_of(name) for name in own(imported_by(path))} - {None, stage}
    assert others == set()


@pytest.mark.parametrize("path", within("stages"), ids=label)
def test_stages_know_records_and_plain_sums_only(path: Path) -> None:
    ours = {name for name in own(imported_by(path)) if stage_of(name) is None}
    plain = {"blood", "colour", "interpolation", "stencils"}
    records = {"types", "quality", "settings", "errors"}
    assert ours - {"stages"} <= records | plain
    assert outside(imported_by(path)) <= {"numpy", "scipy", "cv2"}


@pytest.mark.parametrize("path", within("simulate"), ids=label)
def test_the_simulator_knows_itself_only(path: Path) -> None:
    assert all(name.startswith("simulate") for name in own(imported_by(path)))


@pytest.mark.parametrize("path", within("thresholds"), ids=label)
def test_the_rules_stand_alone(path: Path) -> None:
    assert all(name.startswith("thresholds") for name in own(imported_by(path)))
    assert outside(imported_by(path)) <= {"pydantic", "pydantic_core"}


@pytest.mark.parametrize("path", within("comparison"), ids=label)
def test_comparisons_know_records_and_rules_and_one_way_to_analyse(path: Path) -> None:
    plain = {"types", "quality", "colour", "settings", "errors"}
    analysing = {"analysis"} if name_of(path) == "comparison.recorded" else set()
    ours = {
        name for name in own(imported_by(path)) if not name.startswith(("comparison", "thresholds"))
    }
    assert ours <= plain | analysing
    assert outside(imported_by(path)) <= {"numpy", "scipy"}


@pytest.mark.parametrize("path", within("report"), ids=label)
def test_reports_do_not_measure(path: Path) -> None:
    assert not {name for name in own(imported_by(path)) if name.startswith("stages")}


@pytest.mark.parametrize("path", within("sources"), ids=label)
def test_sources_know_nothing_of_what_is_done_with_them(path: Path) -> None:
    forbidden = ("stages", "report", "apps", "session", "measurement", "analysis", "simulate")
    assert not {name for name in own(imported_by(path)) if name.startswith(forbidden)}


@pytest.mark.parametrize("path", within("live"), ids=label)
def test_live_examinations_know_the_engine_and_no_web(path: Path) -> None:
    engine = {
        "session",
        "measurement",
        "analysis",
        "picture",
        "colour",
        "comparison",
        "comparison.asking",
    }
    records = {"types", "quality", "settings", "errors", "live"}
    written = ("live.", "sources.", "stages.detection.", "thresholds", "report.")
    ours = {name for name in own(imported_by(path)) if not name.startswith(written)}
    assert ours <= engine | records | {"stages.detection"}
    writes_video = {"av"} if name_of(path) == "live.clip" else set()
    assert outside(imported_by(path)) <= {"numpy", "cv2"} | writes_video


@pytest.mark.parametrize(
    "path", [path for path in FILES if not name_of(path).startswith(("apps", "live"))], ids=label
)
def test_only_applications_import_live_examinations(path: Path) -> None:
    assert not {name for name in own(imported_by(path)) if name.startswith("live")}


@pytest.mark.parametrize(
    "path", [path for path in FILES if not name_of(path).startswith("apps")], ids=label
)
def test_nothing_imports_the_applications(path: Path) -> None:
    assert not {name for name in own(imported_by(path)) if name.startswith("apps")}


@pytest.mark.parametrize("path", FILES, ids=label)
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES
