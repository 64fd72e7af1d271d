"""A query that would write, refused where queries are for reading only.

Nothing is read out of the text of a query: each store enforces it itself, a Neo4j server in a session that is opened for reading, the
embedded store in its call for queries. What either then answers is recognised here, and becomes one sentence.
"""

from __future__ import annotations

from tracer.errors import QueryError

SERVER_CODE = "Statement.AccessMode"
"""How the code of a Neo4j server's error ends, when a session for reading was asked to write."""

EMBEDDED_REASON = "not idempotent"
"""In the reason of the embedded store, when its call for queries was given a statement that writes."""


def would_write_to_server(code: str) -> bool:
    """Whether a Neo4j server refused a query because it writes, by the code of its error.

    >>> would_write_to_server("Neo.ClientError.Statement.AccessMode"), would_write_to_server("Neo.ClientError.Statement.SyntaxError")
    (True, False)
    """
    return code.endswith(SERVER_CODE)


def would_write_to_embedded(reason: str) -> bool:
    """Whether the embedded store refused a query because it writes, by its reason.

    >>> would_write_to_embedded("Query 'CREATE (n)' is not idempotent"), would_write_to_embedded("Query is not valid")
    (True, False)
    """
    return EMBEDDED_REASON in reason


def writing_refused() -> QueryError:
    """What is raised then."""
    return QueryError("the query writes, and queries are run for reading only: add --write if that is meant")
