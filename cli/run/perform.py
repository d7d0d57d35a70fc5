"""Performs what the command line of `attention-mesh run` asks for."""

from __future__ import annotations

import gc

from attention_mesh.cli.run.execute import execute_frames
from attention_mesh.cli.run.plan import FramePlan, RunOptions, plan_run
from attention_mesh.cli.run.report import report_frames, report_self_fed


def perform(options: RunOptions, debug: bool = False) -> int:
    """Plans and executes a run, and tells what came of it; returns the exit code.

    Args:
      options: the command line.
      debug: whether an error of the run is raised instead of printed.

    Raises what `plan_run` and `execute_frames` raise.
    """
    plan = plan_run(options)
    if isinstance(plan, FramePlan):
        return report_frames(execute_frames(plan), debug)
    from attention_mesh.cli.run.self_fed_run import run_self_fed

    gc.enable()  # frames do so when theirs begin
    return report_self_fed(run_self_fed(plan), plan.output, debug)
