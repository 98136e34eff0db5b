// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What every model answers
/// @dev The calls are free off chain, and other contracts can make them too. Warning: every contributor moves the
/// answer, even within the same transaction. Do not let money depend on one answer at one moment.
interface IModel {
    /// @notice The sample is empty.
    error EmptySample();
    /// @notice A sparse sample has two bytes per feature.
    error OddLength(uint256 length);
    /// @notice The indices of a sparse sample must increase; the one at this position does not.
    error NotIncreasing(uint256 position);
    /// @notice An index must be below the number of features.
    error IndexTooLarge(uint256 index, uint256 features);

    /// @notice The sample has more features than a model of this size takes: a transaction about a larger one could
    /// take more than eight million gas, and a later price of gas keep its contributor from a refund.
    error TooManyFeatures(uint256 features, uint256 most);
    /// @notice A dense sample has one signed byte per feature.
    error WrongLength(uint256 length, uint256 features);
    /// @notice A dense sample has the squared norm of a unit vector times 127, up to the rounding to integers.
    error NotUnitNorm(uint256 squaredNorm, uint256 lowest, uint256 highest);

    /// @notice The class of a sample.
    /// @param sample encoded as for `ITrainer.contribute`
    /// @return label the class with the largest score; of equal ones, the lowest
    function predict(bytes calldata sample) external view returns (uint256 label);

    /// @notice The score of each class; the largest wins.
    /// @param sample encoded as for `ITrainer.contribute`
    /// @return scores by class; a class without samples has the lowest possible score
    function score(bytes calldata sample) external view returns (int256[] memory scores);

    /// @notice The current number of classes.
    /// @return count the number of classes
    function classes() external view returns (uint256 count);

    /// @notice The number of classes that the model has room for.
    /// @return count the number of classes
    function maxClasses() external view returns (uint256 count);

    /// @notice The number of different features that samples can have.
    /// @return count the number of features
    function features() external view returns (uint256 count);
}
