// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PredictionMarket} from "../incentives/PredictionMarket.sol";
import {DenseMulticlassPerceptron} from "../models/DenseMulticlassPerceptron.sol";

contract DenseMulticlassPerceptronPM is DenseMulticlassPerceptron, PredictionMarket {}
