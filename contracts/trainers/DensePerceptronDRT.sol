// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../incentives/DepositRefundTake.sol";
import {DensePerceptron} from "../models/DensePerceptron.sol";

contract DensePerceptronDRT is DensePerceptron, DepositRefundTake {}
