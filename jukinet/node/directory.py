"""The signed directory: which nodes exist, where they listen, and with which keys towns sign. Nobody outside it may speak here."""

from collections.abc import Sequence
from pathlib import Path

from jukinet.errors import SettingsError, WrongAnswer
from jukinet.messages import Directory, Town
from jukinet.peers import Peer, PeerKind
from jukinet.signing import PublicKey, load_public, open_directory


class DirectoryBook:
    """One version of the directory, its signature checked. `raw` is the JWS as the centre made it, to be handed on untouched."""

    def __init__(self, raw: str, key: PublicKey) -> None:
        """Raises WrongAnswer when `raw` is not signed with `key`."""
        self.raw = raw
        self.directory: Directory = open_directory(raw, key)
        self._towns = {town.code: town for town in self.directory.towns}
        self._prefectures = {prefecture.code: prefecture for prefecture in self.directory.prefectures}

    @classmethod
    def load(cls, file: Path, key: Path) -> "DirectoryBook":
        """Raises SettingsError."""
        try:
            return cls(file.read_text(encoding="ascii").strip(), load_public(key))
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{file}: cannot be read; the centre's signed directory is required") from None
        except WrongAnswer as wrong:
            raise SettingsError(f"{file}: no directory signed with {key} ({wrong.field})") from None

    def town(self, code: str) -> Town | None:
        return self._towns.get(code)

    def keys(self, code: str) -> list[PublicKey]:
        """Public keys of a town's answers; none for an unknown town."""
        town = self._towns.get(code)
        return [] if town is None else list(town.keys)

    def urls(self, code: str) -> Sequence[str]:
        """Where a town, a prefecture (two digits) or "centre" listens, in the order to be tried."""
        if code == PeerKind.CENTRE:
            return self.directory.centre_urls
        entry = self._towns.get(code) or self._prefectures.get(code)
        return [] if entry is None else entry.urls

    def knows(self, peer: Peer) -> bool:
        """Whether a peer belongs to the network. A kiosk belongs by its town; agencies have no entry yet, so none belongs."""
        match peer.kind:
            case PeerKind.MUNICIPALITY | PeerKind.KIOSK:
                return peer.code in self._towns
            case PeerKind.PREFECTURE:
                return peer.code in self._prefectures
            case PeerKind.CENTRE:
                return True
            case PeerKind.AGENCY:
                return False
