"""Why the door is as it is: what OpenSSL does when certificates and lists change under a context that is in use.

Each row was the obvious way to do it, and each but the last lets somebody in who should be out, or shuts everybody out. They are held here
so that nobody "simplifies" the door into one of them; when a row fails, OpenSSL or Python has changed and the choice can be made anew.
"""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from jukinet.tls import door_context

HOUR = timedelta(hours=1)


def client(world, certificate: str = "kiosk") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(world.folder / "ca.pem")
    files = world.files(certificate)
    context.load_cert_chain(files.certificate, files.key)
    return context


class Pair:
    """Both ends of a TLS link in memory. Raises ssl.SSLError in `meet` when the door refuses."""

    def __init__(self, door: ssl.SSLContext, asker: ssl.SSLContext) -> None:
        up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.door = door.wrap_bio(up, down, server_side=True)
        self.asker = asker.wrap_bio(down, up, server_hostname="node")

    def meet(self) -> "Pair":
        for _ in range(3):
            for end in (self.asker, self.door):
                try:
                    end.do_handshake()
                except ssl.SSLWantReadError:
                    continue
        self.door.do_handshake()
        return self

    def serial(self) -> int:
        """Of the door's certificate."""
        return int(str(self.asker.getpeercert()["serialNumber"]), 16)

    def talks(self) -> bool:
        self.asker.write(b"question")
        return self.door.read(100) == b"question"


def meets(door: ssl.SSLContext, asker: ssl.SSLContext) -> bool:
    try:
        Pair(door, asker).meet()
    except ssl.SSLError:
        return False
    return True


def lists(world, folder: Path, number: int, *revoked: str, due: timedelta = 24 * HOUR) -> Path:
    path = folder / f"{number}.pem"
    path.write_bytes(world.crl(number, *revoked, due=due))
    return path


@pytest.fixture
def door(world) -> ssl.SSLContext:
    return door_context(world.files("town"))


def test_a_certificate_loaded_again_holds_for_new_links(world, door: ssl.SSLContext) -> None:
    old = Pair(door, client(world)).meet()
    files = world.files("second-town")
    door.load_cert_chain(files.certificate, files.key)
    new = Pair(door, client(world)).meet()
    assert (old.serial(), new.serial()) == (world.serials["town"], world.serials["second-town"])
    assert old.talks()


def test_a_list_in_openssl_stops_new_links_and_no_open_one(world, door: ssl.SSLContext, tmp_path: Path) -> None:
    open_link = Pair(door, client(world)).meet()
    door.load_verify_locations(lists(world, tmp_path, 1, "kiosk"))
    door.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    assert not meets(door, client(world))
    assert meets(door, client(world, "kiosk2"))
    assert open_link.talks()  # the trap


def test_a_list_that_has_run_out_in_openssl_shuts_everybody_out(world, door: ssl.SSLContext, tmp_path: Path) -> None:
    assert meets(door, client(world))
    door.load_verify_locations(lists(world, tmp_path, 1, due=-HOUR / 2))
    door.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    assert not meets(door, client(world))


def test_an_older_list_loaded_later_does_not_win_in_openssl(world, door: ssl.SSLContext, tmp_path: Path) -> None:
    door.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    door.load_verify_locations(lists(world, tmp_path, 2, "kiosk"))
    door.load_verify_locations(lists(world, tmp_path, 1))
    assert not meets(door, client(world))


def test_a_context_swapped_in_the_sni_callback_forgets_its_flags(world, door: ssl.SSLContext, tmp_path: Path) -> None:
    strict = door_context(world.files("town"))
    strict.load_verify_locations(lists(world, tmp_path, 1, "kiosk"))
    strict.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    assert not meets(strict, client(world))

    def swap(link: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        link.context = strict

    door.sni_callback = swap
    assert meets(door, client(world))  # the trap: revoked, and in


def test_a_new_context_for_each_newcomer_has_all_of_it(world, door: ssl.SSLContext, tmp_path: Path) -> None:
    """What the door does; that open links are cut is the live-link table's part."""
    old = Pair(door, client(world)).meet()
    door = door_context(world.files("second-town"))
    new = Pair(door, client(world)).meet()
    assert new.serial() == world.serials["second-town"]
    assert old.talks()
    assert not meets(door, client(world, "foreign"))
    assert door.verify_flags & ssl.VERIFY_X509_STRICT
    assert door.minimum_version is ssl.TLSVersion.TLSv1_3
    assert door.num_tickets == 0
