// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AnyMarket} from "./AnyMarket.sol";
import {VM} from "./Cheats.sol";

/// Before the evaluation, and where there is none, a market holds what is open, the bounty and the fees, whatever was
/// sent and whoever does what at whatever time. Where there are contributions, the bounty is five stakes: with any
/// bounty, fees take the solvers hours.
contract MarketStakesProofs is AnyMarket {
    uint256 private constant _ROUNDS = 5;

    function check_afterAnyActionOnANewMarketItHoldsWhatItOwes(
        uint8 action,
        uint8 who,
        uint32 time,
        uint96 value
    ) external {
        _act(action, who, time, value);
        _check();
    }

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

    function check_afterAnyActionOnAMarketWithoutContributionsItHoldsWhatItOwes(
        uint40 rounds,
        uint8 action,
        uint8 who,
        uint32 time,
        uint88 value
    ) external {
        _open(rounds);
        _act(action, who, time, value);
        _check();
    }

    function check_afterAnyActionOnAMarketWithContributionsItHoldsWhatItOwes(
        uint88 more,
        uint88 moreForBatch,
        uint8 action,
        bool creator,
        uint32 time,
        uint88 value
    ) external {
        _participate(_ROUNDS, more, moreForBatch);
        _act(action, creator ? 0 : 1, time, value);
        _check();
    }

    /// The first action is one of the three that a failed market pays by.
    function check_afterAClaimOnAFailedMarketAndAnyActionItHoldsWhatItOwes(
        uint88 more,
        uint88 moreForBatch,
        uint8 claim,
        uint8 action,
        bool creator,
        uint32 time
    ) external {
        VM.assume(claim >= 2 && claim <= 4);
        _participate(_ROUNDS, more, moreForBatch);
        for (uint256 i = 2; i <= 4; ++i) if (claim == i) _act(i, 0, 7200, 0);
        _act(action, creator ? 0 : 1, time, 0);
        _check();
    }
}
