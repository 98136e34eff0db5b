// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";

/// @notice Badges that people earn and keep: ERC-1155 tokens that cannot be transferred, locked as in ERC-5192
/// @dev The ids are 1 to 8: first contribution, bronze, silver, gold, regular, all-rounder, explorer, guardian. A badge
/// is earned once and stays. Unlike ERC-1155 tokens sent to a contract, a badge does not call its new owner: nobody can
/// refuse a badge, and a contract that has one can do nothing with it.
interface IBadges is IERC1155MetadataURI {
    /// @notice Badges cannot be transferred, and nobody can be approved to transfer them.
    error NotTransferable();
    /// @notice The ids of badges are 1 to 8.
    error UnknownBadge(uint256 id);
    /// @notice The number of accounts must equal the number of ids.
    error LengthsDiffer(uint256 accounts, uint256 ids);

    /// @notice Whether a badge is locked to its owner.
    /// @param id 1 to 8
    /// @return always true
    function locked(uint256 id) external view returns (bool always);
}
