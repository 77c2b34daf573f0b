"""How often a visitor may ask: never more than the bucket holds, and one's haste is nobody else's wait."""

from hypothesis import given
from hypothesis import strategies as st

from jukinet.node.verify.visitors import Visitors, network_of


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0, 3)), max_size=80))
def test_nobody_gets_more_than_burst_and_rate_allow(asked: list[tuple[str, float]]) -> None:
    visitors, now, allowed = Visitors(rate=2.0, burst=4.0), 0.0, dict.fromkeys("ABC", 0)
    for who, pause in asked:
        now += pause
        wait = visitors.wait(who, now)
        allowed[who] += wait == 0
        assert allowed[who] <= 4 + 2 * now + 1e-6
        if wait:
            assert visitors.wait(who, now + wait + 0.5) == 0
            allowed[who] += 1
            now += wait + 0.5


def test_ones_haste_is_nobody_elses_wait() -> None:
    visitors = Visitors(rate=1.0, burst=2.0)
    assert [visitors.wait("192.0.2.1", 0.0) for _ in range(4)] == [0, 0, 1, 1]
    assert visitors.wait("192.0.2.2", 0.0) == 0
    assert visitors.wait("192.0.2.1", 1.1) == 0


def test_a_network_of_ipv6_is_one_visitor() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("fe80::1%eth0") == network_of("fe80::2")
    assert network_of("") == ""


def test_as_many_are_remembered_as_there_is_room_for() -> None:
    visitors = Visitors(rate=0.001, burst=1.0, most=3)
    for number in range(4):
        assert visitors.wait(f"192.0.2.{number}", 0.0) == 0
    assert visitors.wait("192.0.2.3", 0.0) > 0
    assert visitors.wait("192.0.2.0", 0.0) == 0  # heard from longest ago, forgotten
