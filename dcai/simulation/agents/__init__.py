"""The agents of simulations."""

from dcai.simulation.agents.base import Agent, Contributor, kinds
from dcai.simulation.agents.collecting import Prepared, Sniper, SybilRing
from dcai.simulation.agents.copying import Copycat, Duplicator
from dcai.simulation.agents.honest import Caller, Honest
from dcai.simulation.agents.mislabelling import LabelFlipper, Random, TargetedPoisoner
from dcai.simulation.agents.providing import Provider, Withholder
from dcai.simulation.agents.turning import FlipReportUnflip, Flooder

__all__ = [
    "Agent",
    "Caller",
    "Contributor",
    "Copycat",
    "Duplicator",
    "FlipReportUnflip",
    "Flooder",
    "Honest",
    "LabelFlipper",
    "Prepared",
    "Provider",
    "Random",
    "Sniper",
    "SybilRing",
    "TargetedPoisoner",
    "Withholder",
    "kinds",
]
