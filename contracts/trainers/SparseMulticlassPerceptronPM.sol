// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PredictionMarket} from "../incentives/PredictionMarket.sol";
import {SparseMulticlassPerceptron} from "../models/SparseMulticlassPerceptron.sol";

contract SparseMulticlassPerceptronPM is SparseMulticlassPerceptron, PredictionMarket {}
