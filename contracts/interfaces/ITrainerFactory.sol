// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Makes trainers: clones of an implementation, with their settings in their code
/// @dev The factory clones any implementation. A trainer is one of ours only if it delegates to one of our
/// implementations. The address follows from creator, implementation, settings and salt, and is the same on every
/// chain.
interface ITrainerFactory {
    /// @notice A shared model was deployed.
    /// @param trainer its address
    /// @param implementation a model with an incentive
    /// @param creator who deployed it
    event Created(address indexed trainer, address indexed implementation, address indexed creator);

    /// @notice The settings are shorter than two words.
    error ShortSettings(uint256 length);

    /// @notice Deploys a trainer whose creator is the sender.
    /// @param implementation a model with an incentive
    /// @param settings the bytes that follow the creator in the trainer's code: see `types/Settings.sol`
    /// @param salt distinguishes otherwise identical trainers
    /// @param parameters the initial parameters, or their first chunk
    /// @return trainer its address
    function create(
        address implementation,
        bytes calldata settings,
        bytes32 salt,
        bytes calldata parameters
    ) external returns (address trainer);

    /// @notice The address that `create` gives a trainer.
    /// @param creator the sender of the call to `create`
    /// @param implementation see `create`
    /// @param settings see `create`
    /// @param salt see `create`
    /// @return trainer the address
    function addressOf(
        address creator,
        address implementation,
        bytes calldata settings,
        bytes32 salt
    ) external view returns (address trainer);
}
