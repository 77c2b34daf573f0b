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


@pytest.mark.parametrize(
    "date",
    [
        *("年月日不詳", "昭和30年頃", "昭和30年月日不詳", "昭和30年3月日不詳", "昭和30年3月頃", "昭和30年3月上旬", "昭和30年3月中旬"),
        *(
            "昭和30年3月下旬",
            "推定昭和30年",
            "推定昭和30年3月",
            "推定昭和30年3月4日",
            "昭和30年3月4日頃",
            "昭和30年春頃",
            "昭和30年から昭和31年頃",
        ),
        *("明治45年7月30日", "大正15年12月25日", ""),
    ],
)
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
