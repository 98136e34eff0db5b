// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What every incentive answers
interface IIncentive {
    /// @notice The samples count as `size` features together. The incentive charges one price per sample and accepts
    /// at most `most`.
    error TooLarge(uint256 size, uint256 most);

    /// @notice The price of `count` samples at time `time`.
    /// @param count the number of samples
    /// @param size the number of their features together; a sample below the size unit counts as one unit
    /// @param time the time of the block that will hold them, in seconds
    /// @return amount wei for all of them
    function price(uint256 count, uint256 size, uint256 time) external view returns (uint256 amount);
}
