// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Base64} from "solady/src/utils/Base64.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {IBadgeArt} from "./interfaces/IBadgeArt.sol";
import {PackedRules} from "./types/PackedRules.sol";
import {StandingLibrary} from "./types/Standing.sol";

// JSON and XML are full of double quotes
// solhint-disable quotes, gas-small-strings

/// What a wallet shows of a badge: its metadata, with a picture, as data URIs. This is a separate contract, which each
/// implementation creates when it is deployed: the implementations of the largest models would otherwise exceed the
/// size limit of contracts.
contract BadgeArt is IBadgeArt {
    /// The look of a badge.
    /// @param title its name
    /// @param light the colour of its upper edge
    /// @param dark the colour of its lower edge
    /// @param icon shapes around (200, 148), drawn in white lines
    struct Look {
        string title;
        string light;
        string dark;
        string icon;
    }

    string private constant _STAR =
        '<path d="M200 104l13.5 27.4 30.2 4.4-21.9 21.3 5.2 30.1-27-14.2-27 14.2 5.2-30.1-21.9-21.3 30.2-4.4z"/>';

    /// The number of bytes of a trainer's name that are shown.
    uint256 private constant _LINE = 32;

    /// @inheritdoc IBadgeArt
    function uri(uint256 badge, string calldata trainer, PackedRules rules) external pure returns (string memory) {
        Look memory look = _look(badge);
        string memory line = _line(trainer);
        string memory of_ = LibString.escapeJSON(line);
        bytes memory json = abi.encodePacked(
            '{"name":"',
            look.title,
            bytes(line).length == 0 ? "" : unicode" · ",
            of_,
            '","description":"',
            _earnedBy(badge, rules),
            ". It can't be given away.",
            '","image":"data:image/svg+xml;base64,',
            Base64.encode(_svg(look, LibString.escapeHTML(line))),
            '"}'
        );
        return string.concat("data:application/json;base64,", Base64.encode(json));
    }

    function _svg(Look memory look, string memory line) private pure returns (bytes memory) {
        return
            abi.encodePacked(
                '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><defs><linearGradient id="m" x2="1" y2="1">'
                '<stop stop-color="',
                look.light,
                '"/><stop offset="1" stop-color="',
                look.dark,
                '"/></linearGradient><linearGradient id="n" x2="0" y2="1"><stop stop-color="#26304a"/>'
                '<stop offset="1" stop-color="#131826"/></linearGradient></defs>'
                '<rect width="400" height="400" rx="36" fill="url(#n)"/>'
                '<path d="M152 200l-26 84 40-14 24 34 10-60 10 60 24-34 40 14-26-84z" fill="',
                look.dark,
                '"/><circle cx="200" cy="148" r="96" fill="url(#m)"/><circle cx="200" cy="148" r="80" fill="#0003" '
                'stroke="#fff9" stroke-width="2" stroke-dasharray="2 7" stroke-linecap="round"/>'
                '<g fill="none" stroke="#fff" stroke-width="7" stroke-linejoin="round" stroke-linecap="round">',
                look.icon,
                '</g><g fill="#fff" text-anchor="middle" font-family="Verdana,Arial,sans-serif">'
                '<text x="200" y="342" font-size="28" font-weight="700">',
                look.title,
                '</text><text x="200" y="372" font-size="17" opacity=".7">',
                line,
                "</text></g></svg>"
            );
    }

    /// The start of a name, cut between two characters and without control characters, which XML does not allow.
    function _line(string memory name) private pure returns (string memory line) {
        bytes memory given = bytes(name);
        uint256 length = given.length;
        if (length > _LINE) {
            length = _LINE;
            while (length != 0 && uint8(given[length]) & 0xc0 == 0x80) --length;
        }
        line = LibString.slice(name, 0, length);
        for (uint256 i; i < length; ++i) if (uint8(given[i]) < 0x20) bytes(line)[i] = " ";
        if (length != given.length) line = string.concat(line, unicode"…");
    }

    function _look(uint256 badge) private pure returns (Look memory) {
        if (badge == StandingLibrary.FIRST)
            return
                Look(
                    "First contribution",
                    "#8fd6a8",
                    "#2f8f5b",
                    '<path d="M200 186v-44m0 22c-2-26-22-36-42-36 0 24 16 38 42 36m0-14c2-24 20-34 40-34 0 24-14 36-40 34"/>'
                );
        if (badge == StandingLibrary.BRONZE) return Look("Bronze", "#f0b788", "#9c5a24", _STAR);
        if (badge == StandingLibrary.SILVER) return Look("Silver", "#eef2f6", "#8793a1", _STAR);
        if (badge == StandingLibrary.GOLD) return Look("Gold", "#ffe38a", "#c08a12", _STAR);
        if (badge == StandingLibrary.REGULAR)
            return
                Look(
                    "Regular",
                    "#ffb199",
                    "#d1452e",
                    '<path d="M204 100c8 22-24 34-24 60 0 16 10 26 22 28-8-14 0-24 8-32 2 12 14 14 14 26-2 4-4 6-6 8 12-6 20-16 '
                    '20-30 0-30-30-32-34-60z"/>'
                );
        if (badge == StandingLibrary.ALL_LABELS)
            return
                Look(
                    "All-rounder",
                    "#c9b8ff",
                    "#6544c9",
                    '<circle cx="200" cy="122" r="15"/><circle cx="200" cy="174" r="15"/><circle cx="174" cy="148" r="15"/>'
                    '<circle cx="226" cy="148" r="15"/>'
                );
        if (badge == StandingLibrary.EXPLORER)
            return
                Look(
                    "Explorer",
                    "#a5dcff",
                    "#2271b8",
                    '<circle cx="200" cy="148" r="40"/><path d="M218 130l-10 26-26 10 10-26z"/>'
                );
        return
            Look(
                "Guardian",
                "#9be7dd",
                "#15807a",
                '<path d="M200 104l36 12v30c0 24-16 38-36 46-20-8-36-22-36-46v-30z"/><path d="M184 148l12 12 22-24"/>'
            );
    }

    function _earnedBy(uint256 badge, PackedRules rules) private pure returns (string memory) {
        if (badge == StandingLibrary.FIRST) return "For a contribution that the model agreed with";
        if (badge < StandingLibrary.REGULAR) {
            uint256 needed = rules.milestone();
            for (; badge != StandingLibrary.BRONZE; badge >>= 1) needed *= StandingLibrary.FURTHER;
            return string.concat("For ", LibString.toString(needed), " contributions that the model agreed with");
        }
        if (badge == StandingLibrary.REGULAR)
            return string.concat("For contributing on ", LibString.toString(rules.streakCap()), " days in a row");
        if (badge == StandingLibrary.ALL_LABELS) return "For contributions of every class";
        if (badge == StandingLibrary.EXPLORER) return "For three quarters of all kinds of features";
        return "For a report that took the points of bad data";
    }
}
