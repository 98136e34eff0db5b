// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Reads the randomness of a block off its header
interface IBlockRandomness {
    /// @notice The randomness of a block, its prevRandao. Reverts with `IPredictionMarket.WrongHeader` unless the bytes
    /// are the header of the block.
    /// @param header RLP-encoded
    /// @param number the block's number
    /// @return randomness a number of 256 bits
    function read(bytes calldata header, uint256 number) external view returns (uint256 randomness);
}
