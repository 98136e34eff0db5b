// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModel} from "../interfaces/IModel.sol";

/// A forum that accepts a post unless the shared model classifies it as spam: any contract can call a trainer.
contract ReviewGate {
    IModel public immutable MODEL;
    uint256 public immutable SPAM;

    event Posted(address indexed author, bytes post);

    error Spam();

    constructor(IModel model, uint256 spam) {
        (MODEL, SPAM) = (model, spam);
    }

    function post(bytes calldata encoded) external {
        if (MODEL.predict(encoded) == SPAM) revert Spam();
        emit Posted(msg.sender, encoded);
    }
}
