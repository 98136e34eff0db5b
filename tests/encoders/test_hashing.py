"""The hashing encoder gives every word the feature that scikit-learn's MurmurHash3 gives it."""

from __future__ import annotations

import doctest
import pickle

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import HashingVectorizer

from dcai.encoders import HashingEncoder, NothingToEncode, encoder_from_spec, hashing, pack_spec, unpack_spec
from dcai.encoders.text import split_words
from dcai.errors import InvalidInput

SPEC = {"kind": "hashing", "version": 1, "n_features": 100}

any_texts = st.lists(st.text() | st.from_regex(r"(good|bad|FILM|café|don't|9)( [a-z]{1,3}){0,5}", fullmatch=True))
widths = st.integers(1, 65_535) | st.sampled_from([1, 2, 7, 2**15, 65_535])


def refused(call, *words):
    with pytest.raises(InvalidInput) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


def murmur3(word):
    """Austin Appleby's MurmurHash3_x86_32 with seed 0, as published, as a signed integer."""

    def rotated(value, by):
        return (value << by | value >> 32 - by) & 0xFFFFFFFF

    data, h = word.encode(), 0
    for start in range(0, len(data), 4):
        block = data[start : start + 4]
        h ^= rotated(int.from_bytes(block, "little") * 0xCC9E2D51 & 0xFFFFFFFF, 15) * 0x1B873593 & 0xFFFFFFFF
        if len(block) == 4:
            h = (rotated(h, 13) * 5 + 0xE6546B64) & 0xFFFFFFFF
    h ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = (h ^ h >> shift) * factor & 0xFFFFFFFF
    h ^= h >> 16
    return h - 2**32 if h >= 2**31 else h


@given(any_texts.filter(len), widths)
def test_texts_are_the_rows_of_the_hashing_vectorizer_of_scikit_learn(texts, n_features):
    theirs = HashingVectorizer(
        analyzer=split_words, n_features=n_features, alternate_sign=False, binary=True, norm=None, dtype=np.int8
    )
    assert (HashingEncoder(n_features).fit().transform(texts) != theirs.transform(texts)).nnz == 0


@given(st.text(), widths)
def test_a_word_is_the_feature_that_the_published_murmurhash3_says(written, n_features):
    features = {abs(murmur3(word)) % n_features for word in split_words(written)}
    matrix = HashingEncoder(n_features).fit().transform([written])
    assert matrix.indices.tolist() == sorted(features)


@given(any_texts, widths)
def test_text_rows_are_sorted_ones(texts, n_features):
    matrix = HashingEncoder(n_features).fit(texts).transform(texts)
    assert isinstance(matrix, sparse.csr_matrix)
    assert matrix.dtype == np.int8
    assert matrix.shape == (len(texts), n_features)
    assert (matrix.data == 1).all()
    assert all(np.all(np.diff(row.indices) > 0) for row in matrix)


@given(any_texts, widths)
def test_encoding_one_text_equals_its_row_of_the_transform(texts, n_features):
    encoder = HashingEncoder(n_features).fit()
    for written, row in zip(texts, encoder.transform(texts), strict=True):
        if row.nnz:
            assert encoder.encode(written).dtype == np.uint16
            assert encoder.encode(written).tolist() == row.indices.tolist()
        else:
            with pytest.raises(NothingToEncode):
                encoder.encode(written)


@given(any_texts, widths)
def test_a_hashing_encoder_comes_back_from_its_packed_spec(texts, n_features):
    encoder = HashingEncoder(n_features).fit()
    copy = encoder_from_spec(unpack_spec(pack_spec(encoder.spec()))).estimator()
    assert copy.spec() == encoder.spec()
    assert copy.get_params() == encoder.get_params()
    assert (copy.transform(texts) != encoder.transform(texts)).nnz == 0


