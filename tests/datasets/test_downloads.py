"""Downloads of named data sets over a bad network."""

from __future__ import annotations

import hashlib
import random
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dcai import datasets
from dcai.datasets import DownloadFailed, RemoteFile, Source, catalogue, download

CONTENT = random.Random(1).randbytes(32 * download.CHUNK)


@dataclass
class Site:
    """A web server on loopback that misbehaves as asked."""

    content: bytes = CONTENT
    ignores_ranges: bool = False
    status: int | None = None
    drops: int = 0  # answers still to be cut in the middle
    ranges: list[str | None] = field(default_factory=list)  # the Range header of every request
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site = self.site
        wanted = self.headers["Range"]
        site.ranges.append(wanted)
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted and not site.ignores_ranges else 0
        status = site.status or (416 if start >= len(site.content) else 206 if start else 200)
        body = site.content[start:] if status in (200, 206) else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if site.drops:
            site.drops -= 1
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("SiteHandler", (Handler,), {"site": served}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}/data.bin"
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def published(site: Site, monkeypatch: pytest.MonkeyPatch) -> Source:
    """Add a set that the local server publishes to the catalogue."""
    checksum = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    file = RemoteFile("data.bin", site.url, len(CONTENT), checksum)
    row = Source("local", "Local", "Random bytes", "this test", "none", "none", files=(file,))
    monkeypatch.setitem(catalogue.SOURCES, "local", row)
    return row


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_download_is_verified_and_cached(site: Site, published: Source, cache: Path) -> None:
    folder = datasets.get("local", progress=False)
    assert folder == datasets.path("local") == cache / "local"
    assert files_in(folder) == {"data.bin": CONTENT}


def test_what_is_cached_is_not_downloaded_again(site: Site, published: Source) -> None:
    datasets.get("local", progress=False)
    datasets.get("local", progress=False)
    assert site.ranges == [None]


def test_progress_is_shown_on_standard_error(published: Source, capfd: pytest.CaptureFixture[str]) -> None:
    datasets.get("local")
    out, err = capfd.readouterr()
    assert out == ""
    assert "data.bin" in err
    assert "262.1/262.1 kB" in err


def test_no_progress_is_shown_when_none_is_wanted(published: Source, capfd: pytest.CaptureFixture[str]) -> None:
    datasets.get("local", progress=False)
    assert capfd.readouterr() == ("", "")


def test_a_lost_connection_is_resumed_with_a_range_request(site: Site, published: Source) -> None:
    site.drops = 1
    folder = datasets.get("local", progress=False)
    assert site.ranges == [None, "bytes=131072-"]
    assert files_in(folder) == {"data.bin": CONTENT}


def test_a_later_call_goes_on_where_the_last_one_gave_up(site: Site, published: Source, cache: Path) -> None:
    site.drops = download.ATTEMPTS
    with pytest.raises(DownloadFailed, match=rf"failed {download.ATTEMPTS} times; .* from byte 253,952 of 262,144"):
        datasets.get("local", progress=False)
    assert len(site.ranges) == download.ATTEMPTS
    assert list(files_in(cache / "local")) == ["data.bin.part"]
    folder = datasets.get("local", progress=False)
    assert site.ranges[-1] == "bytes=253952-"
    assert files_in(folder) == {"data.bin": CONTENT}


def test_a_server_that_ignores_ranges_is_downloaded_from_anew(site: Site, published: Source) -> None:
    site.drops, site.ignores_ranges = 1, True
    folder = datasets.get("local", progress=False)
    assert site.ranges == [None, "bytes=131072-"]
    assert files_in(folder) == {"data.bin": CONTENT}


def test_a_part_longer_than_the_file_is_thrown_away(site: Site, published: Source, cache: Path) -> None:
    (cache / "local").mkdir(parents=True)
    (cache / "local" / "data.bin.part").write_bytes(CONTENT + b"more")
    folder = datasets.get("local", progress=False)
    assert site.ranges == ["bytes=262148-", None]
    assert files_in(folder) == {"data.bin": CONTENT}


def test_a_complete_part_is_not_requested_again(site: Site, published: Source, cache: Path) -> None:
    (cache / "local").mkdir(parents=True)
    (cache / "local" / "data.bin.part").write_bytes(CONTENT)
    folder = datasets.get("local", progress=False)
    assert site.ranges == []
    assert files_in(folder) == {"data.bin": CONTENT}


@pytest.mark.parametrize("wrong", [CONTENT[:-1] + b"?", b"<html>Please log in</html>", CONTENT + b"more"])
def test_a_wrong_checksum_leaves_nothing_behind(site: Site, published: Source, cache: Path, wrong: bytes) -> None:
    site.content = wrong
    with pytest.raises(DownloadFailed, match=r"is not the published 'data\.bin'"):
        datasets.get("local", progress=False)
    assert files_in(cache / "local") == {}


def test_a_spoiled_part_is_thrown_away_with_the_download(site: Site, published: Source, cache: Path) -> None:
    (cache / "local").mkdir(parents=True)
    (cache / "local" / "data.bin.part").write_bytes(b"spoiled")
    with pytest.raises(DownloadFailed, match=r"is not the published 'data\.bin'"):
        datasets.get("local", progress=False)
    assert files_in(cache / "local") == {}


def test_a_missing_page_is_reported_at_once(site: Site, published: Source, cache: Path) -> None:
    site.status = 404
    with pytest.raises(DownloadFailed, match=r"'data.bin' was not downloaded: 404 .*data\.bin\.$"):
        datasets.get("local", progress=False)
    assert site.ranges == [None]
    assert files_in(cache / "local") == {}


def test_a_folder_that_cannot_be_made_is_reported(published: Source, cache: Path) -> None:
    cache.write_text("a file stands in the way")
    with pytest.raises(DownloadFailed, match=r"'data\.bin' can't be downloaded to .*local"):
        datasets.get("local", progress=False)


def test_a_changed_file_in_the_cache_is_replaced_by_get(published: Source, cache: Path) -> None:
    (cache / "local").mkdir(parents=True)
    (cache / "local" / "data.bin").write_bytes(b"changed")
    assert files_in(datasets.get("local", progress=False)) == {"data.bin": CONTENT}
