"""The accounts of a data set: how addresses are numbered; number -> address, and back, without all of them in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.dataset.duckdb_session import quoted
from tracer.dataset.layout import AccountsFile, Description
from tracer.dataset.parquet_row_groups import arrow, at, row_groups, text_column, whole_numbers
from tracer.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def number_accounts(database: Any, place: Path, known: Description | None) -> int:
    """Makes the table `account` (number, address) of all addresses that the tables `kept` and `opened` name; those that the data set in
    `place` does not know yet get the next numbers, in the order of their addresses. Gives the first new number."""
    sides = "SELECT sender AS address FROM kept UNION SELECT recipient FROM kept UNION SELECT address FROM opened"
    database.execute(f"CREATE TABLE named AS SELECT address FROM ({sides}) WHERE address IS NOT NULL")
    first, files = (known.addresses, [place / file.file for file in known.accounts]) if known else (0, [])
    held = f"read_parquet([{', '.join(map(quoted, files))}]) SEMI JOIN named USING (address)" if files else "named LIMIT 0"
    number = "number" if files else "0::INTEGER AS number"
    database.execute(f"CREATE TABLE account AS SELECT {number}, address FROM {held}")
    database.execute(
        f"INSERT INTO account SELECT ({first} - 1 + row_number() OVER (ORDER BY address))::INTEGER, address FROM "
        "(SELECT address FROM named ANTI JOIN account USING (address))"
    )
    return first


class Addresses:
    """The accounts that files name, numbered from 0; by address within each file."""

    def __init__(self, folder: Path, files: Sequence[AccountsFile]) -> None:
        self._files = [(folder / file.file, file) for file in files]
        self._numbers: dict[str, int | None] = {}

    def __len__(self) -> int:
        return sum(file.rows for _, file in self._files)

    def number(self, address: str) -> int | None:
        """The account of that address; None if there is none."""
        self.look_up([address])
        return self._numbers[address]

    def look_up(self, addresses: Sequence[str]) -> None:
        """Finds the accounts of many addresses at once, for `number` to know."""
        unknown = sorted({address for address in addresses if address not in self._numbers})
        self._numbers |= dict.fromkeys(unknown)
        if not unknown:
            return
        for path, file in self._files:
            pa = arrow(path)
            wanted = text_column(unknown)
            for group in row_groups(path):
                if any(map(group.extent("address").may_have, unknown)):
                    table = group.read(["number", "address"])
                    found = table.filter(pa.compute.is_in(table.column("address"), value_set=wanted))
                    self._numbers |= self._named(path, file, found)

    def at(self, accounts: NDArray[Any]) -> dict[int, str]:
        """The addresses of some accounts, which ascend."""
        found: dict[int, str] = {}
        for path, file in self._files:
            here = accounts[(accounts >= file.first) & (accounts < file.first + file.rows)] - file.first
            for _, _, table in at(path, here, ["number", "address"]):
                named = self._named(path, file, table)
                found |= {number: address for address, number in named.items()}
        if found.keys() != set(accounts.tolist()):
            raise InputError(f"{self._files[0][0].parent}: accounts are missing: write the folder again with tracer columns")
        return found

    def _named(self, path: Path, file: AccountsFile, table: Any) -> Mapping[str, int]:
        found = whole_numbers(path, table.column("number"), "number").tolist()
        for wrong in (number for number in found if not file.first <= number < file.first + file.rows):
            raise InputError(f"{path}: account {wrong} is not one of {file.first} to {file.first + file.rows - 1}")
        return dict(zip(table.column("address").to_pylist(), found, strict=True))
