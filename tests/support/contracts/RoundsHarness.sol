// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Rounds} from "../../../contracts/libraries/Rounds.sol";

/// Plays a whole market in one call, with the library.
contract RoundsHarness {
    Rounds private _rounds;

    function gains(
        uint256 rounds,
        uint256 start,
        uint256[] calldata mistakes,
        uint256[] calldata spare
    ) external returns (int256[] memory all) {
        all = new int256[](mistakes.length);
        uint256 depth = _rounds.begin(rounds, start);
        for (uint256 i; i < mistakes.length; ++i) (all[i], depth) = _rounds.play(rounds, mistakes[i], spare[i], depth);
    }
}
