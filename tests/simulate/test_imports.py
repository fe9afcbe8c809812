"""A simulator that knew the estimator would prove nothing."""

import ast
import sys
from pathlib import Path

import perfusion_cam.simulate

ALLOWED = {"numpy", "cv2", "scipy", "av"}


def test_the_simulator_imports_nothing_of_the_estimator() -> None:
    folder = Path(perfusion_cam.simulate.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                own = name.startswith("perfusion_cam.simulate")
                root = name.partition(".")[0]
                assert own or root in ALLOWED or root in sys.stdlib_module_names, (path.name, name)
