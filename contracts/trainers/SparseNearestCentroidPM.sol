// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PredictionMarket} from "../incentives/PredictionMarket.sol";
import {SparseNearestCentroid} from "../models/SparseNearestCentroid.sol";

contract SparseNearestCentroidPM is SparseNearestCentroid, PredictionMarket {}
