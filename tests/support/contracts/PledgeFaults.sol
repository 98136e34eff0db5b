// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Record} from "../../../contracts/libraries/Record.sol";
import {SparsePerceptron} from "../../../contracts/models/SparsePerceptron.sol";
import {Pledge} from "../../third_party/contracts/Pledge.sol";

/// Whoever comes first gets the pledge.
contract SparsePerceptronLeaking is SparsePerceptron, Pledge {
    function _checkAuthor(address) internal view override {}
}

/// Any slot may be used again.
contract SparsePerceptronForgetting is SparsePerceptron, Pledge {
    function _isFinished(Record) internal pure override returns (bool) {
        return true;
    }
}
