"""A node behind a URL, as third parties run one, and the people whose keys it has."""

from __future__ import annotations

import socket
import subprocess
from contextlib import contextmanager

from eth_account import Account
from tenacity import retry, retry_if_exception_type, stop_after_delay

import dcai
from dcai.errors import NodeUnreachable

MNEMONIC = "test test test test test test test test test test test junk"  # anvil's

Account.enable_unaudited_hdwallet_features()
SIGNERS = [Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{i}") for i in range(4)]
KEYS = [signer.key.to_0x_hex() for signer in SIGNERS]
PEOPLE = [signer.address for signer in SIGNERS]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(anvil, *arguments):
    """Run an anvil, and yield its URL."""
    port = free_port()
    with subprocess.Popen([anvil, "--silent", "--port", str(port), *arguments]) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _until_it_answers(url)
            yield url
        finally:
            process.kill()


@retry(retry=retry_if_exception_type(NodeUnreachable), stop=stop_after_delay(60), reraise=True)
def _until_it_answers(url):
    dcai.connect(url)
