// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PredictionMarket} from "../incentives/PredictionMarket.sol";
import {AveragedPerceptron} from "../models/AveragedPerceptron.sol";

contract AveragedPerceptronPM is AveragedPerceptron, PredictionMarket {}
