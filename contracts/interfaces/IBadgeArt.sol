// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PackedRules} from "../types/PackedRules.sol";

/// @notice Draws badges
interface IBadgeArt {
    /// @notice The metadata of a badge, including its picture.
    /// @param badge the bit of the badge: see `types/Standing.sol`
    /// @param trainer the trainer's name
    /// @param rules the trainer's settings
    /// @return data a data URI
    function uri(uint256 badge, string calldata trainer, PackedRules rules) external pure returns (string memory data);
}
