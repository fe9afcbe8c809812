from __future__ import annotations

import pytest
import synthetic

from perfusion_cam.types import Examination


@pytest.fixture(scope="session")
def examination() -> Examination:
    return synthetic.examination()
