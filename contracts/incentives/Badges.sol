// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {LibClone} from "solady/src/utils/LibClone.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {BadgeArt} from "../BadgeArt.sol";
import {IBadgeArt} from "../interfaces/IBadgeArt.sol";
import {IBadges} from "../interfaces/IBadges.sol";
import {PackedRules} from "../types/PackedRules.sol";
import {Settings} from "../types/Settings.sol";

/// The badges of Gamified as tokens, stored only as bits of a person's standing.
abstract contract Badges is IBadges {
    uint256 private constant _COUNT = 8;

    bytes4 private constant _ERC5192 = 0xb45a3c0e;

    IBadgeArt private immutable _ART = new BadgeArt();

    /// @inheritdoc IERC1155
    function safeTransferFrom(address, address, uint256, uint256, bytes calldata) external pure {
        revert NotTransferable();
    }

    /// @inheritdoc IERC1155
    function safeBatchTransferFrom(
        address,
        address,
        uint256[] calldata,
        uint256[] calldata,
        bytes calldata
    ) external pure {
        revert NotTransferable();
    }

    /// @inheritdoc IERC1155
    function setApprovalForAll(address, bool) external pure {
        revert NotTransferable();
    }

    /// @inheritdoc IERC1155
    function balanceOfBatch(
        address[] calldata accounts,
        uint256[] calldata ids
    ) external view returns (uint256[] memory balances) {
        if (accounts.length != ids.length) revert LengthsDiffer(accounts.length, ids.length);
        balances = new uint256[](ids.length);
        for (uint256 i; i < ids.length; ++i) balances[i] = balanceOf(accounts[i], ids[i]);
    }

    /// @inheritdoc IERC1155
    function isApprovedForAll(address, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC1155MetadataURI
    function uri(uint256 id) external view returns (string memory) {
        _checkId(id);
        // only the incentive's word is needed
        // slither-disable-next-line unused-return
        (, uint256 packed) = Settings.read();
        string memory lines = string(LibClone.argsOnClone(address(this), Settings.WORDS));
        string memory name = LibString.slice(lines, 0, LibString.indexOf(lines, "\n"));
        return _ART.uri(1 << (id - 1), name, PackedRules.wrap(packed));
    }

    /// @inheritdoc IBadges
    function locked(uint256 id) external pure returns (bool) {
        _checkId(id);
        return true;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == type(IERC1155).interfaceId ||
            interfaceId == type(IERC1155MetadataURI).interfaceId ||
            interfaceId == _ERC5192;
    }

    /// @inheritdoc IERC1155
    function balanceOf(address account, uint256 id) public view returns (uint256) {
        return id == 0 || id > _COUNT ? 0 : (_badgesOf(account) >> (id - 1)) & 1;
    }

    /// Announces to wallets the badges that a person did not have before.
    function _announce(address person, uint256 before, uint256 badges) internal {
        badges &= ~before;
        for (uint256 id = 1; badges != 0; ++id) {
            if (badges & 1 != 0) emit TransferSingle(msg.sender, address(0), person, id, 1);
            badges >>= 1;
        }
    }

    /// The badges of a person: bit id - 1 for each.
    function _badgesOf(address person) internal view virtual returns (uint256);

    function _checkId(uint256 id) private pure {
        if (id == 0 || id > _COUNT) revert UnknownBadge(id);
    }
}
