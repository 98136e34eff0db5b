// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Gamified} from "../incentives/Gamified.sol";
import {DenseMulticlassPerceptron} from "../models/DenseMulticlassPerceptron.sol";

contract DenseMulticlassPerceptronGamified is DenseMulticlassPerceptron, Gamified {}
