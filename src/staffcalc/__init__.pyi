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
from .demand.diary import read_time_diary as read_time_diary
from .demand.export import write_volumes as write_volumes
from .demand.fit import fit_volume as fit_volume
from .demand.history import History as History
from .demand.peers import compare_with_peers as compare_with_peers
from .demand.governance import find_governance_role as find_governance_role
from .demand.priorities import triage as triage
from .demand.tool_stack import trace_tools as trace_tools
from .demand.priors import volume_from_priors as volume_from_priors
from .demand.volume import Volume as Volume
from .demand.workload import Workload as Workload
from .demand.workload import size_workload as size_workload
from .demand.messages import read_messages as read_messages
from .demand.volumes import read_volumes as read_volumes

# staffing
from .staffing.refinements import fixed_time_wait_minutes as fixed_time_wait_minutes
from .staffing.refinements import priority_waits as priority_waits
from .staffing.intervals import staff_intervals as staff_intervals
from .staffing.blending import blend_threshold as blend_threshold
from .staffing.blending import choose_blend_threshold as choose_blend_threshold
from .staffing.chat import chat_service_level as chat_service_level
from .staffing.chat import chat_wait_probability as chat_wait_probability
from .staffing.chat import required_chat_agents as required_chat_agents
from .staffing.erlang import abandonment as abandonment
from .staffing.erlang import average_wait_minutes as average_wait_minutes
from .staffing.erlang import erlang_b as erlang_b
from .staffing.erlang import erlang_c as erlang_c
from .staffing.erlang import occupancy as occupancy
from .staffing.fewest_agents import required_agents as required_agents
from .staffing.erlang import service_level as service_level
from .staffing.erlang import wait_probability as wait_probability
from .staffing.headcount import absence_share as absence_share
from .staffing.headcount import cover_fte as cover_fte
from .staffing.headcount import productive_hours as productive_hours
from .staffing.headcount import rotation_size as rotation_size
from .staffing.presence import days_with_nobody as days_with_nobody
from .staffing.presence import heads_for_seats as heads_for_seats
from .staffing.presence import presence_probability as presence_probability
from .staffing.deadline import coverage_ceiling as coverage_ceiling
from .staffing.need import StaffingNeed as StaffingNeed
from .staffing.whole_desk import staff as staff
from .staffing.capacity import Capacity as Capacity
from .staffing.capacity import find_capacity as find_capacity
from .staffing.frontier import Frontier as Frontier
from .staffing.frontier import trace_frontier as trace_frontier
from .staffing.growth import ChannelGrowth as ChannelGrowth
from .staffing.growth import trace_channels as trace_channels
from .staffing.service import Service as Service
from .staffing.service import simulate as simulate
from .staffing.deadline import level_capacity as level_capacity
from .staffing.deadline import safety_capacity as safety_capacity

# coverage
from .coverage.exchange import read_roster as read_roster
from .coverage.exchange import write_roster as write_roster
from .coverage.fatigue import Fatigue as Fatigue
from .coverage.fatigue import assess_fatigue as assess_fatigue
from .coverage.fatigue_models import three_process_fatigue as three_process_fatigue
from .coverage.fatigue_models import unified_fatigue as unified_fatigue
from .coverage.hours import CoverageGaps as CoverageGaps
from .coverage.hours import find_gaps as find_gaps
from .coverage.oncall import OnCallNeed as OnCallNeed
from .coverage.oncall import size_on_call as size_on_call
from .coverage.oncall_rules import more_incidents_than as more_incidents_than
from .coverage.oncall_rules import standby_rota_size as standby_rota_size
from .coverage.presets import RestRule as RestRule
from .coverage.presets import RestRules as RestRules
from .coverage.presets import read_rest_rules as read_rest_rules
from .coverage.presets import rest_preset as rest_preset
from .coverage.rest_rules import RestCheck as RestCheck
from .coverage.rest_rules import check_rest as check_rest
from .coverage.roster import Roster as Roster
from .coverage.roster_making import make_roster as make_roster
from .coverage.sleep_rule import SleepRule as SleepRule

# resilience
from .resilience.absence_test import AbsenceTest as AbsenceTest
from .resilience.absence_test import survive as survive
from .resilience.access_review import AccessReview as AccessReview
from .resilience.access_review import review_access as review_access
from .resilience.cross_training import plan_cross_training as plan_cross_training
from .resilience.cut_sets import minimal_cut_sets as minimal_cut_sets
from .resilience.fewest_losses import smallest_loss as smallest_loss
from .resilience.fewest_losses import truck_factor as truck_factor
from .resilience.harm import expected_uncovered as expected_uncovered
from .resilience.harm import harm_shares as harm_shares
from .resilience.loss_ranking import LossRanking as LossRanking
from .resilience.losses import rank_losses as rank_losses
from .resilience.single_points import SinglePoints as SinglePoints
from .resilience.single_points import find_single_points_of_failure as find_single_points_of_failure
from .resilience.training_plan import TrainingPlan as TrainingPlan
from .resilience.worst_losses import worst_loss as worst_loss

# burnout
from .burnout.answer import BurnoutRisk as BurnoutRisk
from .burnout.assess import assess_burnout as assess_burnout
from .burnout.baseline import Baseline as Baseline
from .burnout.dynamics import TeamDesign as TeamDesign
from .burnout.exposure import RoleExposure as RoleExposure
from .burnout.instruments import score_bat as score_bat
from .burnout.instruments import score_cbi as score_cbi
from .burnout.instruments import score_olbi as score_olbi
from .burnout.levers import BurnoutLevers as BurnoutLevers
from .burnout.levers import weigh_levers as weigh_levers
from .burnout.outlook import TeamOutlook as TeamOutlook
from .burnout.outlook import project_team as project_team
from .burnout.risk import burnout_probability as burnout_probability
from .burnout.survey import SurveyScore as SurveyScore
from .burnout.survey import score_survey as score_survey
from .burnout.survey_file import write_survey_template as write_survey_template

# decisions
from .decisions.budget import TeamCost as TeamCost
from .decisions.budget import cost_team as cost_team

# outputs
from .outputs.report import write_report as write_report
from .outputs.workbook import write_workbook as write_workbook

# porch
from ._assess import OpenQuestions as OpenQuestions
from ._assess import assess as assess
