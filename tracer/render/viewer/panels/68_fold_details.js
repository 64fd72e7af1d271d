// What a fold holds, and that it loses nothing: what goes in, what comes out, what stays, what fees took.
function sumsOf(rule, nodes) {
  const sums = nodes.map((node) => sumsAt(rule, node));
  const sum = (name) => sums.reduce((all, one) => all + one[name], 0n);
  return { received: sum("received"), ended: sum("ended"), fees: sum("fees") };
}

// Computed on what the fold shows. In a window of time, or behind a filter, only what moved is known.
function closingOfFold(nodes, into, out) {
  const { ended, fees } = sumsOf(view.rule, nodes);
  if (!isWhole()) {
    return { text: `${exactAmount(into)} in, ${exactAmount(out)} out, of what is shown`, sound: "arithmetic" };
  }
  const off = into - out - ended - fees;
  const sum = `${exactAmount(into)} in = ${exactAmount(out)} out + ${exactAmount(ended)} stays + ${exactAmount(fees)} fees`;
  return off ? { text: `${sum}: does NOT add up, ${exactAmount(off)} is missing`, sound: "unsound" } : { text: `${sum}: adds up to the unit`, sound: "sound" };
}

function closingOfLine({ relays, into, stolen }) {
  return closingOfFold(relays, into, stolen).text;
}

function drawClosingOfFold(panel, nodes, into, out) {
  const { text, sound } = closingOfFold(nodes, into, out);
  add(panel, "p", `${text} (${view.rule}, ${visibleText(trace.asset.symbol)})`, { class: sound, "data-testid": "fold-closes" });
}

function drawServiceDetails(panel, first) {
  const { graph } = currentPicture();
  const nodes = membersOf(graph, first);
  add(panel, "h2", `${nodeName(first)}: ${plural(nodes.length, "address")}`);
  addActs(panel, first);
  const into = graph.incoming.get(first) || [];
  const out = graph.outgoing.get(first) || [];
  drawClosingOfFold(panel, nodes, total(into), total(out));
  const bounds = trace.services.find(({ service }) => service === trace.nodes.service[first]);
  if (bounds && isWhole()) {
    add(panel, "p", `under ${ANY_RULE}: at least ${exactAmount(BigInt(bounds.least))}, at most ${exactAmount(BigInt(bounds.most))}`, { "data-testid": "fold-bounds" });
  }
  drawMembers(panel, nodes, ({ received }) => received);
  const edges = (flows) => flows.flatMap(({ transfers }) => transfers);
  drawTransfers(panel, `In: ${plural(edges(into).length, "transfer")}`, edges(into), "from", () => drawUndrawn(panel, first));
  if (out.length) {
    drawTransfers(panel, `Out: ${plural(edges(out).length, "transfer")}`, edges(out), "to");
  }
}

function drawLineDetails(panel, [sender, recipient]) {
  const { graph } = currentPicture();
  const line = (graph.outgoing.get(sender) || []).find((flow) => flow.relays && flow.recipient === recipient);
  if (!line) {
    drawFlowDetails(panel, [sender, recipient]);
    return;
  }
  add(panel, "h2", lineText(line));
  const ends = add(panel, "p");
  addNodeLink(ends, sender);
  add(ends, "span", " → … → ");
  addNodeLink(ends, recipient);
  button(panel, "open the line", () => keepingCamera(() => openFold({ nodes: line.relays, line })), { "data-act": "open-line", title: "open the line (o, in the picture)" });
  drawClosingOfFold(panel, line.relays, line.into, line.stolen);
  add(panel, "p", "A relay was paid by one sender only and paid one recipient only, and kept at most a hundredth.", { class: "quiet" });
  drawMembers(panel, line.relays, ({ received }) => received, (node) => (isSingleUse(line, node) ? "single use" : ""));
  drawTransfers(panel, plural(line.transfers.length, "transfer"), line.transfers, null);
}

const MEMBERS_SHOWN = 40; // more are in the Accounts tab

function drawMembers(panel, nodes, amountOfSums, note = () => "") {
  const list = add(panel, "ul", null, { class: "labels", "data-testid": "members" });
  for (const node of nodes.slice(0, MEMBERS_SHOWN)) {
    const item = add(list, "li");
    addNodeLink(item, node, shortAddress(node));
    add(item, "span", " in ", { class: "quiet" });
    addAmount(item, amountOfSums(sumsAt(view.rule, node)));
    add(item, "span", note(node) && ` · ${note(node)}`, { class: "quiet" });
  }
  if (nodes.length > MEMBERS_SHOWN) {
    add(panel, "p", `and ${plural(nodes.length - MEMBERS_SHOWN, "address")} more: the Accounts tab has all`, { class: "quiet" });
  }
}

// Of flows there and back: what went more in one direction than in the other.
function drawBalanceOf(panel, flow, back) {
  const more = flow.stolen - back.stolen;
  const text = more === 0n ? "as much" : more > 0n ? `${exactAmount(more)} less` : `${exactAmount(-more)} more`;
  add(panel, "p", `${exactAmount(back.stolen)} came back: ${text}. `, { "data-testid": "there-and-back" });
}
