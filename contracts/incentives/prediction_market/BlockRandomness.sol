// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {IBlockRandomness} from "../../interfaces/IBlockRandomness.sol";
import {IPredictionMarket} from "../../interfaces/IPredictionMarket.sol";

/// Reads the randomness of a block off its header. A contract of its own, since trainers have no room for it.
contract BlockRandomness is IBlockRandomness {
    /// @inheritdoc IBlockRandomness
    function read(bytes calldata header, uint256 number) external view returns (uint256) {
        // only the block's header has the block's hash
        if (keccak256(header) != Blockhash.blockHash(number)) revert IPredictionMarket.WrongHeader(number);
        return uint256(BlockHeader.getPrevRandao(header));
    }
}
