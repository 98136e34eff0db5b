// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PredictionMarket} from "../incentives/PredictionMarket.sol";
import {NearestCentroid} from "../models/NearestCentroid.sol";

contract NearestCentroidPM is NearestCentroid, PredictionMarket {}
