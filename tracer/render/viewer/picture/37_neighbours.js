// Untraced neighbours: flows that no rule puts stolen value into, drawn pale and dashed beside the addresses that were asked about.
// They have no traced amount, and no sum counts them.
const UNTRACED = { "stroke-dasharray": "1 4", stroke: ink("border") };

const untracedFlows = remember((from, to, filter) => {
  const passes = filterOf(filter);
  const { beside, sender, recipient, time, amount } = trace.edges;
  const flows = new Map();
  beside.forEach((is, edge) => {
    if (is && sender[edge] !== recipient[edge] && inWindow(time[edge], from, to) && passes(edge)) {
      const key = `${sender[edge]} ${recipient[edge]}`;
      const flow = flows.get(key) || { ...newFlow(edge), untraced: true, amount: 0n };
      flow.amount += BigInt(amount[edge]);
      flow.last = time[edge];
      flow.transfers.push(edge);
      flows.set(key, flow);
    }
  });
  const of = new Map();
  for (const flow of [...flows.values()].sort((a, b) => (a.amount < b.amount ? 1 : -1))) {
    listed(of, flow.sender).push(flow);
    listed(of, flow.recipient).push(flow);
  }
  return of;
});

function untracedOf(node) {
  return untracedFlows(view.from, view.to, view.filter).get(node) || [];
}

// The flows to draw: of each address that was asked about, if it is in the picture or a neighbour itself.
function openedFlows(shown, { neighbours, hidden }) {
  const found = new Set();
  for (const [name, count] of Object.entries(neighbours)) {
    const node = Number(name);
    if (shown.has(node) || trace.nodes.beside[node]) {
      untracedOf(node).slice(0, count).forEach((flow) => found.add(flow));
    }
  }
  return [...found].filter((flow) => !hidden.includes(flow.sender) && !hidden.includes(flow.recipient));
}

// Who pays stands a column further left, who is paid a column further right.
function neighbourRoutes(flows, boxes, box, ends, graph) {
  const routes = [];
  for (const flow of flows) {
    const [from, to] = [flow.sender, flow.recipient].map((node) => boxes.get(String(boxOf(graph, node) ?? node)));
    const known = from || to || box(String(flow.sender), flow.sender, 1, false);
    const left = from || (known === to ? box(String(flow.sender), flow.sender, Math.max(0, to.column - 1), false) : known);
    const right = to || box(String(flow.recipient), flow.recipient, Math.min(ends, left.column + 1), false);
    routes.push({ flow, from: left, to: right, untraced: true });
  }
  return routes;
}

function untracedText({ sender, recipient, amount, transfers }) {
  return `${nodeLongName(sender)} → ${nodeLongName(recipient)}\n${exactAmount(amount)} ${visibleText(trace.asset.symbol)} in ` +
    `${plural(transfers.length, "transfer")}, untraced: no rule puts stolen value into them`;
}
