"""What an amount is of: its unit, and where the decimal point stands when people read it."""

from __future__ import annotations

from typing import NamedTuple


class Asset(NamedTuple):
    """What a ledger counts: `symbol` on `chain`, with `decimals` digits after the point."""

    chain: str
    symbol: str
    decimals: int

    def format(self, amount: int) -> str:
        """The amount for people: a decimal point, thousands apart, no trailing zeros.

        >>> Asset("nem", "xem", 6).format(526_300_010_000_000)
        '526,300,010'
        >>> Asset("nem", "xem", 6).format(-1_250_000)
        '-1.25'
        """
        sign, units = "-" * (amount < 0), abs(amount)
        whole, part = divmod(units, 10**self.decimals)
        digits = f"{part:0{self.decimals}d}".rstrip("0") if part else ""
        return f"{sign}{whole:,}" + (f".{digits}" if digits else "")

    def stated(self, amount: int) -> str:
        """The amount with what it is an amount of.

        >>> Asset("nem", "xem", 6).stated(1_250_000)
        '1.25 xem'
        """
        return f"{self.format(amount)} {self.symbol}"
