"""Tags: what an address, or a hop to it, does, according to heuristics. Never who somebody is.

A heuristic is a pure function of a `View` and an account; its keyword-only parameters are its thresholds, its docstring is its
page (`tracer show NAME`). Tagged are the accounts that stolen value could have reached, without the drained ones; their
neighbours are looked at where a definition needs them, and never tagged for it. A labelled service is examined only for
being a hub: what else it does, its customers do.
"""

from collections.abc import Mapping

from tracer.tagging.apply import Examined, Heuristic, examine, tags_of
from tracer.tagging.base_rates import base_rates_of
from tracer.tagging.cycles import cycle
from tracer.tagging.deposit_address_tag_hubs_mixers import deposit_address, hub, mixer_like, same_memo
from tracer.tagging.dormancy_burst_rhythm import burst, dormancy, rhythm
from tracer.tagging.dust import dust
from tracer.tagging.equal_and_round_amounts import round_amounts, structuring, threshold_avoidance
from tracer.tagging.fan_out_and_fan_in import fan_in, fan_out
from tracer.tagging.ledger_totals import everywhere_of
from tracer.tagging.payments_by_account import Reach, View
from tracer.tagging.peel import peel_chain
from tracer.tagging.relays import relay, single_use_relay
from tracer.tagging.scatter_gather import gather_scatter, scatter_gather
from tracer.tagging.signers_and_wallet_software import change_of_control, wallet_fingerprint
from tracer.tagging.tag_pages import lines_of, tag_page, threshold_lines
from tracer.tagging.thresholds import PRESETS, THRESHOLDS, Thresholds, fault_in, overridden

HEURISTICS: Mapping[str, Heuristic] = {
    "peel_chain": peel_chain,
    "fan_out": fan_out,
    "fan_in": fan_in,
    "relay": relay,
    "single_use_relay": single_use_relay,
    "gather_scatter": gather_scatter,
    "scatter_gather": scatter_gather,
    "cycle": cycle,
    "structuring": structuring,
    "threshold_avoidance": threshold_avoidance,
    "dust": dust,
    "dormancy": dormancy,
    "burst": burst,
    "rhythm": rhythm,
    "deposit_address": deposit_address,
    "hub": hub,
    "mixer_like": mixer_like,
    "change_of_control": change_of_control,
    "same_memo": same_memo,
    "round_amounts": round_amounts,
    "wallet_fingerprint": wallet_fingerprint,
}
"""Every tag there is, in the order they are shown."""

__all__ = [
    "HEURISTICS",
    "PRESETS",
    "THRESHOLDS",
    "Examined",
    "Reach",
    "Thresholds",
    "View",
    "base_rates_of",
    "everywhere_of",
    "examine",
    "fault_in",
    "lines_of",
    "overridden",
    "tag_page",
    "tags_of",
    "threshold_lines",
]  # fmt: skip
