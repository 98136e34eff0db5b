// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What any model answers
/// @dev Free from outside; other contracts may call it too. Warning: whoever contributes moves the answer, in the same
/// transaction if they like. Don't let money depend on one answer at one moment.
interface IModel {
    /// @notice A sample without content.
    error EmptySample();
    /// @notice A sparse sample has two bytes a feature.
    error OddLength(uint256 length);
    /// @notice The indices of a sparse sample must increase: the one at this position doesn't.
    error NotIncreasing(uint256 position);
    /// @notice An index must be below the number of features.
    error IndexTooLarge(uint256 index, uint256 features);

    /// @notice The class of a sample; the lower one of two that are level.
    function predict(bytes calldata sample) external view returns (uint256 label);

    /// @notice The score of each class; the largest wins.
    function score(bytes calldata sample) external view returns (int256[] memory scores);

    /// @notice The number of classes.
    function classes() external view returns (uint256);

    /// @notice The number of features.
    function features() external view returns (uint256);
}
