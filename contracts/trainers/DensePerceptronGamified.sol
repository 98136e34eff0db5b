// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Gamified} from "../incentives/Gamified.sol";
import {DensePerceptron} from "../models/DensePerceptron.sol";

contract DensePerceptronGamified is DensePerceptron, Gamified {}
