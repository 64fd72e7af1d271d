// The panel at the right: everything about the chosen address or flow.
const LISTED = 60; // transfers listed here; all of them are in the Transfers tab

function drawDetails() {
  const panel = part("details");
  panel.replaceChildren();
  panel.hidden = view.node === null && view.flow === null;
  if (panel.hidden) {
    return;
  }
  button(panel, "×", clearSelection, { class: "close", "aria-label": "close details" });
  if (view.node !== null) {
    drawNodeDetails(panel, view.node);
  } else {
    drawFlowDetails(panel, view.flow);
  }
}

function drawNodeDetails(panel, node) {
  const { nodes } = trace;
  add(panel, "h2", nodeName(node));
  const line = add(panel, "p", null, { class: "copyable" });
  add(line, "code", visibleText(nodes.address[node]), { class: "hash" });
  button(line, "copy", () => copy(nodes.address[node]), { "aria-label": "copy the address" });
  const facts = add(panel, "dl");
  const fact = (name, text) => {
    add(facts, "dt", name);
    return add(facts, "dd", text);
  };
  fact("role", roleText(node));
  if (nodes.label[node]) {
    fact("label", visibleText(nodes.label[node]));
  }
  if (/^-?\d+$/.test(nodes.balance[node])) {
    addAmount(fact("balance", null), BigInt(nodes.balance[node]));
  }
  if (nodes.touched_only[node]) {
    fact("touched", "it received from an address of the trail, but no stolen value under any rule");
  }
  const { sender, recipient } = trace.edges;
  const into = transfersWhere((edge) => recipient[edge] === node);
  const out = transfersWhere((edge) => sender[edge] === node);
  drawSums(panel, node, into, out);
  drawPathTo(panel, node);
  drawTransfers(panel, `In: ${plural(into.length, "transfer")}`, into, "from");
  drawTransfers(panel, `Out: ${plural(out.length, "transfer")}`, out, "to");
}

function roleText(node) {
  const texts = {
    victim: "victim",
    recipient: "theft recipient",
    service: "service: the trail stops here",
    boundary: "boundary: its own transfers were not fetched",
    account: "account",
  };
  return texts[trace.nodes.role[node]] || visibleText(trace.nodes.role[node] || "account");
}

function transfersWhere(holds) {
  const found = [];
  for (let edge = 0; edge < edgeCount(); edge++) {
    if (holds(edge)) {
      found.push(edge);
    }
  }
  return found;
}

// Stolen value that came, went on, and ended here (held, absorbed by the service, cut), under every rule.
function drawSums(panel, node, into, out) {
  add(panel, "h3", `Stolen value (${trace.asset.symbol})`);
  const sums = add(panel, "table");
  const head = add(add(sums, "thead"), "tr");
  ["rule", "received", "sent", "ended here"].forEach((name, at) => add(head, "th", name, { class: at ? "number" : "" }));
  const body = add(sums, "tbody");
  for (const rule of trace.rules) {
    const { exact } = stolenOf(rule);
    const sum = (edges) => edges.reduce((before, edge) => before + exact[edge], 0n);
    const row = add(body, "tr", null, { class: rule === view.rule ? "chosen" : "" });
    add(row, "td", rule);
    addAmount(row, sum(into), "td");
    addAmount(row, sum(out), "td");
    addAmount(row, sumOfEndpoints(rule, (end) => end.node === node), "td");
  }
}

function drawPathTo(panel, node) {
  const path = strongestPath(view.rule, node);
  if (!path.length) {
    return;
  }
  add(panel, "h3", "Strongest path from the theft", {
    title: "Of all chains of transfers in time order, the one whose smallest stolen value is largest",
  });
  const list = add(panel, "ol", null, { class: "path" });
  const { exact } = stolenOf(view.rule);
  for (const edge of path) {
    const item = add(list, "li");
    addNodeLink(item, trace.edges.sender[edge], nodeName(trace.edges.sender[edge]));
    add(item, "span", " → ");
    addNodeLink(item, trace.edges.recipient[edge], nodeName(trace.edges.recipient[edge]));
    add(item, "div", `${exactAmount(exact[edge])} · ${utc(trace.edges.time[edge])} UTC`, { class: "quiet" });
  }
}

