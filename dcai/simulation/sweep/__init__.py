"""Many runs of a scenario: on all cores, on a cluster, and what they say together."""

from dcai.simulation.sweep.runs import Case, Run, cases, sweep

__all__ = ["Case", "Run", "cases", "sweep"]
