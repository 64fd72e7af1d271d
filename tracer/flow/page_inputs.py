"""What a page is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tracer.flow.flow_columns import NO_ADDRESSES, Drawable, FlowAddresses
from tracer.flow.freeze_facts_of_deposit import Freezable
from tracer.flow.substituted_answer import InAsset
from tracer.flow.untraced_neighbours import Beside
from tracer.flow.what_if import WhatIf


class Drawing(NamedTuple):
    """The flow graph; the rows beside it; the case under other assumptions, and of those it was not traced under a sentence each; what
    freeze lists say of their deposits, None while the run is at work: a list is of all that was read. Of a case of several assets
    besides: the answer that substitutes, an asset at a time, and the addresses that are in no flow but there."""

    flow: Drawable
    beside: Beside = Beside()
    what_ifs: Sequence[WhatIf] = ()
    not_run: Sequence[str] = ()
    freezable: Sequence[Freezable] | None = None
    substituted: Sequence[InAsset] = ()
    elsewhere: FlowAddresses = NO_ADDRESSES
