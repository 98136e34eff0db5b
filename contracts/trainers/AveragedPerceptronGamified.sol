// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Gamified} from "../incentives/Gamified.sol";
import {AveragedPerceptron} from "../models/AveragedPerceptron.sol";

contract AveragedPerceptronGamified is AveragedPerceptron, Gamified {}
