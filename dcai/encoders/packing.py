"""A spec as the few bytes that are published with a trainer."""

from __future__ import annotations

import json
import zlib
from typing import Any

from dcai import untrusted
from dcai.errors import InvalidInput
from dcai.untrusted import shortened

MAX_SPEC_BYTES = 4 * 2**20
"""Largest spec as JSON, in bytes (4 MiB): readers of a stranger's trainer never unpack more than this."""


def pack_spec(obj: dict[str, Any]) -> bytes:
    """Compress a spec: canonical JSON (sorted keys, no spaces, UTF-8), zlib at level 9.

    Raises
    ------
    InvalidInput
        If JSON can't hold a value, or the JSON is larger than 4 MiB.
    """
    try:
        text = json.dumps(obj, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"This spec can't be written as JSON in UTF-8: {error}.") from error
    if len(text) > MAX_SPEC_BYTES:
        raise InvalidInput(
            f"A spec has at most {MAX_SPEC_BYTES:,} bytes of JSON, this one has {len(text):,}; make it smaller."
        )
    return zlib.compress(text, level=9)


def unpack_spec(packed: bytes) -> dict[str, Any]:
    """Read what `pack_spec` wrote, or refuse it: the bytes may come from anybody.

    Raises
    ------
    InvalidInput
        If the bytes are not exactly one complete zlib stream of a JSON object, or hold more than 4 MiB.
    """
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(packed, MAX_SPEC_BYTES + 1)
    except zlib.error as error:
        raise InvalidInput(f"These {len(packed):,} bytes are not a packed spec: {error}.") from error
    if len(text) > MAX_SPEC_BYTES:
        raise InvalidInput(f"These {len(packed):,} bytes unpack to more than {MAX_SPEC_BYTES:,}, the limit of a spec.")
    if not stream.eof or stream.unused_data:
        raise InvalidInput(
            f"These {len(packed):,} bytes are not a packed spec: "
            + ("bytes follow its end." if stream.eof else "its end is missing.")
        )
    try:
        obj = untrusted.parse(text)
    except ValueError as error:
        raise InvalidInput(
            f"These {len(packed):,} bytes unpack to {shortened(text)}, which can't be read as JSON: {error}."
        ) from error
    if not isinstance(obj, dict):
        raise InvalidInput(f"A spec is a JSON object; these {len(packed):,} bytes unpack to {shortened(obj)}.")
    return obj
