"use strict";

// The trace as Python wrote it: columns of nodes and edges, amounts as decimal strings.
let trace = null;

async function decodePayload() {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("this browser cannot unpack gzip (it lacks DecompressionStream); a browser of 2023 or later can");
  }
  const coded = document.getElementById("payload").textContent.trim();
  const bytes = Uint8Array.from(atob(coded), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return complete(JSON.parse(await new Response(unpacked).text()));
}

// Optional lists may be missing; what must be there is asked for by name.
function complete(payload) {
  for (const name of ["asset", "rules", "stolen", "nodes", "edges"]) {
    if (!payload[name]) {
      throw new Error(`the payload has no "${name}"`);
    }
  }
  for (const name of ["thefts", "endpoints", "coverage", "limits", "gaps", "tags", "evidence", "claims", "caveats"]) {
    payload[name] = payload[name] || [];
  }
  payload.primary = payload.primary || null; // nobody need declare one
  payload.fees = payload.fees || {};
  payload.valuation = payload.valuation || null; // without prices nothing has a worth
  const { nodes, edges } = payload;
  const count = nodes.address.length;
  for (const name of ["label", "role", "service", "touched_only", "balance"]) {
    nodes[name] = nodes[name] || new Array(count).fill(null);
  }
  nodes.labels = nodes.labels || new Array(count).fill([]);
  nodes.marked = nodes.marked || new Array(count).fill([]);
  nodes.conflict = nodes.conflict || new Array(count).fill(0);
  nodes.fees = nodes.fees || {};
  const rows = edges.sender.length;
  for (const name of ["row", "height", "position", "tx_hash", "fee", "kind", "memo", "memo_kind", "basis", "provisional", "cut"]) {
    edges[name] = edges[name] || new Array(rows).fill(null);
  }
  edges.theft = edges.theft || new Array(rows).fill(-1);
  return payload;
}

// The rule to begin with, and to order things by: the primary one if one was declared.
function leadingRule() {
  return trace.primary || trace.rules[0];
}

function nodeCount() {
  return trace.nodes.address.length;
}

function edgeCount() {
  return trace.edges.sender.length;
}

// Work that depends only on its key is done once: the last few results are kept.
function remember(work) {
  const kept = new Map();
  return (...key) => {
    const name = JSON.stringify(key);
    if (!kept.has(name)) {
      if (kept.size > 8) {
        kept.delete(kept.keys().next().value);
      }
      kept.set(name, work(...key));
    }
    return kept.get(name);
  };
}
