// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PredictionMarket} from "../incentives/PredictionMarket.sol";
import {NaiveBayes} from "../models/NaiveBayes.sol";

contract NaiveBayesPM is NaiveBayes, PredictionMarket {}
