// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IIncentive} from "./IIncentive.sol";

/// @notice The errors that claims on contributions share
interface IClaims is IIncentive {
    /// @notice The call is for a single sample, and this is a batch.
    error IsBatch(uint256 id);
    /// @notice The call is for a batch, and this is a single sample.
    error IsNoBatch(uint256 id);
    /// @notice Too early: the call is allowed from `earliest`.
    error TooEarly(uint256 earliest, uint256 time);
    /// @notice Only the author may make this call.
    error NotAuthor(address author, address sender);
    /// @notice Authors can neither report their own contributions nor take shares of them.
    error OwnContribution(uint256 id);
    /// @notice The model currently disagrees with the label.
    error ModelDisagrees(uint256 predicted, uint256 label);
    /// @notice The model currently agrees with the label, so the data counts as good.
    error ModelAgrees(uint256 label);
}
