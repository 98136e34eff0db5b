// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Gamified} from "../incentives/Gamified.sol";
import {SparsePerceptron} from "../models/SparsePerceptron.sol";

contract SparsePerceptronGamified is SparsePerceptron, Gamified {}
