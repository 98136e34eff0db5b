// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Makes trainers: clones of an implementation, with settings in their code
/// @dev Anybody can have a clone of anything made here: what makes a trainer one of ours is the implementation it delegates
/// to. The address follows from creator, implementation, settings and salt, and is the same on every chain.
interface ITrainerFactory {
    /// @notice A shared model was deployed.
    /// @param trainer where
    /// @param implementation a model with an incentive
    /// @param creator who deployed it
    event Created(address indexed trainer, address indexed implementation, address indexed creator);

    /// @notice The settings are shorter than their two words.
    error ShortSettings(uint256 length);

    /// @notice Deploys a trainer whose creator is the sender.
    /// @param implementation a model with an incentive
    /// @param settings what stands behind the creator in the trainer's code: see `libraries/Settings.sol`
    /// @param salt tells apart trainers of the same settings
    /// @param parameters the initial parameters, or their first chunk
    /// @return trainer where it is
    function create(
        address implementation,
        bytes calldata settings,
        bytes32 salt,
        bytes calldata parameters
    ) external returns (address trainer);

    /// @notice Where `create` puts a trainer.
    /// @param creator who calls it
    /// @param implementation see `create`
    /// @param settings see `create`
    /// @param salt see `create`
    /// @return trainer where it would be
    function addressOf(
        address creator,
        address implementation,
        bytes calldata settings,
        bytes32 salt
    ) external view returns (address trainer);
}
