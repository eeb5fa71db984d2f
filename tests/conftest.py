"""What tests share: pictures without a screen, drawn examples that stay the same, the answers of the sample."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="session")
def volume():
    """Return the volume of the sample."""
    import staffcalc as sc

    return sc.fit_volume(sc.read_volumes(DATA / "sample_volumes.csv", timezone="Europe/Istanbul"))


@pytest.fixture(scope="session")
def answers(volume):
    """Return all answers about the sample; modules that ask for them share a worker (``xdist_group``)."""
    import staffcalc as sc

    return sc.assess(sc.read_desk(DATA / "sample_desk.yaml"), volume, seed=0)
