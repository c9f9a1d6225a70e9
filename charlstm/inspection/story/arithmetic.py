"""Numbers with three places, so that whoever checks a story finds every line of it right.

Gates and the old memory are rounded first; all else is computed from the rounded numbers and
rounded in its turn, as one does by hand. So the last digit may differ from the model's own.
"""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TIMES = "×"
_LAST_PLACE = Decimal("0.001")


@dataclass(frozen=True)
class Rounded:
    """A number with three places, and the calculation that it is the result of, if any."""

    value: Decimal
    calculation: str = ""

    @classmethod
    def of(cls, number: float) -> "Rounded":
        """Round a number."""
        return cls(_rounded(number))

    def __str__(self) -> str:
        """Return the number alone."""
        return str(self.value)

    def __mul__(self, other: "Rounded") -> "Rounded":
        """Multiply, and round."""
        return Rounded(_rounded(self.value * other.value), f"{self} {TIMES} {other}")

    def __add__(self, other: "Rounded") -> "Rounded":
        """Add; a negative number is written as subtracted."""
        sign = "-" if other.value < 0 else "+"
        return Rounded(self.value + other.value, f"{self} {sign} {abs(other.value)}")

    def __rsub__(self, other: int) -> "Rounded":
        """Subtract from a whole number."""
        return Rounded(other - self.value, f"{other} - {self}")


def tanh(number: Rounded) -> Rounded:
    """Return tanh, rounded."""
    return Rounded(_rounded(math.tanh(number.value)), f"tanh({number})")


def _rounded(number: float | Decimal) -> Decimal:
    """Round to three places, a half away from 0; 0 has no sign."""
    return Decimal(number).quantize(_LAST_PLACE, ROUND_HALF_UP) + 0
