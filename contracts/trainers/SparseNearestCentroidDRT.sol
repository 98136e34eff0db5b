// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../incentives/DepositRefundTake.sol";
import {SparseNearestCentroid} from "../models/SparseNearestCentroid.sol";

contract SparseNearestCentroidDRT is SparseNearestCentroid, DepositRefundTake {}
