"""Scenarios: files that say who takes part in a simulation, and under which terms."""

from dcai.simulation.scenario.scenario import Scenario, load_scenario, scenario_of

__all__ = ["Scenario", "load_scenario", "scenario_of"]
