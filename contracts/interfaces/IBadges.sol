// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";

/// @notice Badges that people earn and keep: tokens of ERC-1155 that can't be given away, locked as in ERC-5192
/// @dev The ids are 1 to 8: first contribution, bronze, silver, gold, regular, all-rounder, explorer, guardian. A badge is earned once
/// and stays. Nobody is called when one is earned, unlike what ERC-1155 asks for tokens that a contract is sent: a badge can't be
/// refused, and a contract that has one can do nothing with it.
interface IBadges is IERC1155MetadataURI {
    /// @notice Badges can't be given away, nor can anybody be allowed to.
    error NotTransferable();
    /// @notice The ids of badges are 1 to 8.
    error UnknownBadge(uint256 id);
    /// @notice As many accounts are needed as ids.
    error LengthsDiffer(uint256 accounts, uint256 ids);

    /// @notice Whether a badge can't be given away.
    /// @param id 1 to 8
    /// @return always true
    function locked(uint256 id) external view returns (bool always);
}
