"""How nodes say that they are asked too often, which is not how they say that they are asked for too much."""

from __future__ import annotations

import pytest

from dcai.chain.nodes.refusals import is_passing, is_rate_limit
from dcai.chain.rpc import RpcFailure

TOO_OFTEN = [
    (-32005, "limit exceeded"),
    (-32005, "project ID request rate exceeded"),
    (-32005, "daily request count exceeded, request rate limited"),
    (429, "Your app has exceeded its compute units per second capacity. If you have retries enabled, ignore this."),
    (-32007, "50/second request limit reached - reduce calls per second or upgrade your account"),
    (-32016, "over rate limit"),
    (-32029, "Too Many Requests"),
    (-32090, "Too many requests, reason: call rate limit exhausted, retry in 10s"),
    (-32097, "rate limit exceeded for method eth_getLogs"),
    (-32000, "Rate limit: requests per minute"),
    (None, "throttled"),
]
TOO_MUCH = [
    (-32005, "query returned more than 10000 results"),
    (-32005, "limit exceeded"),
    (-32000, "block range too large"),
    (-32602, "query exceeds max results 20000, retry with the range 1-2"),
    (-32008, "Response is too big"),
    (-32000, "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range"),
]
NEITHER = [
    (3, "execution reverted: too many requests"),
    (-32000, "max call depth exceeded"),
    (-32000, "gas required exceeds allowance (30000000)"),
    (-32000, "exceeds block gas limit"),
    (-32000, "nonce too low: next nonce 5, tx nonce 4"),
    (-32000, "insufficient funds for gas * price + value"),
    (-32000, "replacement transaction underpriced"),
    (-32601, "the method eth_maxPriorityFeePerGas does not exist/is not available"),
]


@pytest.mark.parametrize(("code", "message"), TOO_OFTEN)
def test_a_node_that_is_asked_too_often_is_understood(code, message):
    assert is_rate_limit(RpcFailure(message, None, code), "eth_call")


@pytest.mark.parametrize(("code", "message"), TOO_MUCH)
def test_a_node_that_is_asked_for_too_much_of_a_log_is_asked_for_less(code, message):
    failure = RpcFailure(message, None, code)

    assert not is_rate_limit(failure, "eth_getLogs")
    assert not is_passing(failure, "eth_getLogs")


@pytest.mark.parametrize(("code", "message"), NEITHER)
def test_what_another_attempt_would_not_change_is_not_asked_again(code, message):
    for data in (None, "0x12345678", {"a": 1}):
        failure = RpcFailure(message, data, code)
        assert not is_rate_limit(failure, "eth_call")
        assert not is_passing(failure, "eth_call")
