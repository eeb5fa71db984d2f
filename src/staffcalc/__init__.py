"""
Staffing, resilience and burnout-risk estimates for teams that answer messages.

Facts about a team go in, answers come out, and a report is a list of answers. The public names are listed in
``__init__.pyi`` and load on first use, so that ``import staffcalc`` stays cheap.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
