"""The pages of docs/ that studies make are what their templates give for the committed figures."""

import pytest

from dcai.simulation.sweep.statistics import Interval
from scripts.studies.__main__ import PAGES
from scripts.studies.pages import WIDTH, Page, code, listed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_committed_page_is_what_its_template_gives_for_the_committed_figures(page):
    assert page.file.read_text(encoding="utf-8") == page.render(page.committed())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_prose_has_lines_that_a_person_can_read_in_a_diff(page):
    lines = page.file.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if len(line) > WIDTH and not line.startswith("|")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_figures_are_committed_as_they_are_written(page, tmp_path, monkeypatch):
    copy = Page(page.name, page.template, tmp_path / "figures.json", page.constants)
    monkeypatch.setattr("scripts.studies.pages.DOCS", tmp_path)

    copy.write(page.committed())

    assert copy.data.read_bytes() == page.data.read_bytes()


def test_intervals_survive_the_file_that_has_no_nan(tmp_path, monkeypatch):
    monkeypatch.setattr("scripts.studies.pages.DOCS", tmp_path)
    page = Page("gas", "gas/page.md.j2", tmp_path / "figures.json", {"rows": {}})

    page.write({"several": [{"found": Interval(1.5, 0.25, 20)}], "single": Interval.of([2.0])})

    read = page.committed()
    assert read["several"] == [{"found": Interval(1.5, 0.25, 20)}]
    assert f"{read['single']:.1f}" == "2.0"


def test_settings_are_shown_without_their_section():
    assert code("incentive.weight=0 incentive.minimum=1e13") == "`weight=0 minimum=1e13`"


def test_a_list_of_nothing_says_so():
    assert listed(["a", "b"]) == "a, b"
    assert listed([], "no attack") == "no attack"
