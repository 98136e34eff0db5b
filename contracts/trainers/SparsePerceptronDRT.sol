// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../incentives/DepositRefundTake.sol";
import {SparsePerceptron} from "../models/SparsePerceptron.sol";

contract SparsePerceptronDRT is SparsePerceptron, DepositRefundTake {}
