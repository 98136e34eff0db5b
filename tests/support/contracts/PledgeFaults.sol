// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Record} from "../../../contracts/types/Record.sol";
import {SparsePerceptron} from "../../../contracts/models/SparsePerceptron.sol";
import {Pledge} from "../../third_party/contracts/Pledge.sol";

/// The first claimant gets the pledge.
contract SparsePerceptronLeaking is SparsePerceptron, Pledge {
    function _checkAuthor(address) internal view override {}
}

/// Every slot can be used again.
contract SparsePerceptronForgetting is SparsePerceptron, Pledge {
    function _isFinished(Record) internal pure override returns (bool) {
        return true;
    }
}
