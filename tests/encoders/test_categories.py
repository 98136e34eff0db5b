"""Tables as people have them: categories, missing values, rows by the names of their columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dcai.encoders import TabularEncoder, VectorEncoder, encoder_from_spec
from dcai.encoders.codings.columns import Categories, Numbers
from tests.support.sparse_encoding import TABULAR_SPEC, over_the_chain, refused, rows_of

FRAME = pd.DataFrame(
    {
        "age": [31.0, 52.0, np.nan, 44.0],
        "work": ["sales", "law", "sales", None],
        "grade": pd.Categorical([1, 2, 1, 1]),
    }
)
NAMES = [
    "age <= 44.0",
    "44.0 < age",
    "age is missing",
    "work = sales",
    "work = law",
    "work is missing",
    "grade = 1",
    "grade = 2",
]
SPEC = {
    "kind": "tabular",
    "version": 2,
    "columns": [
        {"name": "age", "edges": [18.0, 65.0], "missing": True},
        {"name": "work", "categories": ["sales", "law"], "missing": False},
    ],
}


@pytest.fixture(scope="module")
def encoder():
    return TabularEncoder(bins=2).fit(FRAME)


def test_a_data_frame_has_a_feature_for_each_bin_category_and_missing_value(encoder):
    assert encoder.feature_names() == NAMES
    assert [type(column) for column in encoder.columns_] == [Numbers, Categories, Categories]
    assert encoder.column_names_ == ["age", "work", "grade"]
    assert rows_of(encoder.transform(FRAME)) == [[0, 3, 6], [1, 4, 7], [2, 3, 6], [0, 5, 6]]


def test_it_comes_back_from_its_packed_spec(encoder):
    back = over_the_chain(encoder)

    assert (back.spec(), back.feature_names()) == (encoder.spec(), NAMES)
    assert (back.transform(FRAME) != encoder.transform(FRAME)).nnz == 0
    assert encoder.spec()["version"] == 2


@pytest.mark.parametrize(
    "row",
    [
        [52, "law", 2],
        (52.0, " law ", "2"),
        {"grade": 2.0, "age": 52, "work": "law"},
        {"age": "52", "work": "law", "grade": 2, "label": "no", "more": object()},
        FRAME.iloc[1],
        FRAME.assign(label="no").iloc[1][["label", "grade", "work", "age"]],
        FRAME.iloc[[1]],
        np.array([52, "law", 2], dtype=object),
    ],
)
def test_one_row_may_be_a_list_a_dict_or_a_row_of_a_frame(encoder, row):
    assert encoder.encode(row).tolist() == [1, 4, 7]
    assert encoder.coding.describe(row) == {1: "44.0 < age", 4: "work = law", 7: "grade = 2"}


@pytest.mark.parametrize("nothing", [None, float("nan"), np.nan, pd.NA, pd.NaT, "", "  "])
def test_a_missing_value_is_a_bin_of_its_own(encoder, nothing):
    assert encoder.encode([nothing, nothing, "1"]).tolist() == [2, 5, 6]


def test_a_missing_value_or_a_category_that_training_did_not_have_is_no_feature(encoder):
    assert encoder.encode([31, "fishing", None]).tolist() == [0]
    assert TabularEncoder(bins=2).fit([[1.0, 3.0], [2.0, 4.0]]).encode([np.nan, 4.0]).tolist() == [3]


@pytest.mark.parametrize("mark", ["?", "NA", "n/a", "null", "None", "nan"])
def test_marks_for_what_is_missing_count_among_numbers_and_are_categories_among_texts(mark):
    encoder = TabularEncoder(bins=2).fit([[1, "no"], [2, mark], [mark, "no"]])

    assert encoder.feature_names()[2:] == ["column 0 is missing", "column 1 = no", f"column 1 = {mark}"]


def test_a_text_among_numbers_is_a_slip_and_is_refused_with_its_place():
    refused(lambda: TabularEncoder().fit([[1, "a"], [2, "b"], ["3,5", "c"]]), "Row 2, column 0 holds '3,5'")
    refused(lambda: encoder_from_spec(SPEC).encode(["old", "law"]), "Row 0, column 0 holds 'old'")


def test_what_is_neither_a_text_nor_a_number_is_refused_with_its_place(encoder):
    refused(lambda: encoder.encode([1, {}, 1]), "Row 0, column 1 ('work') holds {}")
    refused(lambda: TabularEncoder().fit(pd.DataFrame({"day": pd.to_datetime(["2026-01-01"])})), "times")


def test_a_row_without_a_column_is_refused_with_those_that_there_are(encoder):
    refused(lambda: encoder.encode({"age": 1, "work": "law"}), "Row 0 has no column 'grade'", "'age', 'work', 'grade'")
    refused(lambda: encoder.transform(FRAME[["age"]]), "The table has no column 'work'")
    refused(lambda: TabularEncoder().fit([[1.0]]).encode({"age": 1}), "by names, ['age']", "give a list")


def test_the_most_frequent_categories_are_kept_and_others_are_no_feature():
    encoder = TabularEncoder(max_categories=2).fit([["b"], ["a"], ["c"], ["c"]])

    assert encoder.feature_names() == ["column 0 = c", "column 0 = a"]
    assert rows_of(encoder.transform([["a"], ["b"], ["c"]])) == [[1], [], [0]]


def test_a_column_in_which_nothing_is_filled_in_has_one_feature():
    assert TabularEncoder().fit([[None, 1.0], [None, 2.0]]).feature_names()[0] == "column 0 is missing"


def test_truth_values_are_numbers_and_among_texts_categories():
    assert TabularEncoder().fit([[True], [False]]).feature_names() == ["column 0 <= 0.0", "0.0 < column 0"]
    encoder = TabularEncoder().fit([["True"], ["False"], ["no"]])
    assert encoder.encode([True]).tolist() == encoder.encode(["True"]).tolist()


def test_frames_of_another_library_will_do():
    class Frame:
        columns = ("work", "age")

        def __init__(self, **columns):
            self._columns = columns

        def __getitem__(self, name):
            return self._columns[name]

        def __len__(self):
            return 2

    encoder = TabularEncoder(bins=2).fit(Frame(work=["law", "law"], age=[1, 2]))

    assert encoder.feature_names() == ["work = law", "age <= 1.0", "1.0 < age"]
    assert rows_of(encoder.transform(Frame(age=[2, 1], work=["law", "art"]))) == [[0, 2], [1]]


def test_vectors_take_rows_by_name_too_and_refuse_what_is_missing():
    encoder = VectorEncoder().fit(pd.DataFrame({"width": [3.0, 1.0], "height": [4, 2]}))

    assert encoder.encode({"height": 4, "width": 3}).tolist() == encoder.encode([3, 4]).tolist() == [76, 102]
    refused(lambda: encoder.encode({"height": None, "width": 3}), "Row 0, column 1 ('height') holds nan")
    refused(lambda: VectorEncoder().fit(FRAME[["age"]]), "Row 2, column 0 ('age') holds nan")


def test_columns_of_one_name_are_refused():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    refused(lambda: TabularEncoder().fit(frame), "two columns 'a'")


def test_a_frame_whose_columns_have_no_texts_for_names_is_taken_in_order():
    encoder = TabularEncoder(bins=2).fit(pd.DataFrame([[1, "x"], [2, "y"]]))

    assert encoder.feature_names()[0] == "column 0 <= 1.0"
    assert encoder.encode(pd.Series([2, "y"])).tolist() == encoder.encode([2, "y"]).tolist() == [1, 3]


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ({"name": "a", "missing": True}, "has either edges or categories"),
        ({"name": "a", "edges": [], "categories": [], "missing": True}, "has either edges or categories"),
        ({"name": 5, "edges": [], "missing": True}, "'name' in the encoder's spec must be a str, not 5"),
        ({"name": "a", "edges": [], "missing": 1}, "'missing' in the encoder's spec must be a bool, not 1"),
        ({"name": "a", "edges": [2, 1], "missing": False}, "must increase"),
        ({"name": "a", "categories": {}, "missing": False}, "must be a list, not {}"),
        ({"name": "a", "categories": [5], "missing": False}, "A category of column 'a' must be a str, not 5"),
        ({"name": "a", "categories": ["b", "b"], "missing": False}, "has a category twice"),
        ({"name": "a", "categories": [], "missing": False}, "has no feature"),
        ({"name": "a", "categories": [str(n) for n in range(65_536)], "missing": False}, "limit is 65,535"),
        ("a", "is a dict, not 'a'"),
    ],
)
def test_a_column_that_no_encoder_wrote_is_refused_with_the_value(column, says):
    refused(lambda: encoder_from_spec({**SPEC, "columns": [*SPEC["columns"], column]}), says)


def test_a_table_of_numbers_is_published_as_it_was_before():
    assert TabularEncoder().fit([[1.0], [2.0]]).spec()["version"] == 1
    assert encoder_from_spec(TABULAR_SPEC).spec() == TABULAR_SPEC
    assert encoder_from_spec(SPEC).spec() == SPEC
    refused(lambda: encoder_from_spec({**SPEC, "version": 3}), "version 3", "reads version 1 and 2")
