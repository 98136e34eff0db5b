// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../incentives/DepositRefundTake.sol";
import {SparseMulticlassPerceptron} from "../models/SparseMulticlassPerceptron.sol";

contract SparseMulticlassPerceptronDRT is SparseMulticlassPerceptron, DepositRefundTake {}
