"""What people do at a trainer with pledges."""

from __future__ import annotations

import dcai
from dcai.trainer.contribution import Contribution
from pledge.log import PledgeHistory
from pledge.terms import Pledge


class PledgeContribution(Contribution):
    """A contribution whose pledge comes back."""

    def collect(self):
        """Get the pledge back."""
        call = self.trainer.contract.call("collect", self.entry.claim(), self.entry.slot, what="Collect a pledge")
        self.trainer.send(call, self.entry.author)


class PledgeTrainer(dcai.Trainer[PledgeContribution, PledgeHistory], incentive=Pledge):
    """A trainer with pledges."""

    contribution_type = PledgeContribution
    history_type = PledgeHistory
