"""`dcai fit`: its file, its output and its failures."""

from __future__ import annotations

import gzip
import json
import os

import numpy as np
import pytest
from typer.testing import CliRunner

import dcai
from dcai import datasets
from dcai.cli import app
from dcai.datasets import store

TEXTS = [("ham", "see you at lunch"), ("spam", "win a prize now")] * 10
ROWS = [("no", "1.5", "10", "ann"), ("yes", "-2", "11", "bob"), ("no", "1", "12", "eve"), ("yes", "-3.5", "10", "joe")]


@pytest.fixture(autouse=True)
def _no_data(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.delenv("DCAI_DATA_DIR", raising=False)


@pytest.fixture
def fit(tmp_path):
    """Return a function that runs the command, with model.json to write."""

    def run(data, *options):
        output = ["-o", str(tmp_path / "model.json")]
        if "--model" not in options:
            options = ("--model", "naive-bayes", *options)
        return CliRunner().invoke(app, ["fit", str(data), *output, *map(str, options)], terminal_width=100)

    return run


@pytest.fixture
def fitted(fit, tmp_path):
    """Return a function that runs the command, and returns what it printed as JSON, the model and the encoder."""

    def run(data, *options):
        result = fit(data, *options, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout), *dcai.load(tmp_path / "model.json")

    return run


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a CSV file."""

    def write(header, rows, name="data.csv"):
        path = tmp_path / name
        path.write_text("".join(",".join(cells) + "\n" for cells in (header, *rows)), encoding="utf-8")
        return path

    return write


@pytest.fixture
def texts(file):
    return file(("label", "text"), TEXTS)


@pytest.fixture
def rows(file):
    return file(("label", "a", "b", "who"), ROWS)


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
    assert told["accuracy"] == {"share": right, "rows": 45, "of": "the test part", "classes_not_learnt": []}
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


LABELLED = "label,text\nham,hello\nspam,win\n"


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (None, (), "There is no file {path}."),
        ("", (), "{path} has no rows; it needs a first line of column names, and rows below it."),
        ("label,text\n", (), "{path} has no rows; it needs a first line of column names, and rows below it."),
        ('label,text\nham,"hello\nspam,win\n', (), "{path} is not a CSV file in UTF-8: unexpected end of data."),
        ("label,a,a\nx,1,2\ny,1,2\n", (), "{path} has two columns 'a'; rename one in its first line."),
        (
            "label,a\nx,1\n\ny,1,2\n",
            (),
            "Line 4 of {path} has 3 cells, but the first line names 2 columns; correct the line.",
        ),
        ("a,b\n1,2\n", (), "{path} has no column 'label'; its columns are 'a', 'b'."),
        (LABELLED, ("--label", "class"), "{path} has no column 'class'; its columns are 'label', 'text'."),
        (LABELLED, ("--text", "body", "--encoder", "text"), "{path} has no column 'body'; its columns are "),
        ("label,a\nx,1\nx,2\n", (), "All rows of {path} have the same 'label', 'x'; a model needs two classes."),
        ("label,a\nx,1\n ,2\n", (), "Line 3 of {path} has no 'label'; fill it in, or remove the row."),
        ("label,a\nx,1\ny,b\n", (), "Line 3 of {path} has 'b' in column 'a', which is not a finite number; "),
        ("label,a\nx,1e999\ny,2\n", (), "Line 2 of {path} has '1e999' in column 'a', which is not a finite number; "),
        ("label,a\nx,hi\ny,ho\n", (), "{path} has no column of numbers beside 'label'; "),
        (
            "label,a\n" + "".join(f"{row},1\n" for row in range(300)),
            (),
            "data.csv has 300 classes, from '0' to '299', and a model at most 255; is it the right column?",
        ),
        (LABELLED, ("--model", "dense-perceptron"), "A dense-perceptron takes vectors, and data.csv has texts: "),
        (LABELLED, ("--initial", "3"), "data.csv has 2 rows to fit on; take the first 1 to 2, not 3."),
        ("label,text\nx,?\ny,!\n", (), "There is no word in the 2 training texts; "),
    ],
)
def test_a_file_that_cannot_be_learnt_from_is_one_sentence(fit, tmp_path, content, options, sentence):
    path, model = tmp_path / "data.csv", tmp_path / "model.json"
    if content is not None:
        path.write_text(content)
    model.write_text("an older model")
    result = fit(path, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence.format(path=path))
    assert result.stderr.count("\n") == 1
    assert model.read_text() == "an older model"
    assert {one.name for one in tmp_path.iterdir()} <= {"data.csv", "model.json"}


@pytest.mark.parametrize("name", ["data.csv", "data.csv.gz"])
def test_bytes_that_are_not_text_are_one_sentence(fit, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"label,text\nham,\xff\n")
    result = fit(path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{path} is not a CSV file in UTF-8: ")


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        (
            "mnist",
            (),
            "There is no data set 'mnist': name a file that ends in .csv or .csv.gz, or one of breast-cancer, ",
        ),
        ("iris", ("--model", "forest"), "There is no model 'forest': choose one of averaged-perceptron, "),
        ("iris", ("--encoder", "bert"), "There is no encoder 'bert': choose one of text, hashing, table, vector."),
        ("iris", ("--encoder", "text"), "iris has rows of numbers, and the encoder 'text' doesn't take them: choose "),
        ("iris", ("--encoder", "vector"), "A naive-bayes doesn't take what the encoder 'vector' gives: choose table."),
        ("iris", ("--model", "nearest-centroid", "--smoothing", "1"), "A nearest-centroid has no smoothing; leave "),
        (
            "iris",
            ("--smoothing", "nan"),
            "smoothing must be a number of whole thousandths from 0.001 to 65.535, not nan",
        ),
        ("iris", ("--features", "10"), "--features is for texts; "),
        (
            "iris",
            ("--max-classes", "2"),
            "max_classes must be an integer from the number of classes, 3, to 255, not 2.",
        ),
        ("iris", ("--initial", "0"), "iris has 105 rows to fit on; take the first 1 to 105, not 0."),
        ("iris", ("--label", "species"), "--label and --text are for CSV files; "),
    ],
)
def test_a_choice_that_cannot_be_is_one_sentence(fit, tmp_path, data, options, sentence):
    result = fit(data, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_set_that_is_not_here_says_how_to_get_it(fit):
    result = fit("imdb")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "dcai data get imdb" in result.stderr


def test_a_place_that_cannot_be_written_to_is_reported_before_anything_is_fitted(tmp_path):
    for place, sentence in (
        (tmp_path, f"{tmp_path} is a folder; name a file.\n"),
        (tmp_path / "no" / "x.json", f"There is no folder {tmp_path / 'no'} to write x.json to; make it first.\n"),
    ):
        result = CliRunner().invoke(app, ["fit", "no-such-data", "-o", str(place)])
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", sentence)


def test_a_write_that_fails_is_one_sentence_and_leaves_what_was_there(fit, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    (tmp_path / "model.json").write_text("an older model")
    result = fit("iris")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("model.json can't be written: No space left on device.\n")
    assert [one.name for one in tmp_path.iterdir()] == ["model.json"]
    assert (tmp_path / "model.json").read_text() == "an older model"


def test_a_model_is_written_where_no_chain_can_be_started_to_try_it_out(fit, texts, tmp_path, monkeypatch):
    anvil = tmp_path / "anvil"
    anvil.write_text("#!/bin/sh\necho 'out of order' >&2; exit 1\n")
    anvil.chmod(0o755)
    monkeypatch.setenv("DCAI_ANVIL", str(anvil))
    result = fit(texts)
    assert result.exit_code == 0
    assert "The gas of a deployment isn't known." in result.stderr
    assert "out of order" in result.stderr
    assert dcai.load(tmp_path / "model.json")[0].classes == ("ham", "spam")


def test_a_wrong_dcai_anvil_is_refused_before_anything_is_fitted(fit, monkeypatch):
    monkeypatch.setenv("DCAI_ANVIL", "/nowhere/anvil")
    result = fit("no-such-data")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "DCAI_ANVIL names /nowhere/anvil" in result.stderr


def command(*arguments):
    return CliRunner().invoke(app, ["fit", *map(str, arguments)])


def test_the_data_is_not_overwritten_by_the_model(tmp_path):
    data = tmp_path / "mail.csv"
    data.write_text("text,label\n" + "hello there,ham\nfree money,spam\n" * 5)
    (tmp_path / "link").symlink_to(data)

    for output in (data, tmp_path / "link"):
        result = command(data, "-o", output)
        assert (result.exit_code, "holds the data" in result.stderr) == (2, True)
    assert data.read_text().startswith("text,label")


def test_the_classes_are_not_the_texts(tmp_path):
    data = tmp_path / "mail.csv"
    data.write_text("text,label\n" + "hello there,ham\nfree money,spam\n" * 5)

    result = command(data, "-o", tmp_path / "model.json", "--text", "label")

    assert (result.exit_code, "both name the column 'label'" in result.stderr) == (2, True)


def test_where_no_row_can_be_held_out_the_accuracy_is_not_measured(tmp_path):
    data = tmp_path / "many.csv"
    data.write_text("text,label\n" + "".join(f"word common{number},class {number}\n" for number in range(6)))

    result = command(data, "-o", tmp_path / "model.json", "--json")

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["accuracy"] is None
