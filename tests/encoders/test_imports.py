"""What encodes one input, and what computes as a contract does, start without scikit-learn and scipy."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dcai.encoders import TabularEncoder, TextEncoder, VectorEncoder
from scripts.compile import ROOT

HEAVY = {"sklearn", "scipy", "pandas", "matplotlib", "plotly", "pyarrow", "web3"}

# The package without what its __init__ imports.
ALONE = """
import json, sys, types
package = types.ModuleType("dcai")
package.__path__ = ["dcai"]
sys.modules["dcai"] = package
"""


def imported(code):
    """Return what of the heavy packages a program imports, and what it prints."""
    program = f"{ALONE}{code}\nprint(json.dumps(sorted(name for name in sys.modules if '.' not in name)))"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    *told, modules = ran.stdout.splitlines()
    return HEAVY.intersection(json.loads(modules)), told


@pytest.mark.parametrize(
    "modules",
    ["dcai.samples", "dcai.encoders", "dcai.encoders.packing", "dcai.models", "dcai.models.twins", "dcai.datasets"],
)
def test_importing_it_imports_nothing_heavy(modules):
    assert imported(f"import {modules}") == (set(), [])


@pytest.mark.parametrize(
    ("encoder", "given"),
    [
        (TextEncoder().fit(["a fine film", "a dull film"]), "Fine! A fine one."),
        (TabularEncoder().fit([[1.0, 2.0], [3.0, 4.0]], feature_names=["age", "height"]), [2.0, 3.0]),
        (VectorEncoder(standardize=True).fit([[1.0, 2.0], [3.0, 5.0]]), [2.0, 3.0]),
    ],
    ids=["text", "table", "vector"],
)
def test_one_input_is_encoded_and_described_by_a_published_spec_without_anything_heavy(encoder, given):
    code = f"""
from dcai.encoders import encoder_from_spec
coding = encoder_from_spec({encoder.spec()!r})
print(coding.encode({given!r}).tolist())
print(coding.describe({given!r}), coding.dense, coding.n_features_, coding.spec() == {encoder.spec()!r})
"""
    told = [
        str(encoder.encode(given).tolist()),
        f"{encoder.describe(given)} {encoder.dense} {encoder.n_features_} True",
    ]

    assert imported(code) == (set(), told)


def test_a_twin_learns_and_answers_without_anything_heavy():
    code = """
from dcai.models.twins import NaiveBayesTwin, SparsePerceptronTwin
for kind in (NaiveBayesTwin, SparsePerceptronTwin):
    twin = kind(("no", "yes"), 40)
    twin.learn(twin.pack([1, 2]), 1)
    print(twin.label_of(twin.pack([2])), twin.explain(twin.pack([2])).features)
"""

    assert imported(code) == (set(), ["1 (2,)", "1 (2,)"])


def test_the_estimators_are_there_when_they_are_asked_for():
    code = "from dcai.models import NaiveBayes\nfrom dcai.encoders import TextEncoder"

    assert "sklearn" in imported(code)[0]