@given(st.text(), widths)
def test_the_words_of_a_text_stand_behind_its_features_each_once(written, n_features):
    assume(split_words(written))
    encoder = HashingEncoder(n_features).fit()
    words = {feature: its.split(", ") for feature, its in encoder.describe(written).items()}
    assert list(words) == encoder.encode(written).tolist()
    assert sorted(word for its in words.values() for word in its) == sorted(set(split_words(written)))
    for feature, its in words.items():
        assert all(abs(murmur3(word)) % n_features == feature for word in its)


def test_words_that_share_a_feature_are_named_in_the_order_of_the_text():
    assert HashingEncoder(1).fit().describe("Bad, good? bad film!") == {0: "bad, good, film"}


@pytest.mark.parametrize("words", ["word " * 256, " ".join(f"w{number}" for number in range(256))])
def test_a_feature_that_many_words_share_is_one(words):
    assert HashingEncoder(1).fit().transform([words]).toarray().tolist() == [[1]]


def test_features_are_named_by_their_hash():
    assert HashingEncoder(3).fit().feature_names() == ["hash 0", "hash 1", "hash 2"]


def test_a_text_without_a_word_is_an_error_that_quotes_it():
    with pytest.raises(NothingToEncode, match=r"Nothing in '\.\.\.!' is among the 32,768 features"):
        HashingEncoder().fit().encode("...!")


def test_no_texts_give_no_rows():
    assert HashingEncoder(7).fit().transform([]).shape == (0, 7)


@pytest.mark.parametrize("n_features", [0, -1, 65_536, 10.0, "1000", True, None])
def test_a_number_of_features_out_of_range_is_refused_with_the_limit(n_features):
    refused(lambda: HashingEncoder(n_features).fit(), repr(n_features), "65,535")


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ("one single text", "the single text 'one single text'"),
        (["a text", 5], "Text 1 must be a str, not 5"),
        ([b"a text"], "Text 0 must be a str, not b'a text'"),
        (7, "not 7"),
    ],
)
def test_what_is_not_a_list_of_texts_is_refused_with_its_position(texts, says):
    refused(lambda: HashingEncoder().fit(texts), says)
    refused(lambda: HashingEncoder().fit().transform(texts), says)


def test_what_is_not_text_is_not_described():
    refused(lambda: HashingEncoder().fit().describe(5), "must be a str, not 5")


def test_a_text_without_a_word_is_nothing_to_describe():
    with pytest.raises(NothingToEncode, match=r"Nothing in '\.\.\.!'"):
        HashingEncoder().fit().describe("...!")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": 2}, "version 2"),
        ({"n_features": 0}, "from 1 to 65,535, not 0"),
        ({"n_features": 65_536}, "not 65536"),
        ({"n_features": True}, "'n_features' in the encoder's spec must be a int, not True"),
        ({"n_features": "100"}, "not '100'"),
    ],
)
def test_a_spec_that_no_encoder_wrote_is_refused_with_the_value(changes, says):
    assert encoder_from_spec(SPEC).spec() == SPEC
    refused(lambda: encoder_from_spec({**SPEC, **changes}), says)


def test_a_spec_without_its_number_of_features_is_refused_with_the_name():
    refused(lambda: encoder_from_spec({"kind": "hashing", "version": 1}), "'n_features'")


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("transform", [["a"]]), ("encode", ["a"]), ("describe", ["a"]), ("feature_names", []), ("spec", [])],
)
def test_an_encoder_that_was_not_fitted_is_refused(method, arguments):
    with pytest.raises(NotFittedError):
        getattr(HashingEncoder(), method)(*arguments)


def test_an_encoder_is_cloned_unfitted_and_pickled_fitted():
    encoder = HashingEncoder(50).fit()
    assert clone(encoder).get_params() == {"n_features": 50}
    assert not hasattr(clone(encoder), "n_features_")
    assert pickle.loads(pickle.dumps(encoder)).encode("good").tolist() == encoder.encode("good").tolist()


def test_the_examples_in_the_docstring_are_right():
    outcome = doctest.testmod(hashing)
    assert outcome.attempted > 0
    assert outcome.failed == 0
