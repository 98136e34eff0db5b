// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PackedRules} from "../libraries/PackedRules.sol";

/// @notice Draws badges
interface IBadgeArt {
    /// @notice The metadata of a badge, with its picture.
    /// @param badge its bit: see `libraries/Standing.sol`
    /// @param trainer the trainer's name
    /// @param rules what the trainer was set up with
    /// @return data a data URI
    function uri(uint256 badge, string calldata trainer, PackedRules rules) external pure returns (string memory data);
}
