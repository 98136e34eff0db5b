// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Gamified} from "../incentives/Gamified.sol";
import {NearestCentroid} from "../models/NearestCentroid.sol";

contract NearestCentroidGamified is NearestCentroid, Gamified {}
