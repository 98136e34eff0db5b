"""Simulations: what happens to a shared model and its money when people misbehave, on the deployed bytecode."""

from dcai.simulation.actions import Ask, Claim, Contribute
from dcai.simulation.agents import Agent
from dcai.simulation.outcome import Outcome
from dcai.simulation.pool import Sample
from dcai.simulation.result import Result
from dcai.simulation.run import simulate
from dcai.simulation.scenario.scenario import Scenario, load_scenario, scenario_of
from dcai.simulation.view import View

__all__ = [
    "Agent",
    "Ask",
    "Claim",
    "Contribute",
    "Outcome",
    "Result",
    "Sample",
    "Scenario",
    "View",
    "load_scenario",
    "scenario_of",
    "simulate",
]
