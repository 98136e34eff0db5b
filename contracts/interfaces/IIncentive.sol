// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What any incentive answers
interface IIncentive {
    /// @notice Samples that count as `size` features together, where the incentive has one price for all and takes up to `most`.
    error TooLarge(uint256 size, uint256 most);

    /// @notice What `count` samples cost at time `time`.
    /// @param count the number of samples
    /// @param size their features together, no sample counted below the size unit
    /// @param time seconds, the time of the block that will hold them
    /// @return amount wei for all of them
    function price(uint256 count, uint256 size, uint256 time) external view returns (uint256 amount);
}
