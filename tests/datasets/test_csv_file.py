"""CSV files as people have them: long cells, other separators and encodings, labels that are written in two ways."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dcai.cli import app
from dcai.cli.reading import read
from dcai.datasets.csv_file import read_csv
from dcai.errors import InvalidInput

TEXTS = "label,text\nham,see you\nspam,win now\n"


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a CSV file of text or bytes."""

    def write(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def fault(file):
    """Return a function that gives the sentence with which a file is refused."""

    def sentence(content, **options):
        with pytest.raises(InvalidInput) as caught:
            read_csv(file(content), **options)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return sentence


# Cells


def test_a_cell_may_be_as_long_as_it_likes(file):
    long = "word " * 100_000
    limit = csv.field_size_limit()

    assert read_csv(file(f'label,text\nham,"{long}"\nspam,{long}\n')).train_inputs == [long, long]
    assert csv.field_size_limit() == limit


def test_a_text_keeps_its_lines_quotes_and_white_space(file):
    data = read_csv(file('label,text\nham," a\r\n""b"" "\nspam,c\n'))

    assert data.train_inputs == [' a\r\n"b" ', "c"]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_semicolons_and_tabs_separate_cells_too(file, separator):
    data = read_csv(file(f"label{separator}a\nx{separator}1.5\ny{separator}2\n"))

    assert (data.feature_names, data.train_inputs.tolist(), data.labels) == (("a",), [[1.5], [2.0]], ("x", "y"))


def test_a_comma_separates_where_the_label_is_between_commas(file):
    assert read_csv(file("label,a;b;c\nx,1\ny,2\n")).feature_names == ("a;b;c",)


def test_the_line_with_which_a_spreadsheet_names_the_separator_is_not_the_header(file, fault):
    assert read_csv(file("sep=;\nlabel;a\nx;1\ny;2\n")).feature_names == ("a",)
    assert fault("sep=;\nlabel;a\nx;1\ny;2;3\n").startswith("Line 4 of ")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_numbers_have_decimal_commas_where_commas_do_not_separate(file, fault, separator):
    rows = ["label;a;b", "x;1,5;7", "y;-0,25;8", "x;3;9"]

    data = read_csv(file("\n".join(rows).replace(";", separator)))
    mixed = fault("\n".join([*rows, "y;1.5;1"]).replace(";", separator))

    assert data.train_inputs.tolist() == [[1.5, 7], [-0.25, 8], [3, 9]]
    assert mixed.startswith("Line 5 of ")
    assert "has '1.5' in column 'a', which is not a finite number with a decimal comma" in mixed


def test_a_decimal_comma_between_commas_is_named_and_its_column_not_left_out(fault):
    for cells in (['"1,5"', '"2,5"'], ["3", '"2,5"']):
        sentence = fault(f"label,a,b\nx,{cells[0]},1\ny,{cells[1]},2\n")
        assert "in column 'a': where commas separate cells, numbers have decimal points" in sentence


def test_a_text_with_a_comma_is_not_a_number(file):
    data = read_csv(file('label;a;b\nx;"no, 5";1\ny;yes;2\n'))

    assert data.left_out == {"a": "most of its texts are in one row only"}


def test_a_column_of_texts_with_a_number_or_two_in_it_is_not_one_of_numbers(file):
    data = read_csv(file('label,a,b\nx,1,1\ny,"2,5",2\nx,by hand,3\ny,-,4\nx,n/a,5\n'))

    assert data.left_out == {"a": "most of its texts are in one row only"}


def test_codes_with_underscores_are_not_numbers(file):
    data = read_csv(file("label,a,b\nx,2024_01,1\ny,2024_02,2\nx,2024_01,3\n"))

    assert data.train_inputs["a"].tolist() == ["2024_01", "2024_02", "2024_01"]


def test_columns_that_are_not_learnt_are_known_with_the_reason(file):
    data = read_csv(file(",label,a,who,void\n0,x,1,ann, \n1,y,2,bob,\n"))

    assert data.feature_names == ("a",)
    assert data.left_out == {
        "": "it has no name",
        "who": "most of its texts are in one row only",
        "void": "it is empty",
    }


def test_columns_of_texts_that_come_again_are_categories(file):
    data = read_csv(file("label,age,work\nx,31, sales \ny,52,law\nx,44,\ny,30,law\nx,29,sales\n"))

    assert data.train_inputs["age"].tolist() == [31, 52, 44, 30, 29]
    assert data.train_inputs["work"].astype(object).fillna("?").tolist() == ["sales", "law", "?", "law", "sales"]
    assert (data.train_inputs["work"].dtype.name, data.left_out) == ("category", {})


@pytest.mark.parametrize("nothing", ["", " ", "?", "NA", "n/a", "null", "None", "nan", "#N/A"])
def test_a_number_may_be_missing_in_most_rows(file, nothing):
    data = read_csv(file("label;a\nx;1,5\n" + f"y;{nothing}\n" * 3))

    assert np.array_equal(data.train_inputs, [[1.5], [np.nan], [np.nan], [np.nan]], equal_nan=True)


def test_rows_without_anything_in_them_are_passed_over_and_lines_are_still_those_of_the_file(file, fault):
    assert len(read_csv(file("\n\nlabel,a\n\nx,1\n,\ny,2\n , \n")).train_labels) == 2
    assert fault("label,a\n\n,\nx,1\n,\ny,b\n").startswith("Line 6 of ")


# Labels


def test_white_space_in_a_label_is_of_no_importance(file):
    data = read_csv(file('label,text\nham,a\n ham ,b\n"spam  mail",c\n\u00a0spam mail\t,d\n'))

    assert data.labels == ("ham", "spam mail")
    assert data.train_labels.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [("spam", "Spam"), ("1", "1.0"), ("7", "07"), ("é", "e\u0301"), ("ham", "ha\u200bm"), ("straße", "STRASSE")],
)
def test_one_class_that_is_written_in_two_ways_is_named_with_its_lines(fault, one, other):
    sentence = fault(f"label,text\n{one},a\nyes,b\n{one},c\n{other},d\n")

    assert f"{one!r} (line 2) and {other!r} (line 5)" in sentence
    assert "write it in one way" in sentence


