// Which addresses are drawn: always the largest flow leaving what is already drawn (best first),
// and the strongest path to each large end, so that no cash-out is left out for being small.

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
