// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../incentives/DepositRefundTake.sol";
import {NaiveBayes} from "../models/NaiveBayes.sol";

contract NaiveBayesDRT is NaiveBayes, DepositRefundTake {}
