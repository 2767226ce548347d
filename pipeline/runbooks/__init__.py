"""What to do about a fault, step by step: short texts under `data/runbooks`, matched to groups of errors, and runs of them."""

from pipeline.runbooks.runs import Runs
from pipeline.runbooks.shelf import Fault, find, load, match, read_runbook
from pipeline.runbooks.words import Run, Runbook, RunState, Step, Tick

__all__ = ["Fault", "Run", "RunState", "Runbook", "Runs", "Step", "Tick", "find", "load", "match", "read_runbook"]
