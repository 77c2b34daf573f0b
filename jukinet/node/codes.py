"""Numbers of the register and their check digits. Pure."""

from collections.abc import Sequence

_RISING = (2, 3, 4, 5, 6, 7)  # weights from the lowest digit, over and over


def _modulus_11(digits: str, weights: Sequence[int] = _RISING) -> int:
    """11 - (weighted sum mod 11), and 0 where that has two digits: ministerial order 85 of 2014, art. 5."""
    total = sum(int(digit) * weights[at % len(weights)] for at, digit in enumerate(reversed(digits)))
    rest = total % 11
    return 0 if rest <= 1 else 11 - rest


def with_check_digit(digits: str) -> str:
    """個人番号 of 11 digits -> 12; 住民票コード of 10 digits -> 11; 宛名番号 and 世帯番号 of any length -> one more.

    For 住民票コード the formula was never found in print; this one agrees with the published sample codes.
    """
    return digits + str(_modulus_11(digits))


def holds(number: str) -> bool:
    """Does the last digit fit the others?"""
    return number.isascii() and number.isdigit() and len(number) > 1 and with_check_digit(number[:-1]) == number


def town_with_check_digit(code: str) -> str:
    """団体コード of 5 digits -> 6: weights 6 to 2 from the left, last digit of the difference to 11."""
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return code + str((11 - total % 11) % 10)
