"""The address of a node: only its scheme and host are shown, since providers put keys into the rest."""

from __future__ import annotations

import logging
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from dcai.untrusted import shortened

_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[\w.-]*)(?::\d{1,5})?")

PRIVATE_KEY = re.compile("(?:0x)?[0-9a-fA-F]{64}")
"""How a private key is written; it may stand where a URL belongs."""

# a shorter one may be a word of a sentence
_SHORTEST = 4


def shown(url: object) -> str:
    """Return the scheme and the host of a URL, whatever is malformed in it."""
    if not isinstance(url, str):
        return shortened(url)
    scheme, slashes, rest = url.partition("://")
    if not slashes or not re.fullmatch("[a-zA-Z][a-zA-Z0-9+.-]*", scheme):
        scheme, slashes, rest = "", "", url
    place = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    host = place.rpartition("@")[2]
    # a password with a slash in it isn't told from a host
    if "@" in rest[len(place) :] or not _HOST.fullmatch(host) or PRIVATE_KEY.search(host):
        host = "…"
    return f"{scheme}{slashes}{host}"


class Hidden(logging.Filter):
    """Takes what is secret in the URLs of nodes out of texts and out of urllib3's log."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: dict[str, str] = {}

    def add(self, url: str) -> None:
        """Remember the secrets of a URL."""
        try:
            parts = urlsplit(url)
        except ValueError:
            self._secrets[url] = shown(url)
            return
        user = parts.netloc.rpartition("@")[0]
        path = parts.path.strip("/")
        secrets = [user, *user.split(":", 1), path, *path.split("/"), parts.query, parts.fragment]
        secrets += [value for _, value in parse_qsl(parts.query)]
        found = {one for secret in secrets for one in (secret, unquote(secret)) if len(one) >= _SHORTEST}
        self._secrets |= dict.fromkeys(found, "***") | ({url: shown(url)} if found else {})

    def hide(self, text: str) -> str:
        """Return a text without the secrets in it."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, self._secrets[secret])
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the secrets out of an entry of the log."""
        record.msg, record.args = self.hide(record.getMessage()), ()
        return True


hidden = Hidden()

for _name in ("urllib3.connectionpool", "urllib3.poolmanager", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(hidden)
