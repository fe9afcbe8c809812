"""The long run of the fuzz tests: ``python -m benchmarks.fuzz --cases 10000``.

Damages so many containers, and as many colour traces, profiles of rules, earlier results and
regions, and lets as many sites change their light anyhow, by the same seeds every time: the tests
of every day take the first 500 of them. A failure names its seed. Takes about an hour for 10 000.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

TESTS = (
    "tests/sources/test_fuzz.py",
    "tests/sources/test_fuzz_texts.py",
    "tests/stages/refill/test_any_signal.py",
    "tests/stages/test_any_scene.py",
)


def main() -> None:
    """Run the tests on many more cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    cases = parser.parse_args().cases
    environment = {**os.environ, "PERFUSION_CAM_FUZZ_CASES": str(cases)}
    command = [sys.executable, "-m", "pytest", "-q", "--durations=0", *TESTS]
    raise SystemExit(subprocess.run(command, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
