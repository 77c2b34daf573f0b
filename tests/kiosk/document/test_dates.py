import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.document.dates import japanese, western


@pytest.mark.parametrize(
    ("date", "written"),
    [
        ("2026-11-24", "令和8年11月24日"),
        ("2020-01-01", "令和2年1月1日"),
        ("2019-12-31", "令和元年12月31日"),
        ("2019-05-01", "令和元年5月1日"),
        ("2019-04-30", "平成31年4月30日"),
        ("1990-01-01", "平成2年1月1日"),
        ("1989-01-08", "平成元年1月8日"),
        ("1989-01-07", "昭和64年1月7日"),
        ("1927-01-01", "昭和2年1月1日"),
        ("1926-12-25", "昭和元年12月25日"),
        ("1926-12-24", "大正15年12月24日"),
        ("1913-01-01", "大正2年1月1日"),
        ("1912-07-30", "大正元年7月30日"),
        ("1912-07-29", "明治45年7月29日"),
        ("1873-01-01", "明治6年1月1日"),
        ("1872-12-31", "1872-12-31"),  # before the solar calendar
        ("1989-02-29", "平成元年2月29日"),  # on no calendar, in registers
    ],
)
def test_each_era_begins_on_its_day(date: str, written: str) -> None:
    assert japanese(date) == written


# The 14 ways in which a register writes a date that is not known (standard specification for resident record systems, 1.1.8), in its order.
UNKNOWN = (
    "昭和30年頃",
    "昭和30年3月頃",
    "昭和30年3月4日頃",
    "推定昭和31年2月3日",
    "推定昭和31年2月",
    "昭和30年春",
    "昭和30年3月上旬",
    "昭和30年3月中旬頃",
    "年月日不詳",
    "昭和30年 月日不詳",
    "昭和30年03月 日不詳",
    "昭和50年11月3日から11月20日頃までの間",
    "昭和50年12月推定3日から9日までの間",
    "平成2年10月1日頃から10日頃までの間",
)


# The last day of an era may be written in it, though the new one had begun (also 1.1.8).
@pytest.mark.parametrize("date", [*UNKNOWN, "明治45年7月30日", "大正15年12月25日", ""])
def test_what_is_in_words_stays_as_written(date: str) -> None:
    assert japanese(date) == date
    assert western(date) == date


def test_foreigners_dates_are_western() -> None:
    assert western("1990-11-05") == "1990年11月5日"


@given(st.dates())
def test_every_date_is_written(date: object) -> None:
    assert japanese(str(date)).endswith("日") or str(date) < "1873-01-01"
    assert western(str(date)).endswith("日")


@given(st.text())
def test_no_text_fails(text: str) -> None:
    japanese(text)
    western(text)


def test_a_sample_has_all_that_registers_write(answer, composer, eye, every_text) -> None:
    """And the paper shows each as it was written."""
    extract, issue = answer("unknown_dates")
    (page,) = composer.copy(extract, issue, 0)
    values = {value.replace(" ", "") for _, value in eye.entries(page, every_text(extract, issue))}
    wanted = {*UNKNOWN, "明治45年7月30日", "大正15年12月25日", "平成元年2月29日"}
    assert {date.replace(" ", "") for date in wanted} <= values
    # Only one of the two names is known (since 2025 in registers).
    assert {"イシノマキ【名空欄】", "【氏空欄】ウルウ", "＊" * 8} <= values
