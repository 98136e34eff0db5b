// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Gamified} from "../incentives/Gamified.sol";
import {NaiveBayes} from "../models/NaiveBayes.sol";

contract NaiveBayesGamified is NaiveBayes, Gamified {}
