"""What pyCRT says of one clip: run by ``benchmarks.pycrt`` in an environment of pyCRT's own.

Arguments: clip, box as X,Y,W,H, perhaps from and to when to look, in seconds, and perhaps the
relative uncertainty above which it refuses. Prints JSON.
"""

import json
import sys
import time
import warnings

warnings.simplefilter("ignore")

from pyCRT import PCRT  # noqa: E402  (its import warns, too)


def main() -> None:
    """Measure one clip with pyCRT's defaults; a refusal is told with its reason."""
    clip, box, *numbers = sys.argv[1:]
    names = ("fromTime", "toTime", "exclusionCriteria")
    told = dict(zip(names, map(float, numbers), strict=False))
    started_s = time.perf_counter()
    answer: dict[str, object] = {"tau_s": None, "tau_95_s": None}
    try:
        found = PCRT.fromVideoFile(
            clip,
            roi=tuple(map(int, box.split(","))),
            displayVideo=False,
            livePlot=False,
            **told,
        )
        answer["tau_s"], answer["tau_95_s"] = map(float, found.pCRT)
    except Exception as error:
        answer["refused"] = f"{type(error).__name__}: {error}"
    answer["seconds"] = time.perf_counter() - started_s
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
