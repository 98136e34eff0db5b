"""`dcai fit`: what it refuses, and what it leaves as it was."""

from __future__ import annotations

import os

import pytest
from typer.testing import CliRunner

import dcai
from dcai.cli import app

pytestmark = pytest.mark.usefixtures("no_data")

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
        ("label,a\nx,1\ny,nan\n", (), "Line 3 of {path} has 'nan' in column 'a', which is not a finite number; "),
        ("label,a\nx,1\ny,\n", (), "Line 3 of {path} has '' in column 'a', which is not a finite number; "),
        ("label,a\nx,1e999\ny,2\n", (), "Line 2 of {path} has '1e999' in column 'a', which is not a finite number; "),
        ("label,a\nx,hi\ny,ho\n", (), "{path} has no column of numbers beside 'label'; "),
        (
            "label,a\n" + "".join(f"{row},1\n" for row in range(300)),
            (),
            "data.csv has 300 classes, from '0' to '299', and a model at most 255; is it the right column?",
        ),
        (LABELLED, ("--model", "dense-perceptron"), "A dense-perceptron takes vectors, and data.csv has texts: "),
        (LABELLED, ("--features", "0"), "--features must be an integer from 1 to 65,535, not 0; "),
        (LABELLED, ("--encoder", "hashing", "--features", "-1"), "--features must be "),
        (LABELLED, ("--label", ""), "{path} has no column ''; its columns are 'label', 'text'."),
        ("label,a\nx,1\ny,2\n", ("--text", "b"), "{path} has no column 'b'; its columns are 'label', 'a'."),
        ("label,a\nx,1\ny,2\n", ("--text", "a", "--encoder", "table"), "--text a is of texts, and the encoder takes "),
        (LABELLED, ("--features", "x"), "--features must be a whole number, not 'x'."),
        (LABELLED, ("--initial", "1e400"), "--initial must be a whole number, not '1e400'."),
        (LABELLED, ("--smoothing", ""), "--smoothing must be a number, not ''."),
        (LABELLED, ("--initial", "3"), "data.csv has 2 rows to fit on; --initial takes the first 1 to 2, not 3."),
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
        ("iris", ("--model", "forest"), "There is no model 'forest': choose one of dense-perceptron, "),
        ("iris", ("--encoder", "bert"), "There is no encoder 'bert': choose one of text, hashing, table, vector."),
        ("iris", ("--encoder", "text"), "iris has rows of numbers, and the encoder 'text' doesn't take them: choose "),
        ("iris", ("--encoder", "vector"), "A naive-bayes doesn't take what the encoder 'vector' gives: choose table."),
        ("iris", ("--model", "nearest-centroid", "--smoothing", "1"), "A nearest-centroid has no smoothing; leave "),
        (
            "iris",
            ("--smoothing", "nan"),
            "--smoothing must be a number of whole thousandths from 0.001 to 65.535, not nan",
        ),
        ("iris", ("--features", "10"), "--features is for texts; "),
        (
            "iris",
            ("--max-classes", "2"),
            "--max-classes must be an integer from the number of classes, 3, to 255, not 2.",
        ),
        ("iris", ("--initial", "0"), "iris has 105 rows to fit on; --initial takes the first 1 to 105, not 0."),
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
    file = tmp_path / "ok.json"
    file.write_text("{}")
    for place, sentence in (
        (tmp_path, f"{tmp_path} is a folder; name a file.\n"),
        (file / "x", f"{file} is not a folder, and so can't hold x; name another place.\n"),
        ("", "--output must name a file or folder (. is the working folder), not ''.\n"),
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
