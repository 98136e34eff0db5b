// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PredictionMarket} from "../incentives/PredictionMarket.sol";
import {SparsePerceptron} from "../models/SparsePerceptron.sol";

contract SparsePerceptronPM is SparsePerceptron, PredictionMarket {}
