// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Gamified} from "../incentives/Gamified.sol";
import {SparseNearestCentroid} from "../models/SparseNearestCentroid.sol";

contract SparseNearestCentroidGamified is SparseNearestCentroid, Gamified {}
