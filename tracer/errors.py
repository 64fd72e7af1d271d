"""Everything tracer raises on purpose. The command line prints the message as one line and exits.

TracerError
 +- InputError      a file or an option the user can mend
 |   +- CaseError   case.toml
 |   +- AddressError
 +- LedgerError     the numbers, or what is asked of them, do not fit the ledger
 +- BoundsError     what bounds rest on is not known, so none are given
 |   +- BoundsAuditError   the ledger does not add up
 +- NodeError       a node does not answer, or answers what cannot be
 +- StoreError      a case folder or a database
 |   +- RecordError a case folder that is not what its run left
 +- QueryError      a query of the query book
"""


class TracerError(Exception):
    """Base of all errors tracer raises on purpose; `exit_code` is what the command line exits with."""

    exit_code = 1


class InputError(TracerError):
    """A file, an option or a record that the user can mend."""


class CaseError(InputError):
    """The case file says something it cannot mean; the message names file and line."""


class AddressError(InputError):
    """An address whose form or checksum is wrong."""


class LedgerError(TracerError):
    """What is asked does not fit the ledger: a theft that is not in it, an order that is unknown."""


class AuditError(LedgerError):
    """The ledger does not add up, so nothing is traced on it unless gaps are allowed."""

    exit_code = 2


class BoundsError(TracerError):
    """Bounds are not given: what they rest on is not known."""


class BoundsAuditError(BoundsError):
    """The ledger does not add up, so no bound holds on it."""

    exit_code = 2


class CertificateError(TracerError):
    """Stolen value does not close: a defect of tracer, never of the input."""

    exit_code = 2


class NodeError(TracerError):
    """A node is silent, refuses, or contradicts itself."""


class ReadAgainError(NodeError):
    """What was read rests on a lie and is forgotten, its node given up: to be read again from the start on the nodes left."""


class StoreError(TracerError):
    """A case folder or database cannot be read or written."""


class RecordError(StoreError):
    """A case folder is not what its run left in it: altered, damaged, or of two runs."""

    exit_code = 2


class QueryError(TracerError):
    """A query of the query book, or its parameters."""


class SlowWarning(UserWarning):
    """The result is right and takes far longer than it need; the message says what would mend it."""
