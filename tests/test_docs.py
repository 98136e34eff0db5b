"""What the pages name exists: files, headings, modules and options of the command line."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dcai.cli import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(page.relative_to(ROOT) for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))


def text(page: Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", text(page), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return what a link into a page can name: its headings, as GitHub writes them, and its own anchors."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text(page)))


def options(command: str) -> list[str]:
    return [word for word in shlex.split(command, comments=True) if word.startswith("-")]


def commands(page: Path) -> list[str]:
    """Return the calls of `dcai` in blocks of shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text(page), re.DOTALL | re.MULTILINE)
    lines = [line.split("#")[0] for block in blocks for line in block.splitlines()]
    return [part.strip() for line in lines for part in line.split("&&") if part.strip().startswith("dcai ")]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if link.startswith(("https://", "http://")):
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), f"{page} links to {link}"
        if anchor:
            assert anchor in anchors(target.resolve().relative_to(ROOT)), f"{page} links to {link}"


# the changelog names files that were
@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=str)
def test_every_file_that_is_named_exists(page: Path) -> None:
    for name in re.findall(r"`([\w.*-]+/[\w./*-]*)`", prose(page)):
        # a page may leave out the folder that it is about
        folders = (ROOT, *(ROOT / folder for folder in ("dcai", "dcai/simulation", "contracts", "tests", "scripts")))
        assert any(next(folder.glob(name.rstrip("/")), None) for folder in folders), f"{page} names {name}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_line_has_options_that_exist(page: Path) -> None:
    for command in commands(page):
        words = [word for word in shlex.split(command)[1:] if not word.startswith("-")]
        path = words[:2] if words[0] in ("data", "market") else words[:1]
        help_text = CliRunner().invoke(app, [*path, "--help"], terminal_width=200)
        assert help_text.exit_code == 0, f"{page}: {command}"
        for option in options(command):
            name = option.split("=")[0]
            assert re.search(rf"{re.escape(name)}\b", help_text.output), f"{page}: {command} has no {name}"


def test_lines_of_prose_are_of_a_width_that_a_person_can_read() -> None:
    for page in ("README.md", "docs/decisions.md", "docs/incentives.md", "docs/models.md", "docs/security.md"):
        for line in prose(Path(page)).splitlines():
            if not line.startswith(("|", "!", "**[")):
                assert len(line) <= 120, f"{page}: {line}"
