"""The signed directory: which nodes exist, where they listen, with which keys towns sign, and who does the work of which prefecture.

Nobody outside it may speak here. The centre signs it, and whoever holds a copy can go on working without the centre for as long as the
settings allow (`freshness`).

What the centre was called depends on the day: the prefectures' tasks were delegated to LASDEC until it became J-LIS
(地方公共団体情報システム機構法, in force since 2014-04-01).
"""

from collections.abc import Sequence
from datetime import date, datetime

from jukinet.errors import WrongAnswer
from jukinet.node.revocation import NO_LISTS
from jukinet.node_messages import Directory, Town
from jukinet.notes import Verifier, WrongNote
from jukinet.peers import Peer, PeerKind
from jukinet.signing import PublicKey, open_directory

_J_LIS_SINCE = date(2014, 4, 1)
CENTRE = PeerKind.CENTRE.value


def centre_name(day: date) -> str:
    """The centre's name on a day in Japan."""
    return "地方公共団体情報システム機構" if day >= _J_LIS_SINCE else "地方自治情報センター"


class Edition:
    """One version of the directory, its signature checked. `raw` is the JWS as the centre made it, to be handed on untouched."""

    def __init__(self, raw: str, key: PublicKey) -> None:
        """Raises WrongAnswer when `raw` is not signed with `key`, or was issued at no time."""
        self.raw = raw
        self.directory: Directory = open_directory(raw, key)
        self.issued = _instant(self.directory.issued)
        self._towns = {town.code: town for town in self.directory.towns}
        self._prefectures = {prefecture.code: prefecture for prefecture in self.directory.prefectures}
        self._agencies = frozenset(self.directory.agencies)

    def is_older_than(self, other: "Edition") -> bool:
        """By version; among copies of one version by when they were signed."""
        return (self.directory.version, self.issued) < (other.directory.version, other.issued)

    def town(self, code: str) -> Town | None:
        return self._towns.get(code)

    def keys(self, code: str) -> list[PublicKey]:
        """Public keys of a town's answers; none for an unknown town."""
        town = self._towns.get(code)
        return [] if town is None else list(town.keys)

    def urls(self, code: str) -> Sequence[str]:
        """Where a town, a prefecture (two digits) or "centre" listens, in the order to be tried."""
        if code == CENTRE:
            return self.directory.centre_urls
        entry = self._towns.get(code) or self._prefectures.get(code)
        return [] if entry is None else entry.urls

    def log_key(self, code: str) -> Verifier | None:
        """With what a node signs its logs' checkpoints, and confirms others'. None for one that tells none."""
        entry = self._towns.get(code) or self._prefectures.get(code)
        text = self.directory.centre_log_key if code == CENTRE else "" if entry is None else entry.log_key
        try:
            return Verifier.read(text)
        except WrongNote:
            return None

    def keeper_of(self, code: str) -> str:
        """The code of the node that tells of identities and cards of a town's or a prefecture's residents: the centre, unless the
        prefecture has not delegated this to it (委任)."""
        town = self._towns.get(code)
        prefecture = self._prefectures.get(code if town is None else town.prefecture)
        return CENTRE if prefecture is None or prefecture.delegates else prefecture.code

    def knows(self, peer: Peer) -> bool:
        """Whether a peer belongs to the network. A kiosk belongs by its town."""
        match peer.kind:
            case PeerKind.MUNICIPALITY | PeerKind.KIOSK:
                return peer.code in self._towns
            case PeerKind.PREFECTURE:
                return peer.code in self._prefectures
            case PeerKind.CENTRE:
                return True
            case PeerKind.AGENCY:
                return peer.code in self._agencies


class DirectoryBook:
    """The edition, and the CAs' revocation lists, that count at this moment. Whoever needs a node's address or key asks here each time
    and keeps nothing."""

    def __init__(self, raw: str, key: PublicKey) -> None:
        """Raises WrongAnswer as `Edition`."""
        self.edition = Edition(raw, key)
        self.lists = NO_LISTS

    @property
    def raw(self) -> str:
        return self.edition.raw

    @property
    def directory(self) -> Directory:
        return self.edition.directory

    def town(self, code: str) -> Town | None:
        return self.edition.town(code)

    def keys(self, code: str) -> list[PublicKey]:
        return self.edition.keys(code)

    def urls(self, code: str) -> Sequence[str]:
        return self.edition.urls(code)

    def log_key(self, code: str) -> Verifier | None:
        return self.edition.log_key(code)

    def keeper_of(self, code: str) -> str:
        return self.edition.keeper_of(code)

    def knows(self, peer: Peer) -> bool:
        return self.edition.knows(peer)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise WrongAnswer("issued") from None
    if instant.tzinfo is None:
        raise WrongAnswer("issued")
    return instant
