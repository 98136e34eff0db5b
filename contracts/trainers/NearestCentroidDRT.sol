// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../incentives/DepositRefundTake.sol";
import {NearestCentroid} from "../models/NearestCentroid.sol";

contract NearestCentroidDRT is NearestCentroid, DepositRefundTake {}