function drawFlowDetails(panel, [sender, recipient]) {
  const flow = flowBetween(currentGraph(), sender, recipient);
  add(panel, "h2", flow ? `Flow ${flow.number}` : "Flow");
  const line = add(panel, "p");
  addNodeLink(line, sender);
  add(line, "span", " → ");
  addNodeLink(line, recipient);
  if (!flow) {
    add(panel, "p", `No stolen value moved here under ${view.rule} in this window.`);
    return;
  }
  const sum = add(panel, "p");
  addAmount(sum, flow.stolen);
  add(sum, "span", ` ${trace.asset.symbol} of stolen value under ${view.rule}`);
  drawTransfers(panel, plural(flow.transfers.length, "transfer"), flow.transfers, null);
}

function drawTransfers(panel, title, edges, other) {
  const { exact, size } = stolenOf(view.rule);
  add(panel, "h3", title);
  const weighty = [...edges].sort((a, b) => size[b] - size[a]).slice(0, LISTED);
  for (const edge of weighty.sort((a, b) => a - b)) {
    const item = add(panel, "div", null, { class: exact[edge] ? "transfer" : "transfer clean" });
    const top = add(item, "div", null, { class: "top" });
    add(top, "span", `${utc(trace.edges.time[edge])} UTC`, { class: "time" });
    if (other) {
      add(top, "span", ` ${other} `);
      addNodeLink(top, trace.edges[other === "from" ? "sender" : "recipient"][edge]);
    }
    const figures = add(item, "div");
    add(figures, "span", "amount ", { class: "quiet" });
    addAmount(figures, BigInt(trace.edges.amount[edge]));
    add(figures, "span", " · stolen ", { class: "quiet" });
    addAmount(figures, exact[edge]);
    addTransferNotes(item, edge);
  }
  if (edges.length > weighty.length) {
    const text = `The ${weighty.length} with the most stolen value of ${plural(edges.length, "transfer")}; the Transfers tab has all.`;
    add(panel, "p", text, { class: "quiet" });
  }
}

function addTransferNotes(item, edge) {
  const { height, memo, tx_hash: hash } = trace.edges;
  const notes = [];
  if (height[edge] !== null) {
    notes.push(`height ${grouped(String(height[edge]))}`);
  }
  notes.push(...remarks(edge));
  add(item, "div", notes.join(" · "), { class: "quiet" });
  if (memo[edge] !== null) {
    add(item, "div", `memo: ${visibleText(memo[edge])}`, { class: "memo" });
  }
  if (hash[edge]) {
    add(item, "code", hash[edge], { class: "hash" });
  }
}

// What a reader of one transfer must know besides its figures.
function remarks(edge) {
  const { theft, kind, basis, provisional, cut, memo_kind: memoKind } = trace.edges;
  const found = [];
  if (theft[edge] >= 0) {
    found.push(visibleText((trace.thefts[theft[edge]] || {}).label || "theft"));
  }
  if (kind[edge] && kind[edge] !== "transfer") {
    found.push(visibleText(kind[edge]));
  }
  if (basis[edge] && basis[edge] !== "chain") {
    found.push(visibleText(basis[edge]));
  }
  if (provisional[edge]) {
    found.push("provisional");
  }
  if (cut[edge]) {
    found.push(`trail stops: ${visibleText(cut[edge]).replaceAll("_", " ")}`);
  }
  if (memoKind[edge] && memoKind[edge] !== "plain") {
    found.push(`memo ${visibleText(memoKind[edge])}`);
  }
  return found;
}
