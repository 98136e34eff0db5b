// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Gamified} from "../incentives/Gamified.sol";
import {SparseMulticlassPerceptron} from "../models/SparseMulticlassPerceptron.sol";

contract SparseMulticlassPerceptronGamified is SparseMulticlassPerceptron, Gamified {}
