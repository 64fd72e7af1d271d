"use strict";

// The trace as Python wrote it: columns of nodes and edges, amounts as decimal strings.
let trace = null;

async function decodePayload() {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("this browser cannot unpack gzip (it lacks DecompressionStream); a browser of 2023 or later can");
  }
  const packed = atob(document.getElementById("payload").textContent.trim());
  const bytes = new Uint8Array(packed.length);
  for (let at = 0; at < packed.length; at++) {
    bytes[at] = packed.charCodeAt(at); // a call for each would take ten times as long
  }
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return complete(JSON.parse(await new Response(unpacked).text()));
}

// What Python writes (render/schema.py), key by key; a test compares the two. Nothing is optional: what is not known is null,
// what there is none of an empty list. So a page that lacks a part says so, and does not show less.
const SCHEMA = {
  payload: ["title", "case", "tracer", "results_digest", "asset", "rules", "primary", "reason", "declared", "stolen", "fees", "thefts",
    "endpoints", "services", "customers", "coverage", "limits", "rests", "gaps", "checked", "evidence", "caveats", "claims", "statements", "valuation",
    "tags", "error_rate", "measured", "beside_left_out", "what_ifs", "not_run", "freezable", "nodes", "edges"],
  asset: ["chain", "symbol", "decimals"],
  thefts: ["label", "tx_hash", "amount", "basis", "edge", "stolen"],
  endpoints: ["node", "reason", "service", "basis", "amounts", "least", "most"],
  services: ["service", "least", "most"],
  customers: ["node", "edges", "least", "most"],
  evidence: ["kind", "value", "time", "grade", "status", "subject", "source"],
  claims: ["from", "to", "least", "most", "since", "until", "says", "source", "traced", "why"],
  statements: ["deposit", "deposited", "traced", "amount", "asset", "network", "paid_to", "withdrawal", "time", "says", "source", "grade", "why"],
  valuation: ["currency", "rule", "total", "prices", "thefts", "endpoints"],
  prices: ["time", "price", "source"],
  tags: ["node", "row", "name", "status", "presets", "base_rate", "measured", "measures", "against", "checked"],
  nodes: ["address", "label", "labels", "conflict", "marked", "role", "service", "touched_only", "beside", "balance", "fees"],
  labels: ["label", "category", "source", "confidence", "lastmod", "younger"],
  marked: ["marker", "by", "tx_hash", "first", "last", "ended"],
  edges: ["row", "height", "position", "time", "tx_hash", "sender", "recipient", "amount", "fee", "kind", "memo", "memo_kind", "memo_text", "basis",
    "verified", "tie", "provisional", "beside", "theft", "cut", "stolen"],
  freezable: ["edge", "line_id", "inner_hash", "confirmations", "thefts", "far_address", "customer_address", "customer_deposits"],
  several: ["declared", "reason", "said", "assets", "worth", "unlisted", "lines", "exchanges", "substituted", "elsewhere"],
  assets: ["name", "symbol", "decimals"],
  worth: ["answer", "currency", "title", "table", "sentences"],
  table: ["called", "worth"],
  lines: ["answer", "asset", "what", "place", "amounts"],
  exchanges: ["kind", "height", "tx_hash", "owner", "owner_node", "partner", "partner_node", "given", "received", "rate", "before", "off",
    "substituted", "why", "far", "edge", "ended"],
  substituted: ["asset", "stolen", "taken", "fees", "came", "went", "endpoints", "nodes", "role", "touched_only", "balance", "paid", "given",
    "received", "edges"],
  what_ifs: ["says", "stolen", "fees", "taken", "endpoints", "edges", "cut", "carried", "nodes", "role", "service", "touched_only", "paid"],
};

const LISTS = ["thefts", "endpoints", "services", "customers", "evidence", "claims", "statements", "tags", "what_ifs"];

function complete(payload) {
  need("payload", payload);
  const { asset, nodes, edges, valuation, freezable } = payload;
  need("asset", asset);
  need("nodes", nodes);
  need("edges", edges);
  LISTS.forEach((name) => needEach(name, payload[name]));
  nodes.labels.forEach((labels) => needEach("labels", labels));
  nodes.marked.forEach((spans) => needEach("marked", spans));
  needColumns("nodes", nodes, nodes.address.length, "fees", payload.rules);
  needColumns("edges", edges, edges.sender.length, "stolen", payload.rules);
  if (freezable !== null) {
    need("freezable", freezable);
    needColumns("freezable", freezable, freezable.edge.length);
  }
  if (valuation !== null) {
    need("valuation", valuation);
    needEach("prices", valuation.prices);
  }
  needSeveral(payload);
  needEveryRule(payload);
  return payload;
}

function need(name, part, keys = SCHEMA[name]) {
  for (const key of keys) {
    if (part[key] === undefined) {
      throw new Error(`its payload has no ${name === "payload" ? "" : `${name}.`}${key}`);
    }
  }
}

// Of a case of several assets alone: both answers. All else is of the first asset, followed.
function needSeveral({ several }) {
  if (several !== undefined) {
    need("several", several);
    ["assets", "worth", "lines", "exchanges", "substituted"].forEach((name) => needEach(name, several[name]));
    several.worth.forEach(({ table: lines }) => needEach("table", lines));
  }
}

function needEach(name, parts) {
  parts.forEach((part) => need(name, part));
}

// All columns are equally long, also the one that there is for each rule.
function needColumns(name, columns, count, byRule = null, rules = []) {
  need(`${name}.${byRule}`, columns[byRule], rules);
  const plain = SCHEMA[name].filter((key) => key !== byRule).map((key) => [key, columns[key]]);
  for (const [key, column] of [...plain, ...rules.map((rule) => [`${byRule}.${rule}`, columns[byRule][rule]])]) {
    if (column.length !== count) {
      throw new Error(`its payload has ${column.length} entries in ${name}.${key}, and ${count} beside them`);
    }
  }
}

function needEveryRule({ rules, stolen, fees, thefts, endpoints, claims, valuation, what_ifs: runs }) {
  need("stolen", stolen, rules);
  need("fees", fees, rules);
  thefts.forEach((theft) => need("thefts.stolen", theft.stolen, rules));
  endpoints.forEach((end) => need("endpoints.amounts", end.amounts, rules));
  claims.filter(({ traced }) => traced !== null).forEach(({ traced }) => need("claims.traced", traced, rules));
  for (const run of runs) {
    needEach("endpoints", run.endpoints);
    [run.stolen, run.fees, run.carried, run.paid, ...run.taken, ...run.endpoints.map(({ amounts }) => amounts)].forEach((part) => need("what_ifs", part, rules));
  }
  if (valuation !== null) {
    valuation.endpoints.forEach((worth) => need("valuation.endpoints", worth, rules));
  }
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

// Work that depends on one object alone, which nobody changes, is done once for it.
function rememberOf(work) {
  const kept = new WeakMap();
  return (of) => {
    if (!kept.has(of)) {
      kept.set(of, work(of));
    }
    return kept.get(of);
  };
}

// Work that depends only on its key, and on which run is shown, is done once: the last few results are kept.
function remember(work) {
  const kept = new Map();
  return (...key) => {
    const name = JSON.stringify([view.whatIf, ...key]);
    if (!kept.has(name)) {
      if (kept.size > 8) {
        kept.delete(kept.keys().next().value);
      }
      kept.set(name, work(...key));
    }
    return kept.get(name);
  };
}
