"""Badges of Gamified: what a wallet shows of them."""

from __future__ import annotations

import base64
import json
import re
from xml.etree import ElementTree

import pytest

from dcai.chain.codec import codec
from dcai.incentives.gamified.errors import (
    LengthsDiffer,
    NotTransferable,
    UnknownBadge,
)
from dcai.incentives.gamified.standing import BADGES

TRAINER = "SparsePerceptronGamified"


def test_a_badge_is_announced_when_it_is_earned(launch, people, chain):
    trainer = launch(milestone=1)
    mine = trainer.contribute([1], "yes", sender=people[1])
    chain.travel("1 day")
    entry = mine.entry
    receipt = chain.invoke(TRAINER, trainer.address, "validate", entry.claim(), entry.slot, sender=people[1])

    events = [codec(TRAINER).event(log) for log in receipt.logs]
    told = [
        (event.args["to"], event.args["id"], event.args["value"]) for event in events if event.name == "TransferSingle"
    ]
    assert told == [(people[1], 1, 1), (people[1], 2, 1)]


def test_badges_are_tokens_that_stay_where_they_are(launch, people, chain, earn):
    trainer = launch()
    earn(trainer, [1])

    def ask(function, *args):
        return chain.read("IBadges", trainer.address, function, *args)

    assert [ask("balanceOf", people[1], badge) for badge in (0, 1, 2, 9)] == [0, 1, 0, 0]
    assert ask("balanceOfBatch", [people[1], people[2]], [1, 1]) == (1, 0)
    assert ask("locked", 1)
    assert not ask("isApprovedForAll", people[1], people[2])
    interfaces = {"ERC-165": "01ffc9a7", "ERC-1155": "d9b67a26", "its metadata": "0e89341c", "ERC-5192": "b45a3c0e"}
    assert all(ask("supportsInterface", bytes.fromhex(one)) for one in interfaces.values())
    assert not ask("supportsInterface", bytes.fromhex("ffffffff"))
    with pytest.raises(LengthsDiffer, match="2 accounts and 1 ids"):
        ask("balanceOfBatch", people[:2], [1])
    for badge in (0, 9):
        for function in ("uri", "locked"):
            with pytest.raises(UnknownBadge):
                ask(function, badge)
    for call in (
        ("safeTransferFrom", people[1], people[2], 1, 1, b""),
        ("safeBatchTransferFrom", people[1], people[2], [1], [1], b""),
        ("setApprovalForAll", people[2], True),
    ):
        with pytest.raises(NotTransferable, match="stays with the person who earned it"):
            chain.invoke("IBadges", trainer.address, *call, sender=people[1])


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Films", "Films"),
        ("<script>\"&'", "<script>\"&'"),
        ("bell \a, tab \t, back\\slash", "bell  , tab  , back\\slash"),
        ("a name of more than thirty-two bytes", "a name of more than thirty-two b…"),
        ("thirty-two bytes, the last is an ü", "thirty-two bytes, the last is an…"),
        ("ü" * 20, "ü" * 16 + "…"),
        ("", ""),
    ],
)
def test_a_badge_has_a_name_a_reason_and_a_picture_whatever_the_trainer_is_called(launch, chain, name, line):
    trainer = launch(name, milestone=7)
    titles = ["First contribution", "Bronze", "Silver", "Gold", "Regular", "All-rounder", "Explorer", "Guardian"]
    for badge, title in enumerate(titles, start=1):
        uri = chain.read("IBadges", trainer.address, "uri", badge)
        assert uri.startswith("data:application/json;base64,")
        told = json.loads(base64.b64decode(uri.split(",")[1]))
        assert told["name"] == (f"{title} · {line}" if line else title)
        assert told["description"].endswith(". It can't be given away.")
        assert told["image"].startswith("data:image/svg+xml;base64,")
        picture = ElementTree.fromstring(base64.b64decode(told["image"].split(",")[1]))
        assert [text.text or "" for text in picture.iter("{http://www.w3.org/2000/svg}text")] == [title, line]
    told = json.loads(base64.b64decode(chain.read("IBadges", trainer.address, "uri", 3).split(",")[1]))
    assert re.search(r"\b70 contributions", told["description"])


def test_badges_have_the_names_of_the_package_on_the_chain_too(launch, chain):
    trainer = launch()
    for badge, name in enumerate(BADGES, start=1):
        uri = chain.read("IBadges", trainer.address, "uri", badge)
        assert json.loads(base64.b64decode(uri.split(",")[1]))["name"].split(" · ")[0].lower() == name
