// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../incentives/DepositRefundTake.sol";
import {AveragedMulticlassPerceptron} from "../models/AveragedMulticlassPerceptron.sol";

contract AveragedMulticlassPerceptronDRT is AveragedMulticlassPerceptron, DepositRefundTake {}
