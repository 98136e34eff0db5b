// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PredictionMarket} from "../incentives/PredictionMarket.sol";
import {DensePerceptron} from "../models/DensePerceptron.sol";

contract DensePerceptronPM is DensePerceptron, PredictionMarket {}
