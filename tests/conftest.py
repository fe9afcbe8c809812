"""One thread for linear algebra, and no deadlines: threads and tests wait for each other."""

from __future__ import annotations

import os

from hypothesis import settings

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
