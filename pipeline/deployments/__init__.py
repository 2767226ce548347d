"""What was put into service and when, what became of it in the logs, and what is normal: deploys, verdicts, baselines."""

from pipeline.deployments.bands import Band
from pipeline.deployments.baselines import EVERY, HOURS, Baseline, Baselines, Look, LookState, Standing
from pipeline.deployments.deployments import Deployments
from pipeline.deployments.figures import Figures
from pipeline.deployments.files import moment, read_deploys
from pipeline.deployments.reasons import counted
from pipeline.deployments.words import (
    Alarm,
    Check,
    CheckState,
    Deploy,
    Exposed,
    Fate,
    Kind,
    Mark,
    Told,
    Unit,
    Verdict,
    fixed_in,
)

__all__ = [
    "EVERY", "HOURS", "Alarm", "Band", "Baseline", "Baselines", "Check", "CheckState", "Deploy", "Deployments", "Exposed",
    "Fate", "Figures", "Kind", "Look", "LookState", "Mark", "Standing", "Told", "Unit", "Verdict", "counted", "fixed_in",
    "moment", "read_deploys",
]
