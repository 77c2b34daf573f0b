"""The parts of a municipality, which the other nodes do not have."""

from dataclasses import dataclass

from jukinet.node.disclosure import Disclosures
from jukinet.node.exchange import Exchange
from jukinet.node.first_cards import FirstCards
from jukinet.node.home import Home
from jukinet.node.identity import IdentityTeller
from jukinet.node.issuance import Issuance
from jukinet.node.moves.desk import MoveDesk
from jukinet.node.nonces import Nonces


@dataclass(frozen=True)
class Municipal:
    """What only a municipality has."""

    nonces: Nonces
    home: Home
    exchange: Exchange
    issuance: Issuance
    teller: IdentityTeller
    moves: MoveDesk
    disclosures: Disclosures
    first_cards: FirstCards

    async def go_on(self) -> None:
        """Does what the counter has decided and what days that are over ask for. Raises Problem(BUSY)."""
        await self.moves.go_on()
        await self.first_cards.go_on()
