"""`dcai fit`: what is learnt, measured and shown."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from typer.testing import CliRunner

import dcai
from dcai import datasets
from dcai.cli import app
from tests.cli.conftest import ROWS, TEXTS

pytestmark = pytest.mark.usefixtures("no_data")


def test_the_model_that_is_recommended_is_fitted_if_none_is_named(tmp_path):
    output = tmp_path / "model.json"
    done = CliRunner().invoke(app, ["fit", "iris", "-o", str(output), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["model"]) == (0, "averaged-perceptron")
    assert type(dcai.load(output)[0]) is dcai.AveragedPerceptron


@pytest.mark.parametrize(
    ("name", "kind", "encoder"),
    [
        ("averaged-perceptron", dcai.AveragedPerceptron, dcai.TabularEncoder),
        ("naive-bayes", dcai.NaiveBayes, dcai.TabularEncoder),
        ("sparse-perceptron", dcai.SparsePerceptron, dcai.TabularEncoder),
        ("sparse-nearest-centroid", dcai.SparseNearestCentroid, dcai.TabularEncoder),
        ("dense-perceptron", dcai.DensePerceptron, dcai.VectorEncoder),
        ("nearest-centroid", dcai.NearestCentroid, dcai.VectorEncoder),
    ],
)
def test_every_model_learns_the_training_part_in_order_and_is_measured_on_the_test_part(fitted, name, kind, encoder):
    told, model, made = fitted("iris", "--model", name)
    iris = datasets.load("iris")
    twin = kind(classes=iris.labels).fit(made.transform(iris.train_inputs), iris.train_labels).twin
    assert type(model) is kind
    assert type(made) is encoder
    assert model.twin.parameters() == twin.parameters()
    right = np.mean(twin.predict(made.transform(iris.test_inputs)) == iris.test_labels)
    none = {"classes_not_learnt": [], "classes_not_tested": []}
    assert told["accuracy"] == {"share": right, "rows": 45, "of": "the test part", **none}
    assert (told["rows"], told["features"], told["columns"]) == (105, made.n_features_, list(iris.feature_names))
    assert (told["classes"], told["parameter_bytes"]) == (list(iris.labels), len(twin.parameters()))


def test_vectors_are_standardised_and_what_rounding_lost_is_reported(fitted):
    told, _, encoder = fitted("wine", "--model", "nearest-centroid")
    assert len(encoder.mean_) == 13
    assert 0 < told["quantisation_loss"]["cosine_mean"] < told["quantisation_loss"]["cosine_max"] < 0.02


def test_the_gas_is_that_of_a_deployment(fitted):
    told, model, encoder = fitted("iris")
    with dcai.local_chain() as chain:
        trainer = dcai.deploy(chain, model, dcai.DepositRefundTake(), encoder=encoder, name="model")
        assert told["deploy_gas"] == pytest.approx(trainer.deploy_gas, rel=0.01)


def test_a_csv_file_of_texts_is_encoded_by_its_words(fitted, texts):
    told, model, encoder = fitted(texts)
    assert set(encoder.words_) == {"see", "you", "at", "lunch", "win", "a", "prize", "now"}
    assert model.classes == ("ham", "spam")
    assert (told["rows"], told["columns"]) == (20, None)


def test_a_fifth_of_each_class_of_a_csv_file_is_held_out_and_the_model_that_is_written_has_learnt_it(fitted, file):
    told, model, _ = fitted(file(("label", "text"), [*TEXTS, *TEXTS[::2]]))
    assert told["accuracy"]["of"] == "20% of each class, by a model of the others"
    assert (told["accuracy"]["rows"], told["rows"]) == (4 + 2, 30)
    assert model.counts_.tolist() == [20, 10]


def test_a_row_that_cannot_be_encoded_is_counted_as_in_the_file_and_from_1(fit, file):
    path = file(("label", "a"), [("x", "1"), ("y", "3"), ("x", "2"), ("y", "1"), ("x", "3")])
    assert fit(path, "--model", "nearest-centroid").stderr.startswith("Row 3 of 5 equals the mean in all 1 columns")


def test_what_is_held_out_is_not_learnt_by_the_model_that_is_measured(fitted, file):
    # each text has words of its own: a model that hasn't learnt them takes the class of which there is more
    rows = [("spam", f"offer{number}") for number in range(20)] + [("ham", f"hello{number}") for number in range(10)]
    assert fitted(file(("label", "text"), rows))[0]["recall"] == {"ham": 0.0, "spam": 1.0}


@pytest.mark.parametrize("name", ["naive-bayes", "sparse-perceptron"])
def test_a_file_that_is_sorted_by_class_is_learnt_and_measured_as_any_other(fitted, file, name):
    more = [("xmas", f"merry bells {word}") for word in ("ho", "hi", "hu", "he", "ha")]
    told, model, _ = fitted(file(("label", "text"), sorted([*TEXTS, *more])), "--model", name)
    assert told["recall"] == {"ham": 1.0, "spam": 1.0, "xmas": 1.0}
    assert told["accuracy"]["classes_not_learnt"] == []
    assert model.classes == ("ham", "spam", "xmas")


def test_a_class_of_one_row_is_learnt_and_not_measured(fitted, file):
    told, model, _ = fitted(file(("label", "text"), [("aaa", "alone"), *TEXTS]))
    assert list(told["recall"]) == ["ham", "spam"]
    assert model.counts_.tolist() == [1, 10, 10]


def test_the_recall_of_each_class_and_the_columns_that_are_left_out_are_shown(fit, fitted, file, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    path = file(("label", "a", "who", "void", ""), [(*row[:2], f"{at}th", "", "") for at, row in enumerate(ROWS * 3)])
    shown = [line.strip("│ ") for line in fit(path).stdout.splitlines()]
    for name, reason in (
        ("", "it has no name"),
        ("who", "most of its texts are in one row only"),
        ("void", "it is empty"),
    ):
        assert any(line.startswith(f"column {name!r} ") and f"left out: {reason}" in line for line in shown)
    shown = " ".join(" ".join(shown).split())
    assert "no 100.0%, yes 100.0%" in shown
    told, _, encoder = fitted(path)
    assert list(told["columns_left_out"]) == ["", "who", "void"]
    assert encoder.column_names_ == ["a"]


def test_a_class_that_is_often_not_recognised_is_warned_about(fitted, fit, file):
    rows = [("common", f"usual words {at}") for at in range(50)] + [("rare", f"usual words {at}") for at in range(10)]
    path = file(("label", "text"), rows)

    assert fitted(path)[0]["low_recall"] == ["rare"]
    (warned,) = (line for line in fit(path).stdout.splitlines() if line.startswith("│ low recall"))
    assert "1: rare: honest contributors of this class will often" in warned


def test_of_a_file_with_texts_all_other_columns_are_named_as_left_out(fitted, file):
    told, _, _ = fitted(file(("label", "text", "length"), [(*row, "5") for row in TEXTS]))
    assert told["columns_left_out"] == {"length": "only the texts are learnt"}


def test_rows_in_which_nothing_is_a_feature_are_left_out_and_counted(fitted, fit, file):
    path = file(("label", "text"), [*TEXTS, ("ham", "?!"), ("spam", "")])
    told, model, _ = fitted(path)
    assert (told["rows"], told["rows_without_features"]) == (20, 2)
    assert model.counts_.sum() == 20
    assert "20; 2 without a feature are left out" in fit(path).stdout


def test_of_a_table_all_columns_with_numbers_are_features_and_no_others(fitted, rows):
    told, _, encoder = fitted(rows)
    assert told["columns"] == encoder.column_names_ == ["a", "b"]


PEOPLE = [("rich", "52", "law", ""), ("poor", "", "sales", "x"), ("poor", "31", "sales", "y"), ("rich", "60", "", "z")]


def test_categories_and_missing_values_are_features_and_each_column_says_what_became_of_it(fit, fitted, file):
    path = file(("label", "age", "work", "id"), [(*row[:3], f"{row[3]}{at}") for at, row in enumerate(PEOPLE * 5)])

    told, _, encoder = fitted(path)

    assert told["columns_became"] == {
        "age": "3 bins and missing values",
        "work": "2 categories and missing values",
        "id": "left out: most of its texts are in one row only",
    }
    assert encoder.encode({"age": 60, "work": "law"}).tolist() == encoder.encode([60, "law"]).tolist()
    assert told["recall"] == {"poor": 1.0, "rich": 1.0}
    assert "3 bins and missing values" in fit(path).stdout


def test_vectors_are_of_the_columns_whose_numbers_are_all_there(fitted, fit, file):
    rows = [(*row[:3], str(at % 7)) for at, row in enumerate(PEOPLE * 5)]

    told, _, encoder = fitted(file(("label", "age", "work", "score"), rows), "--model", "nearest-centroid")

    assert told["columns"] == encoder.column_names_ == ["score"]
    assert told["columns_became"] == {
        "score": "a number of the vector",
        "age": "left out: 5 of its numbers are missing, and the encoder vector takes rows of all",
        "work": "left out: it has categories, and the encoder vector takes numbers",
    }
    none = fit(file(("label", "age"), [row[:2] for row in PEOPLE]), "--model", "nearest-centroid")
    assert none.stderr.startswith("data.csv has no column of numbers that are all there")


def test_too_few_rows_have_no_accuracy(fitted, fit, rows):
    assert fitted(rows)[0]["accuracy"] is None
    assert "not measured: there are fewer than five rows" in fit(rows).stdout


def test_the_columns_can_have_other_names(fitted, file):
    path = file(("what", "who"), TEXTS)
    assert fitted(path, "--label", "what", "--text", "who")[1].classes == ("ham", "spam")


def test_numbers_can_be_learnt_from_a_file_that_has_texts_too(fitted, file):
    path = file(("label", "text", "length"), [(*row, str(len(row[1]) % 7)) for row in TEXTS])
    told, _, encoder = fitted(path, "--encoder", "table")
    assert (told["columns"], type(encoder)) == (["length"], dcai.TabularEncoder)


def test_a_packed_file_and_one_with_a_byte_order_mark_are_read_alike(fitted, texts, tmp_path):
    plain = fitted(texts)[1].twin.parameters()
    packed, marked = tmp_path / "packed.csv.gz", tmp_path / "marked.csv"
    packed.write_bytes(gzip.compress(texts.read_bytes()))
    marked.write_bytes(b"\xef\xbb\xbf" + texts.read_bytes())
    assert [fitted(path)[1].twin.parameters() for path in (packed, marked)] == [plain, plain]


def test_classes_that_are_numbers_are_in_the_order_of_numbers(fitted, file):
    path = file(("label", "a"), [("10", "1"), ("9", "2"), ("-1", "3")])
    assert fitted(path)[1].classes == ("-1", "9", "10")


def test_the_first_rows_alone_can_be_learnt_and_all_classes_of_the_file_are_known(fitted, file):
    path = file(("label", "text"), [*TEXTS[:10], ("news", "late edition")])
    told, model, encoder = fitted(path, "--initial", 10)
    assert (told["rows"], told["accuracy"]["rows"]) == (10, 2)
    assert (model.classes, model.counts_.tolist()) == (("ham", "news", "spam"), [5, 0, 5])
    assert "edition" not in encoder.words_


def test_of_a_set_with_a_test_part_the_first_rows_are_measured_on_all_of_it(fitted):
    told, _, _ = fitted("iris", "--initial", 30)
    assert (told["rows"], told["accuracy"]["rows"], told["accuracy"]["of"]) == (30, 45, "the test part")


def test_the_options_of_the_model_reach_it(fitted, texts):
    _, model, encoder = fitted(texts, "--features", 3, "--max-classes", 5, "--smoothing", 0.5)
    assert (encoder.n_features_, model.max_classes, model.smoothing) == (3, 5, 0.5)
    _, _, encoder = fitted(texts, "--encoder", "hashing", "--features", 64)
    assert (type(encoder), encoder.n_features_) == (dcai.HashingEncoder, 64)


def test_the_table_says_what_was_made(fit):
    result = fit("iris", "--model", "dense-perceptron")
    assert result.stderr == ""
    for words in (
        "dense-perceptron",
        "105",
        "3: setosa, versicolor, virginica",
        "rows of the test part",
        "of a cosine",
    ):
        assert words in result.stdout


def test_where_no_row_can_be_held_out_the_accuracy_is_not_measured(fitted, file):
    rows = [(f"class {number}", f"word common{number}") for number in range(6)]
    assert fitted(file(("label", "text"), rows))[0]["accuracy"] is None


def test_classes_without_a_row_to_measure_and_columns_that_never_change_are_reported(fitted, fit, file, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    rows = [("once", "4", "7"), *((f"{at % 2}", f"{at}", "7") for at in range(20))]
    path = file(("label", "a", "still"), rows)
    told, _, encoder = fitted(path)
    assert told["accuracy"]["classes_not_tested"] == ["once"]
    assert told["constant_columns"] == ["still"]
    assert encoder.column_names_ == ["a", "still"]
    shown = " ".join(fit(path).stdout.split())
    assert "recall not known │ 1: once; a class of one row is only learnt" in shown
    assert "constant columns │ 1: still; the same in all rows, so nothing is learnt from them" in shown


def test_a_column_that_is_constant_in_the_first_rows_only_is_reported_for_them(fitted, file):
    rows = [(f"{at % 2}", f"{at}", "7" if at < 10 else "8") for at in range(20)]
    path = file(("label", "a", "late"), rows)
    assert fitted(path)[0]["constant_columns"] == []
    assert fitted(path, "--initial", 10)[0]["constant_columns"] == ["late"]
