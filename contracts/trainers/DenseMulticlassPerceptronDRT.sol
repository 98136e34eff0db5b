// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../incentives/DepositRefundTake.sol";
import {DenseMulticlassPerceptron} from "../models/DenseMulticlassPerceptron.sol";

contract DenseMulticlassPerceptronDRT is DenseMulticlassPerceptron, DepositRefundTake {}
