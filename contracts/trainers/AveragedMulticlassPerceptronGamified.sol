// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Gamified} from "../incentives/Gamified.sol";
import {AveragedMulticlassPerceptron} from "../models/AveragedMulticlassPerceptron.sol";

contract AveragedMulticlassPerceptronGamified is AveragedMulticlassPerceptron, Gamified {}
