"""Amounts by rule, and endpoints, as the page has them."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.model import Bound, Endpoint
from tracer.render.schema import ShownEndpoint


def texts(amounts: Mapping[str, int], rules: tuple[str, ...]) -> dict[str, str]:
    """By rule, in the order in which they were run: the page's digest hangs on it."""
    return {rule: str(amounts[rule]) for rule in rules}


def shown_endpoint(endpoint: Endpoint, number: Mapping[str, int], rules: tuple[str, ...], bound: Bound | None) -> ShownEndpoint:
    """Where value ended; the address by its number on the page."""
    return ShownEndpoint(
        node=number[endpoint.address],
        reason=endpoint.reason,
        service=endpoint.service,
        basis=endpoint.basis,
        amounts=texts(endpoint.amounts, rules),
        least=None if bound is None else str(bound.least),
        most=None if bound is None else str(bound.most),
    )
