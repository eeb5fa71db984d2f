"""What every test shares: pictures are drawn without a screen, and drawn examples are the same at each run."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")
