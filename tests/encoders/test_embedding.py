"""Texts become the integer rows of the vectors that a function gives."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse
from typer.testing import CliRunner

from dcai.cli import app
from dcai.encoders import (
    EmbeddingEncoder,
    NothingToEncode,
    TextEncoder,
    VectorEncoder,
    encoder_from_spec,
)
from tests.support.dense_encoding import (
    EMBEDDING_SPEC,
    SVD,
    TEXTS,
    assert_encoded,
    bit_sizes,
    over_the_chain,
    refused,
    review_texts,
    svd_encoder,
)

FITTED = {bits: svd_encoder(bits).fit(TEXTS) for bits in (8, 16)}


def gives(array):
    """Return an encoder of an embedding that gives this array whatever the texts are."""
    return EmbeddingEncoder(lambda texts: array, "broken", 3)


@settings(deadline=None)
@given(review_texts, bit_sizes)
def test_a_text_is_encoded_as_the_vector_that_the_function_gives_it(texts, bits):
    rows = FITTED[bits].transform(texts)
    assert_encoded(rows, len(texts), 3, bits)
    if texts:
        assert (rows == VectorEncoder(bits).fit_transform(SVD.transform(texts))).all()


@settings(deadline=None)
@given(review_texts)
def test_encoding_one_text_equals_its_row_of_the_transform(texts):
    for text, expected in zip(texts, FITTED[8].transform(texts), strict=True):
        encoded = FITTED[8].encode(text)
        assert (encoded.dtype, encoded.tolist()) == (np.int8, expected.tolist())


@settings(deadline=None)
@given(review_texts, bit_sizes)
def test_an_embedding_encoder_comes_back_from_its_packed_spec_and_the_function(texts, bits):
    encoder = FITTED[bits]
    copy = over_the_chain(encoder, embed=SVD.transform)
    assert copy.spec() == encoder.spec()
    assert copy.n_features_ == encoder.n_features_ == 3
    assert copy.feature_names() == encoder.feature_names() == ["dimension 0", "dimension 1", "dimension 2"]
    assert (copy.transform(texts) == encoder.transform(texts)).all()


def test_a_spec_without_the_function_is_refused_with_the_name_of_the_embedding_and_the_way_out():
    spec = {**EMBEDDING_SPEC, "name": "all-MiniLM-L6-v2"}
    for load in (encoder_from_spec, EmbeddingEncoder.from_spec):
        refused(lambda load=load: load(spec), "'all-MiniLM-L6-v2' (3 dimensions)", "pass it as embed=…")


def test_a_command_line_says_that_a_model_of_an_embedding_is_asked_from_python(monkeypatch):
    monkeypatch.setattr("dcai.cli.node.connect", lambda url, **_: None)
    monkeypatch.setattr("dcai.trainer.attach.attach", lambda chain, address: encoder_from_spec(EMBEDDING_SPEC))
    result = CliRunner().invoke(app, ["predict", "0x00", "a fine film"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "only Python can ask it: dcai.attach(chain, address, embed=…)" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_function_for_an_encoder_that_needs_none_is_ignored():
    spec = TextEncoder().fit(TEXTS).spec()
    assert encoder_from_spec(spec, embed=SVD.transform).spec() == spec


def test_the_loss_is_that_of_the_vectors_of_the_texts():
    assert svd_encoder().fit(TEXTS).loss_ == VectorEncoder().fit(SVD.transform(TEXTS)).loss_


def test_similar_texts_point_in_similar_directions():
    rows = svd_encoder().fit(TEXTS).transform(["fine music", "fine acting", "dull, so dull"]).astype(int)
    assert rows[0] @ rows[1] > 0.9 * 127**2 > 0.1 * 127**2 > rows[0] @ rows[2]


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.ones((2, 4)), "'broken' gave numbers of shape (2, 4) for 2 texts and 3 dimensions; it must give (2, 3)"),
        (np.ones((3, 3)), "shape (3, 3) for 2 texts"),
        (np.ones(3), "'broken' gave numbers of shape (3,) for 2 texts"),
        ([[1.0, 2.0, 3.0], [1.0, float("nan"), 3.0]], "'broken' gave nan in dimension 1 for text 1, 'two'"),
        ([[1.0, 2.0, 3.0], [float("inf"), 2.0, 3.0]], "'broken' gave inf in dimension 0 for text 1, 'two'"),
        ([[1.0, 2.0, 3.0], [1.0]], "'broken' must give numbers: Row 1 has shape (1,) and row 0 (3,)"),
        ([[1.0, 2.0, "x"]] * 2, "'broken' must give numbers: Row 0, column 2 holds 'x'"),
        (sparse.csr_matrix(np.ones((2, 3))), "'broken' must give numbers: A table is dense, this is a sparse matrix"),
        ([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], "'broken' finds nothing in text 1, 'two'"),
        (None, "'broken' gave numbers of shape () for 2 texts"),
    ],
)
def test_a_function_that_gives_something_else_is_refused_with_its_name_and_the_shape(array, says):
    refused(lambda: gives(array).fit(["one", "two"]), says)
    loaded = encoder_from_spec({**EMBEDDING_SPEC, "name": "broken"}, embed=lambda texts: array).estimator()
    refused(lambda: loaded.transform(["one", "two"]), says)


def test_a_text_whose_vector_is_zero_is_nothing_to_encode():
    refused(lambda: svd_encoder().fit(TEXTS).encode(""), "'SVD' finds nothing in text 0, ''", error=NothingToEncode)


def test_texts_whose_vectors_are_zero_are_named_together_the_first_ten_of_them():
    encoder = svd_encoder().fit(TEXTS)
    for texts, says in (
        (["fine", "", "dull", "?"], "nothing in texts 1, 3: all"),
        ([""] * 10, "nothing in texts 0, 1, 2, 3, 4, 5, 6, 7, 8, 9: all"),
        (["fine", *[""] * 12], "nothing in texts 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more: all"),
    ):
        refused(lambda texts=texts: encoder.transform(texts), says, "leave these texts out", error=NothingToEncode)


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ("one single text", "the single text 'one single text'"),
        (["a text", 5], "Text 1 must be a str, not 5"),
        (7, "not 7"),
    ],
)
def test_what_is_not_a_list_of_texts_is_refused_before_the_function_sees_it(texts, says):
    refused(lambda: gives(None).fit(texts), says)
    refused(lambda: encoder_from_spec(EMBEDDING_SPEC, embed=gives(None).embed).estimator().transform(texts), says)


def test_an_embedding_without_a_text_to_measure_it_on_is_refused():
    refused(lambda: svd_encoder().fit([]), "at least one")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"embed": "all-MiniLM-L6-v2"}, "embed must be a function of a list of texts, not 'all-MiniLM-L6-v2'"),
        ({"name": ""}, "name must be a str that people find it by, not ''"),
        ({"name": None}, "not None"),
        ({"dimensions": 4097}, "The number of dimensions must be an integer from 1 to 4,096, not 4097"),
        ({"dimensions": None}, "not None"),
    ],
)
def test_a_parameter_out_of_range_is_refused_with_its_value(changes, says):
    refused(lambda: svd_encoder().set_params(**changes).fit(TEXTS), says)


def test_a_sentence_model_without_its_library_is_refused_with_the_name_of_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    refused(lambda: EmbeddingEncoder.sentence_transformer("all-MiniLM-L6-v2"), "MiniLM", "'dcai[embeddings]'")


def test_a_sentence_model_gives_its_vectors_its_name_and_its_dimensions(monkeypatch):
    class SentenceTransformer:
        def __init__(self, name):
            assert name == "svd-of-five"

        def get_embedding_dimension(self):
            return 3

        def encode(self, texts):
            return SVD.transform(texts).astype(np.float32)

    monkeypatch.setitem(sys.modules, "sentence_transformers", SimpleNamespace(SentenceTransformer=SentenceTransformer))
    encoder = EmbeddingEncoder.sentence_transformer("svd-of-five", bits=16).fit(TEXTS)
    assert encoder.spec() == {**EMBEDDING_SPEC, "name": "svd-of-five", "bits": 16}
    theirs = VectorEncoder(16).fit_transform(SVD.transform(TEXTS).astype(np.float32))
    assert (encoder.transform(TEXTS) == theirs).all()


LOCAL = ["/home/ann/models/minilm", "~/minilm", "./minilm", "..", "C:\\models\\minilm", "c:/minilm", "file:///minilm"]


@pytest.mark.parametrize("name", LOCAL)
def test_a_path_of_this_machine_is_not_published_as_a_name(name):
    refused(lambda: EmbeddingEncoder(SVD.transform, name, 3).fit(TEXTS), "published", "path")
    refused(lambda: EmbeddingEncoder.sentence_transformer(name), "published", "name=")


def test_a_name_that_somebody_has_published_is_read_whatever_it_is():
    assert encoder_from_spec({**EMBEDDING_SPEC, "name": LOCAL[0]}, embed=SVD.transform).name == LOCAL[0]


def test_a_sentence_model_in_a_folder_is_published_under_the_name_that_it_is_given(monkeypatch, tmp_path):
    model = SimpleNamespace(encode=SVD.transform, get_embedding_dimension=lambda: 3)
    loaded = SimpleNamespace(SentenceTransformer=lambda place: {str(tmp_path): model}[str(place)])
    monkeypatch.setitem(sys.modules, "sentence_transformers", loaded)

    encoder = EmbeddingEncoder.sentence_transformer(tmp_path, name="all-MiniLM-L6-v2").fit(TEXTS)

    assert encoder.spec()["name"] == "all-MiniLM-L6-v2"
    monkeypatch.chdir(tmp_path.parent)
    refused(lambda: EmbeddingEncoder.sentence_transformer(tmp_path.name), "is a folder of this machine")


def test_the_sentence_library_is_not_loaded_before_it_is_asked_for():
    assert "sentence_transformers" not in sys.modules
