// The panel at the right: everything about the chosen address or flow.
function drawDetails() {
  const panel = part("details");
  panel.replaceChildren();
  panel.hidden = view.node === null && view.flow === null && view.path === null && !view.picked.length;
  if (panel.hidden) {
    return;
  }
  button(panel, "×", clearSelection, { class: "close", "aria-label": "close details" });
  if (view.node !== null) {
    const folded = currentPicture().graph.standsFor.get(view.node);
    folded === undefined ? drawNodeDetails(panel, view.node) : drawServiceDetails(panel, folded);
  } else if (view.flow !== null) {
    view.flow[2] === RELAYS ? drawLineDetails(panel, view.flow) : drawFlowDetails(panel, view.flow);
  } else if (view.path !== null) {
    drawPathDetails(panel, view.path);
  } else {
    drawPickedDetails(panel);
  }
}

function drawNodeDetails(panel, node) {
  const { nodes } = trace;
  add(panel, "h2", nodeName(node));
  const line = add(panel, "p", null, { class: "copyable" });
  add(line, "code", visibleText(nodes.address[node]), { class: "hash" });
  button(line, "copy", () => copy(nodes.address[node]), { "aria-label": "copy the address" });
  addActs(panel, node);
  drawRemarks(panel, "addresses", nodes.address[node]);
  const facts = add(panel, "dl");
  const fact = (name, text) => {
    add(facts, "dt", name);
    return add(facts, "dd", text);
  };
  fact("role", roleText(node));
  if (nodes.label[node] && !nodes.labels[node].length) {
    fact("label", visibleText(nodes.label[node]));
  }
  if (nodes.balance[node] === null) {
    fact("balance", "unknown: its history was not read");
  } else {
    addAmount(fact("balance", null), BigInt(nodes.balance[node]));
  }
  if (nodes.beside[node]) {
    fact("untraced", "no rule puts stolen value here; it is shown because transfers join it to the trail");
  }
  if (nodes.touched_only[node]) {
    fact("touched", "it received from an address of the trail, but no stolen value under any rule");
  }
  const { sender, recipient } = trace.edges;
  const { beside } = trace.edges;
  const into = transfersWhere((edge) => recipient[edge] === node && !beside[edge]);
  const out = transfersWhere((edge) => sender[edge] === node && !beside[edge]);
  const untraced = transfersWhere((edge) => beside[edge] && (sender[edge] === node || recipient[edge] === node));
  drawLabels(panel, nodes.labels[node], nodes.conflict[node]);
  drawMarks(panel, node);
  drawBecame(panel, node);
  drawTags(panel, node);
  if (!nodes.beside[node]) {
    drawSums(panel, node);
    drawEnds(panel, node);
    drawCustomers(panel, node);
    drawPathTo(panel, node);
    drawTransfers(panel, `In: ${plural(into.length, "transfer")}`, into, "from", () => drawUndrawn(panel, node));
    drawTransfers(panel, `Out: ${plural(out.length, "transfer")}`, out, "to");
  }
  drawUntraced(panel, untraced);
}

function roleText(node) {
  const texts = {
    victim: "victim",
    recipient: "theft recipient",
    service: "service: the trail stops here",
    boundary: "boundary: its own transfers were not fetched",
    account: "account",
  };
  return trace.nodes.beside[node] ? (isElsewhere(node) ? "in another asset or answer only" : "untraced neighbour") : texts[trace.nodes.role[node]];
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
    add(item, "div", `${exactAmount(exact[edge])} · ${moment(trace.edges.time[edge])}`, { class: "quiet" });
  }
}

function drawFlowDetails(panel, [sender, recipient]) {
  const { graph } = currentPicture();
  const flow = flowBetween(graph, sender, recipient) || flowBetween(graph.raw, sender, recipient);
  const back = flowBetween(graph, recipient, sender);
  add(panel, "h2", flow ? `Flow from row ${flow.row}` : "Flow");
  const line = add(panel, "p");
  addNodeLink(line, sender);
  add(line, "span", " → ");
  addNodeLink(line, recipient);
  if (!flow) {
    add(panel, "p", `No stolen value moved here under ${view.rule} in this window.`);
    const { sender: senders, recipient: recipients, beside } = trace.edges;
    drawUntraced(panel, transfersWhere((edge) => beside[edge] && senders[edge] === sender && recipients[edge] === recipient));
    return;
  }
  const sum = add(panel, "p");
  addAmount(sum, flow.stolen);
  add(sum, "span", ` ${trace.asset.symbol} of stolen value under ${view.rule}`);
  if (flow.transfers.length === 1) {
    drawRemarks(panel, "transfers", rowKey(flow.transfers[0]));
  }
  if (back) {
    drawBalanceOf(panel, flow, back);
  }
  drawTransfers(panel, plural(flow.transfers.length, "transfer"), flow.transfers, null);
  if (back) {
    drawTransfers(panel, `and back: ${plural(back.transfers.length, "transfer")}`, back.transfers, null);
  }
}
