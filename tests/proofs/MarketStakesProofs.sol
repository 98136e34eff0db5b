// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AnyMarket} from "./AnyMarket.sol";

/// A market to which nobody has contributed holds its bounty, whatever was sent and whoever does what at whatever time.
contract MarketStakesProofs is AnyMarket {
    function check_afterAnyActionOnACommittedMarketItHoldsWhatItOwes(
        uint40 rounds,
        uint8 action,
        uint8 who,
        uint32 time,
        uint96 value
    ) external {
        _commit(rounds);
        _act(action, who, time, value);
        _check();
    }
}
