"""The deposits of a freeze list: what a list holds, and its table, a line for each deposit that was sent or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.model import NO_BOUNDS, Bounds, Customer
from tracer.pipeline.stoppable.numbering import HEAD as HEAD_COLUMNS
from tracer.pipeline.stoppable.numbering import Numbered, Sent
from tracer.plan.deposits_to_freeze import freezables_of
from tracer.report.letter_folders import file_name
from tracer.report.numbered_deposits import withdrawn_cells
from tracer.report.tables import Table, marked_so_far, text_or_empty
from tracer.wording import utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Bound, Transfer


class FreezeList(NamedTuple):
    """The deposits at one service, in ledger order. `traced` is their stolen value by rule; `left_out` rows are not of the chain.

    `bound` is the least and the most at all of the service together, `customers` at each of those it knows the deposits of this list by;
    None, and none, where the case bears no bounds. `numbers`: the number of each deposit, and of those that an earlier list had and this
    one withdraws.
    """

    service: str
    deposits: tuple[Transfer, ...]
    traced: dict[str, int]
    bound: Bound | None
    left_out: int
    provisional: int
    customers: Mapping[Customer, Bound] = {}
    numbers: tuple[Numbered, ...] = ()

    @property
    def withdrawn(self) -> list[Sent]:
        """The lines that an earlier list had and this one withdraws."""
        return [line.sent for line in self.numbers if line.place is None and line.sent is not None]

    @property
    def file(self) -> str:
        """The name of its files."""
        return file_name(self.service)


class Freeze(NamedTuple):
    """The lists that have deposits, and the names of the services that have none, with the reason.

    `primary` is None where no rule is declared. `bounds` are those of the case, computed where the folder has none; `no_bounds` is why
    there are none, and empty where there are.
    """

    primary: str | None
    lists: tuple[FreezeList, ...]
    without: dict[str, str]
    bounds: Bounds = NO_BOUNDS
    no_bounds: str = ""


def customer_of(deposit: Transfer) -> Customer:
    """Whose deposit it is: whoever has its memo, at its address."""
    return Customer(str(deposit.recipient), deposit.memo)


def deposits_table(case: CaseFolder, frozen: Freeze, found: FreezeList) -> Table:
    """A line for each deposit. `thefts`: number of the theft and how much of it, under the declared rule; without one, the most that any
    rule says.

    Amounts are smallest units; `_readable` has the decimal point. `floor` and `ceiling` are of the customer, all deposits with this
    address and memo together; `address_least` and `address_most` of the whole deposit address.
    `far_address`: where, on another chain, a payment to a bridge asks for the money. `customer_address`: the payer, where all that it
    ever paid went to this service, so that it is likely the customer's deposit address (inferred), with the payments that came there.
    """
    asset, rules = case.ledger.asset, case.trace.rules
    bounds = frozen.bounds.endpoints
    basis = {e.address: e.basis for e in case.trace.endpoints if e.reason == "service"}
    ids = {found.deposits[line.place].row: line.line_id for line in found.numbers if line.place is not None}
    beside = {each.row: each for each in freezables_of(found.deposits, ids, case.question, case.ledger, case.trace, case.labels)}

    def line(t: Transfer) -> list[Any]:
        row: list[Any] = [found.service, t.recipient, t.memo and t.memo.text, t.memo and t.memo.content.hex(), t.tx_hash]
        more = beside[t.row]
        row += [more.inner_hash, text_or_empty(t.height), utc(t.time)]
        for amount in (t.amount, *case.trace.carried(t.row).values()):
            row += [str(amount), asset.format(amount)]
        of_customer = found.customers.get(customer_of(t))
        row += ["", ""] * 2 if of_customer is None else [each for end in of_customer for each in (str(end), asset.format(end))]
        row += map(str, bounds.get((str(t.recipient), "service"), ("", "")))
        row += [case.ledger.provisional(t.row), more.confirmations, basis[str(t.recipient)], more.thefts]
        return [*row, more.far_address, more.customer_address, more.customer_deposits, None]

    def numbered_line(number: Numbered) -> list[Any]:
        head = [str(number.number), number.line_id, number.since]
        if number.place is not None:
            return head + line(found.deposits[number.place])
        cells = withdrawn_cells(case, number.sent) if number.sent else {}
        return head + [cells.get(name) for name in names[len(HEAD_COLUMNS) :]]

    amounts = [name for column in ("amount", *rules) for name in (column, f"{column}_readable")]
    first = [*HEAD_COLUMNS, "service", "deposit_address", "memo_text", "memo_hex", "tx_hash", "inner_hash", "height", "time"]
    last = ["provisional", "confirmations", "rests_on", "thefts", "far_address", "customer_address", "customer_deposits", "why_withdrawn"]
    floors = ["floor", "floor_readable", "ceiling", "ceiling_readable", "address_least", "address_most"]
    names = [*first, *amounts, *floors, *last]
    table = marked_so_far(case, Table(names, map(numbered_line, found.numbers)))
    return table._replace(rows=list(table.rows))  # the letter reads them once more
