// Parallel transfers between the same two addresses become one flow, per rule and time window.

// BigInt for every sum that is shown; a Number beside it only to compare widths and sort.
const stolenOf = remember((rule) => {
  const column = trace.edges.stolen[rule];
  const exact = column.map(BigInt);
  return { exact, size: Float64Array.from(exact, Number) };
});

// Of all that stands on the timeline: transfers, evidence, claims.
const timeSpan = remember(() => {
  const beside = [...trace.evidence.map(({ time }) => time), ...trace.claims.flatMap(({ since, until }) => [since, until])];
  const times = [...trace.edges.time.filter((_, edge) => !trace.edges.beside[edge]), ...beside].filter((time) => time !== null);
  let first = Infinity;
  let last = -Infinity;
  for (let edge = 0; edge < times.length; edge++) {
    first = Math.min(first, times[edge]);
    last = Math.max(last, times[edge]);
  }
  return { first: times.length ? first : null, last: times.length ? last : null };
});

// What has no stated time lies in no window of time.
function inWindow(time, from, to) {
  return (from === null && to === null) || (time !== null && (from === null || time >= from) && (to === null || time <= to));
}

// The transfers of a window of time that pass a filter, in ledger order.
const transfersWithin = remember((from, to, filter) => {
  const passes = filterOf(filter);
  const { time } = trace.edges;
  return transfersWhere((edge) => inWindow(time[edge], from, to) && passes(edge));
});

function transfersWhere(holds) {
  return numbersWhere(edgeCount(), holds);
}

function numbersWhere(count, holds) {
  const found = [];
  for (let number = 0; number < count; number++) {
    if (holds(number)) {
      found.push(number);
    }
  }
  return found;
}

const aggregate = remember((rule, from, to, filter) => {
  const { sender, recipient, time, theft } = trace.edges;
  const { exact, size } = stolenOf(rule);
  const count = nodeCount();
  const flows = new Map();
  for (const edge of transfersWithin(from, to, filter)) {
    if (size[edge] === 0) {
      continue;
    }
    const key = sender[edge] * count + recipient[edge];
    let flow = flows.get(key);
    if (!flow) {
      flow = newFlow(edge);
      flows.set(key, flow);
    }
    flow.stolen += exact[edge];
    flow.size += size[edge];
    flow.first = flow.first === null || time[edge] === null ? null : Math.min(flow.first, time[edge]);
    flow.last = flow.last === null || time[edge] === null ? null : Math.max(flow.last, time[edge]);
    flow.theft = flow.theft || theft[edge] >= 0;
    flow.transfers.push(edge);
  }
  return connected([...flows.values()]);
});

// Edges come in ledger order, so a flow is known by the ledger row of its first transfer.
function newFlow(edge) {
  const { sender, recipient, time } = trace.edges;
  return {
    row: trace.edges.row[edge],
    sender: sender[edge],
    recipient: recipient[edge],
    stolen: 0n,
    size: 0,
    first: time[edge],
    last: time[edge],
    theft: false,
    transfers: [],
  };
}

function connected(flows) {
  const outgoing = new Map();
  const incoming = new Map();
  for (const flow of flows) {
    listed(outgoing, flow.sender).push(flow);
    listed(incoming, flow.recipient).push(flow);
  }
  for (const lists of [outgoing, incoming]) {
    lists.forEach((list) => list.length > 1 && list.sort((a, b) => b.size - a.size));
  }
  return { flows, outgoing, incoming, addresses: new Set([...outgoing.keys(), ...incoming.keys()]) };
}

function listed(map, key) {
  let list = map.get(key);
  if (list === undefined) {
    list = [];
    map.set(key, list);
  }
  return list;
}

function total(flows = []) {
  return flows.reduce((sum, flow) => sum + flow.stolen, 0n);
}

function currentGraph() {
  return aggregate(view.rule, view.from, view.to, view.filter);
}

function flowBetween(graph, sender, recipient) {
  return (graph.outgoing.get(sender) || []).find((flow) => flow.recipient === recipient && !flow.relays);
}

// Where the picture starts: the senders of the thefts; if the window hides the thefts, the largest
// senders that receive nothing in it.
const MOST_ROOTS = 8;

const sources = rememberOf((graph) => {
  const senders = new Set(graph.flows.filter((flow) => flow.theft).map((flow) => flow.sender));
  gotInExchange().filter(({ node }) => graph.outgoing.has(node)).forEach(({ node }) => senders.add(node));
  if (senders.size) {
    return [...senders];
  }
  const sent = new Map([...graph.outgoing].map(([node, flows]) => [node, flows.reduce((sum, flow) => sum + flow.size, 0)]));
  const bySize = [...sent.keys()].sort((a, b) => sent.get(b) - sent.get(a));
  const roots = bySize.filter((node) => !graph.incoming.has(node)).slice(0, MOST_ROOTS);
  return roots.length ? roots : bySize.slice(0, 1);
});
