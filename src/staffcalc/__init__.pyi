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
from .inputs.access import Access as Access
from .inputs.access import AccessHolder as AccessHolder
from .inputs.calendars import Calendar as Calendar
from .inputs.calendars import WeekHours as WeekHours
from .inputs.channels import Channel as Channel
from .inputs.costs import Absence as Absence
from .inputs.costs import Costs as Costs
from .inputs.desk import Desk as Desk
from .inputs.desk_file import read_desk as read_desk
from .inputs.desk_file import write_desk as write_desk
from .inputs.desk_file import write_desk_template as write_desk_template
from .inputs.duties import Duties as Duties
from .inputs.duties import OnCall as OnCall
from .inputs.fields import Range as Range
from .inputs.people import Person as Person
from .inputs.people import Site as Site
from .inputs.targets import Target as Target

# demand

# staffing
from .staffing.deadline import coverage_ceiling as coverage_ceiling
from .staffing.deadline import level_capacity as level_capacity
from .staffing.deadline import safety_capacity as safety_capacity

# coverage

# resilience

# burnout

# decisions
from .decisions.budget import TeamCost as TeamCost
from .decisions.budget import cost_team as cost_team

# outputs

# porch
from ._assess import OpenQuestions as OpenQuestions
from ._assess import assess as assess
