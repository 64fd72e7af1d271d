// Which addresses are drawn: always the largest flow leaving what is already drawn (best first),
// and the strongest path to each large end, so that no cash-out is left out for being small.
const MOST_NODES = 300;
const MORE_AT_ONCE = 8; // a click on a "+n more" stub shows this many
const LEAST_SHARES = [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]; // of what was stolen

// A drained exchange is a service too, but here it is where the picture starts.
function isService(node) {
  return !isVictim(node) && (trace.nodes.role[node] === "service" || trace.nodes.service[node] !== null);
}

function isVictim(node) {
  return trace.nodes.role[node] === "victim" || theftSenders(trace.edges).has(node);
}

const theftSenders = rememberOf(({ theft, sender }) => {
  return new Set(sender.filter((_, edge) => theft[edge] >= 0));
});

// The least flow that is drawn.
function smallestOf([rule], least) {
  return LEAST_SHARES[least] * Number(amountOf(trace.stolen, rule));
}

// `room` says what fits: {nodes, columns, rows, most}. The largest flows fill up to `rows` of a
// column; what matters most (the way to each large end) may fill up to `most`.
function visibleNodes(graph, room, least, asked) {
  const shown = new Map(); // address -> hops from the theft
  const filled = {};
  const byHand = new Set(asked.hidden);
  const hidden = { has: (node) => membersOf(graph, node).every((one) => byHand.has(one)) };
  const closed = new Set(asked.collapsed);
  const take = (node, hops, limit) => {
    const column = isService(node) ? "end" : hops;
    const used = filled[column] || 0;
    const oneMore = used === 0 && column !== "end" && Object.keys(filled).length >= room.columns + ("end" in filled);
    if (shown.has(node) || hidden.has(node) || used >= limit || (oneMore && limit !== Infinity)) {
      return false;
    }
    filled[column] = used + 1;
    shown.set(node, hops);
    return true;
  };
  const waiting = new Heap((a, b) => b.size - a.size);
  const open = (node) => (isService(node) || closed.has(node) ? [] : graph.outgoing.get(node) || []).forEach((flow) => waiting.push(flow));

  sources(graph).forEach((node) => take(node, 0, Infinity));
  for (const path of pathsToEnds(graph, room, least)) {
    path.every(({ node, hops }, at) => {
      return (at === 0 || !closed.has(path[at - 1].node)) && (shown.has(node) || (shown.size < room.nodes && take(node, hops, room.most)));
    });
  }
  [...shown.keys()].forEach(open);
  for (let flow = waiting.pop(); flow && shown.size < room.nodes && flow.size >= least; flow = waiting.pop()) {
    if (take(flow.recipient, shown.get(flow.sender) + (flow.steps || 1), room.rows)) {
      open(flow.recipient);
    }
  }
  takeAsked(graph, asked, shown, take);
  return new Set(shown.keys());
}

// What a click or a search asked for is shown whatever the limits.
function takeAsked(graph, asked, shown, take) {
  for (const node of asked.pinned.map((one) => boxOf(graph, one))) {
    if (graph.addresses.has(node)) {
      take(node, 1, Infinity);
    }
  }
  for (const [node, count] of Object.entries(asked.expanded).filter(([one]) => !asked.collapsed.includes(Number(one)))) {
    const hidden = (graph.outgoing.get(Number(node)) || []).filter((flow) => !shown.has(flow.recipient));
    hidden.slice(0, count).forEach((flow) => take(flow.recipient, (shown.get(flow.sender) || 0) + 1, Infinity));
  }
}

// Where at least a hundredth of the stolen value ended, and every service. Where there is room
// for few, the large services come first: there the value can be frozen.
const LARGE_END = 100n;
const ENDS = 16;

const largeEnds = remember((rule) => {
  const amounts = new Map();
  for (const { node, reason, amounts: byRule } of trace.endpoints) {
    if (reason !== "dust" && reason !== "returned") {
      amounts.set(node, (amounts.get(node) || 0n) + amountOf(byRule, rule));
    }
  }
  const largest = [...amounts].filter(([, amount]) => amount > 0n).sort(([, a], [, b]) => (a < b ? 1 : -1));
  const least = amountOf(trace.stolen, rule) / LARGE_END;
  const seen = new Set();
  const first = [];
  const then = [];
  for (const [node, amount] of largest) {
    const newService = isService(node) && !seen.has(nodeName(node));
    if (newService) {
      seen.add(nodeName(node));
    }
    if (amount >= least || newService) {
      (newService && amount >= least ? first : then).push(node);
    }
  }
  const pathTo = (node) => nodesOfPath(strongestPath(rule, node));
  return [...first, ...then].slice(0, ENDS).map((node) => ({ node, size: Number(amounts.get(node)), path: pathTo(node) }));
});

function pathsToEnds(graph, room, least) {
  const inWindow = ({ path }) => path.every((node) => graph.raw.addresses.has(node));
  const fits = (path) => path.length > 0 && path.length <= room.columns + 1;
  const large = largeEnds(view.rule).filter(({ size }) => size >= least);
  return large.filter(inWindow).map(({ path }) => boxesOfPath(graph, path)).filter(fits);
}

// What of a drawn address is not drawn, the "+n more" stub: what left it, or what a service received.
function hiddenFlows(graph, shown, node) {
  return isService(node)
    ? (graph.incoming.get(node) || []).filter((flow) => !shown.has(flow.sender))
    : (graph.outgoing.get(node) || []).filter((flow) => !shown.has(flow.recipient));
}

class Heap {
  constructor(compare) {
    this.compare = compare;
    this.items = [];
  }

  push(item) {
    const { items, compare } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compare(items[parent], item) <= 0) {
        break;
      }
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  pop() {
    const { items, compare } = this;
    const first = items[0];
    const last = items.pop();
    if (!items.length) {
      return first;
    }
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      if (child + 1 < items.length && compare(items[child + 1], items[child]) < 0) {
        child += 1;
      }
      if (compare(last, items[child]) <= 0) {
        break;
      }
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return first;
  }
}
