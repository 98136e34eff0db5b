"""A real sentence-embedding model, where one is on this machine: DCAI_SENTENCE_MODEL names its folder."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import dcai
from dcai.encoders import EmbeddingEncoder

FOLDER = os.environ.get("DCAI_SENTENCE_MODEL", "")
NAME = "sentence-transformers/all-MiniLM-L6-v2"

# the model has 90 MB, and is installed apart: see CONTRIBUTING.md
pytestmark = pytest.mark.skipif(not Path(FOLDER, "config.json").is_file(), reason="DCAI_SENTENCE_MODEL names no model")

TEXTS = {
    "weather": ["Heavy rain is expected tonight", "A sunny and warm afternoon", "Snow will fall in the mountains"],
    "money": ["The bank raised its interest rates", "Shares fell on the stock market", "Inflation eats up savings"],
}
ASKED = {"It will be windy and cold tomorrow": "weather", "Investors sold their bonds": "money"}


@pytest.fixture(scope="module")
def encoder(monkeypatch_module):
    """Return an encoder of the model, which is loaded without a network."""
    return EmbeddingEncoder.sentence_transformer(FOLDER, name=NAME)


@pytest.fixture(scope="module")
def monkeypatch_module():
    """Keep the library off the network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield patch


def test_a_shared_model_learns_the_vectors_of_a_sentence_model(encoder, chain):
    texts = [text for some in TEXTS.values() for text in some]
    labels = [label for label, some in TEXTS.items() for _ in some]
    encoder = encoder.fit(texts)
    model = dcai.NearestCentroid(classes=tuple(TEXTS)).fit(encoder.transform(texts), labels)

    trainer = dcai.deploy(chain, model, dcai.DepositRefundTake(), encoder=encoder)
    attached = dcai.attach(chain, trainer.address, embed=encoder.embed)

    assert attached.encoder.spec() == {"kind": "embedding", "version": 1, "name": NAME, "dimensions": 384, "bits": 8}
    assert attached.predict_many(list(ASKED)) == list(ASKED.values())
    mine = attached.contribute("Fog in the valleys", "weather")
    assert np.frombuffer(mine.entry.sample, np.int8).tolist() == encoder.encode("Fog in the valleys").tolist()
