"""The refusal of a query that would write, where queries are for reading only.

Nothing is read out of the text of a query: each store enforces it itself, a Neo4j server in a session that is opened for reading, the
embedded store in its call for queries, and what either then says becomes this one sentence.
"""

from __future__ import annotations

from tracer.errors import QueryError


def writing_refused() -> QueryError:
    """What is raised where a store has refused a query because it writes."""
    return QueryError("the query writes, and queries are run for reading only: add --write if that is meant")
