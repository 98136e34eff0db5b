// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ITrainer} from "./interfaces/ITrainer.sol";
import {ITrainerFactory} from "./interfaces/ITrainerFactory.sol";

contract TrainerFactory is ITrainerFactory {
    /// Two words without the creator: see `types/Settings.sol`.
    uint256 private constant _SETTINGS = 44;

    /// @inheritdoc ITrainerFactory
    function create(
        address implementation,
        bytes calldata settings,
        bytes32 salt,
        bytes calldata parameters
    ) external returns (address trainer) {
        if (settings.length < _SETTINGS) revert ShortSettings(settings.length);
        // initialising a clone of nothing succeeds, and somebody else could do it again once there is something
        if (implementation.code.length == 0) revert Address.AddressEmptyCode(implementation);
        bytes memory args = abi.encodePacked(msg.sender, settings);
        trainer = Clones.cloneDeterministicWithImmutableArgs(implementation, args, salt);
        emit Created(trainer, implementation, msg.sender);
        ITrainer(trainer).initialize(parameters);
    }

    /// @inheritdoc ITrainerFactory
    function addressOf(
        address creator,
        address implementation,
        bytes calldata settings,
        bytes32 salt
    ) external view returns (address trainer) {
        bytes memory args = abi.encodePacked(creator, settings);
        return Clones.predictDeterministicAddressWithImmutableArgs(implementation, args, salt);
    }
}
