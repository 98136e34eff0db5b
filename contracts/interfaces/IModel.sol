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

    /// @notice A sample has more features than a model of so many classes can be asked about in one transaction: whoever contributed it
    /// couldn't be refunded.
    error TooManyFeatures(uint256 features, uint256 most);
    /// @notice A dense sample has one signed byte a feature.
    error WrongLength(uint256 length, uint256 features);
    /// @notice A dense sample has the squared norm of a unit vector times 127, within what rounding to integers does.
    error NotUnitNorm(uint256 squaredNorm, uint256 lowest, uint256 highest);

    /// @notice The class of a sample.
    /// @param sample encoded as for `ITrainer.contribute`
    /// @return label the class with the largest score; the lowest one of those that are level
    function predict(bytes calldata sample) external view returns (uint256 label);

    /// @notice The score of each class; the largest wins.
    /// @param sample encoded as for `ITrainer.contribute`
    /// @return scores by class; that of a class without a sample is the lowest there is
    function score(bytes calldata sample) external view returns (int256[] memory scores);

    /// @notice How many classes there are now.
    /// @return count the number of classes
    function classes() external view returns (uint256 count);

    /// @notice How many classes there is room for.
    /// @return count the number of classes
    function maxClasses() external view returns (uint256 count);

    /// @notice How many features a sample can have.
    /// @return count the number of features
    function features() external view returns (uint256 count);
}
