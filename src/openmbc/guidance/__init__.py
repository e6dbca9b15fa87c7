"""State and knowledge to the decision, the options and what would change them."""

from openmbc.guidance.evaluate import VERDICTS, Verdicts, evaluate
from openmbc.guidance.plan import OptionPlan, Plan, plan

__all__ = ["VERDICTS", "OptionPlan", "Plan", "Verdicts", "evaluate", "plan"]