def test_labels_that_are_numbers_are_in_their_order_and_large_ones_apart(file):
    large = "label,a\n10000000000000000001,1\n10000000000000000000,2\n9,3\n"

    assert read_csv(file(large)).labels == ("9", "10000000000000000000", "10000000000000000001")


def test_a_label_that_says_nothing_among_numbers_is_missing(file, fault):
    assert fault("label,a\n1,1\n2,2\nnan,3\n").startswith("Line 4 of ")
    assert read_csv(file("label,a\nnan,1\nham,2\n")).labels == ("ham", "nan")


# Files


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_says_what_the_encoding_is(file, encoding):
    data = read_csv(file("label,text\nham,für ☃\nspam,win\n".encode(encoding)))

    assert data.train_inputs == ["für ☃", "win"]


def test_bytes_of_latin_1_are_named_with_their_line_and_a_way_out(fault):
    sentence = fault(b"label,text\nham," + b"a" * 100_000 + b"\nspam,f\xfcr\n")

    assert "is not a CSV file in UTF-8: line 3 has the byte 0xfc" in sentence
    assert "iconv -f latin1" in sentence


def test_zero_bytes_are_named_with_their_line(fault):
    assert fault(TEXTS.encode("utf-16-le")).startswith("Line 1 of ")
    assert fault(b"label,text\nham,a\0b\nspam,c\n").startswith("Line 2 of ")


def test_a_quote_that_is_never_closed_is_named_with_its_line(fault):
    assert "begins in line 3 opens a quote" in fault('label,text\nham,a\nspam,"b\nham,c\n' + "ham,d\n" * 1000)
    assert "in line 3; a quote inside of quotes is written twice" in fault('label,text\nham,a\nspam,"b"c"\nham,d\n')


@pytest.mark.parametrize("name", ["DATA.CSV", "data.Csv", "Data.csv.GZ"])
def test_the_case_of_a_files_name_is_of_no_importance(file, name):
    content = gzip.compress(TEXTS.encode()) if name.endswith("GZ") else TEXTS

    assert read(str(file(content, name)), None, None, None).labels == ("ham", "spam")


def test_packed_or_not_is_seen_in_the_file_and_not_in_its_name(file):
    assert read_csv(file(gzip.compress(TEXTS.encode()))).labels == ("ham", "spam")
    assert read_csv(file(TEXTS, "data.csv.gz")).labels == ("ham", "spam")


PACKED = gzip.compress(TEXTS.encode(), mtime=0)  # each worker must collect the same tests


@pytest.mark.parametrize("content", [PACKED[:-9], PACKED[:20] + b"??"], ids=["cut off", "damaged"])
def test_a_damaged_packed_file_is_one_sentence(fault, content):
    assert "it is packed, and damaged" in fault(content)


def test_a_column_that_is_not_there_is_named_with_those_that_are(fault):
    assert "has no column 'label'; its columns are '1', '2'. The first line holds" in fault("1,2\n3,4\n5,6\n")
    many = fault(",".join(f"c{number}" for number in range(5_000)) + "\n" + ",".join(["1"] * 5_000) + "\n")
    assert len(many) < 500
    assert "has two columns 'a'" in fault("label, a,a \nx,1,2\ny,1,2\n")


def test_old_line_ends_are_line_ends(file, fault):
    assert read_csv(file("label,a\rx,1\ry,2\r")).labels == ("x", "y")
    assert fault("label,a\rx,1\ry,b\r").startswith("Line 3 of ")


def test_time_is_linear_in_columns_and_rows(file):
    columns = 3_000
    wide = "label," + ",".join(f"c{number}" for number in range(columns)) + "\n"
    data = read_csv(file(wide + "".join(f"{label}{',1' * columns}\n" for label in "xyxy")))

    assert np.shape(data.train_inputs) == (4, columns)


def test_a_file_that_cannot_be_read_is_one_sentence_of_the_command(tmp_path: Path):
    (tmp_path / "data.csv").mkdir()

    told = CliRunner().invoke(app, ["fit", str(tmp_path / "data.csv"), "-o", str(tmp_path / "model.json")])

    assert (told.exit_code, told.stderr) == (2, f"{tmp_path / 'data.csv'} can't be read: Is a directory.\n")
