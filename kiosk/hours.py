"""Whether a new visit may begin at this minute, by the kiosk's own clock. Weekends and holidays are the node's to know."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.session.levels import Hours

JAPAN = ZoneInfo("Asia/Tokyo")
# A careful first-time visitor needs up to four minutes, and the paper its seconds.
LONGEST_VISIT = timedelta(minutes=5)


def hours_at(now: datetime, opens: str, closes: str) -> Hours:
    """`now` is aware; "24:00" is the end of the day. Open from `opens` until `closes`; closing in the last LONGEST_VISIT before it."""
    local = now.astimezone(JAPAN)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if not midnight + _span(opens) <= local < midnight + _span(closes):
        return Hours.CLOSED
    if _span(closes) < timedelta(hours=24) and local >= midnight + _span(closes) - LONGEST_VISIT:
        return Hours.CLOSING
    return Hours.OPEN


def _span(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
