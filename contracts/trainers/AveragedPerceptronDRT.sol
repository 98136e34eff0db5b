// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../incentives/DepositRefundTake.sol";
import {AveragedPerceptron} from "../models/AveragedPerceptron.sol";

contract AveragedPerceptronDRT is AveragedPerceptron, DepositRefundTake {}
