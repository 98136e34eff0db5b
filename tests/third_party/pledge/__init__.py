"""A model, an incentive and an agent as somebody else may write them, in a package of their own."""

from importlib.resources import files

from dcai import artifacts
from pledge.agent import Pledger
from pledge.majority_class import MajorityClass
from pledge.terms import Pledge

artifacts.add(files(__name__) / "artifacts")

__all__ = ["MajorityClass", "Pledge", "Pledger"]
