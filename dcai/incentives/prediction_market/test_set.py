"""A hidden test set: what the provider of a market commits to, keeps, and reveals."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from eth_utils.crypto import keccak

from dcai import files, untrusted
from dcai.errors import InvalidInput

SALT = 32
"""Bytes of salt that a portion begins with."""

_FORMAT = "dcai hidden test set 1"


@dataclass(frozen=True)
class HiddenTestSet:
    """Test samples in portions, each with a salt, so that its hash gives nothing away.

    Keep it, and keep it secret: without it a market can't be settled, and the bounty is burnt.

    Attributes
    ----------
    portions : tuple of bytes
        The content of each: 32 bytes of salt, then for each sample its label, length and bytes, as in a batch.
    """

    portions: tuple[bytes, ...]

    @classmethod
    def of(cls, samples: Sequence[bytes], labels: Sequence[int], portions: int, *, seed: int | None = None) -> Self:
        """Return samples in portions of one size, in random order.

        Parameters
        ----------
        samples, labels
            As the contract reads them.
        portions
            How many.
        seed
            Makes order and salts repeat, for tests and simulations: people who know the seed know the salts.

        Raises
        ------
        InvalidInput
            If they can't be divided into as many portions of one size.
        """
        if len(samples) != len(labels):
            raise InvalidInput(f"There are {len(samples)} inputs and {len(labels)} labels; give one label per input.")
        if not samples or len(samples) % portions:
            raise InvalidInput(
                f"{len(samples)} test samples can't be divided into {portions} portions of one size; give "
                f"{len(samples) // portions * portions or portions}."
            )
        if isinstance(seed, bool):
            raise InvalidInput(f"A seed is a whole number, not {seed}.")
        import numpy as np

        random = np.random.default_rng(secrets.randbits(128) if seed is None else seed)
        order = random.permutation(len(samples)).tolist()
        size = len(samples) // portions
        contents = []
        for start in range(0, len(order), size):
            salt = secrets.token_bytes(SALT) if seed is None else random.bytes(SALT)
            contents.append(pack_portion(salt, [(samples[one], labels[one]) for one in order[start : start + size]]))
        return cls(tuple(contents))

    @property
    def hashes(self) -> list[bytes]:
        """What the provider commits to."""
        return [keccak(content) for content in self.portions]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file that only its owner can read.

        Raises
        ------
        InvalidInput
            If the file can't be written; one that was there stays as it was.
        """
        text = json.dumps({"format": _FORMAT, "portions": [content.hex() for content in self.portions]}, indent=1)
        try:
            files.write(path, text + "\n", private=True)
        except OSError as error:
            raise InvalidInput(f"{path} can't be written: {error.strerror}; name another file.") from error

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        InvalidInput
            If the file can't be read, or isn't a hidden test set.
        """
        try:
            data = untrusted.parse(files.read(path))
            if not isinstance(data, dict) or data.get("format") != _FORMAT:
                raise ValueError
            return cls(tuple(bytes.fromhex(content) for content in data["portions"]))
        except OSError as error:
            raise InvalidInput(f"The test set {path} can't be read: {error.strerror}.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(f"{path} holds no hidden test set; one is written by HiddenTestSet.save.") from error


def pack_portion(salt: bytes, samples: Sequence[tuple[bytes, int]]) -> bytes:
    """Return the content of a portion, of samples with their labels."""
    return salt + b"".join(bytes([label]) + len(sample).to_bytes(2, "big") + sample for sample, label in samples)


def unpack_portion(content: bytes) -> list[tuple[bytes, int]]:
    """Return the samples of a portion with their labels."""
    samples, offset = [], SALT
    while offset < len(content):
        length = int.from_bytes(content[offset + 1 : offset + 3], "big")
        samples.append((content[offset + 3 : offset + 3 + length], content[offset]))
        offset += 3 + length
    return samples
