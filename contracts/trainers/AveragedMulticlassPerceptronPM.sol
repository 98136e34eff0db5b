// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PredictionMarket} from "../incentives/PredictionMarket.sol";
import {AveragedMulticlassPerceptron} from "../models/AveragedMulticlassPerceptron.sol";

contract AveragedMulticlassPerceptronPM is AveragedMulticlassPerceptron, PredictionMarket {}
