# The public names, room by room. One line a name; this file is what loads them.

__version__: str

# cellar
from ._result import Assumption as Assumption
from ._result import Result as Result
from ._words import Sentence as Sentence
from .errors import InfeasibleError as InfeasibleError
from .errors import InputError as InputError
from .errors import MissingExtraError as MissingExtraError
from .errors import OverloadError as OverloadError
from .errors import StaffcalcError as StaffcalcError

# reference

# inputs

# demand

# staffing

# coverage

# resilience

# burnout

# outputs

# porch
