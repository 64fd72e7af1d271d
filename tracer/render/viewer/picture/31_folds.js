// Folds: what belongs together is one box, or one line, until somebody opens it. All addresses of a service are one box; accounts that
// pass on to one recipient what one sender paid them are one line between the two. The graph with folds has the same value as the one
// without: each of its flows has as `parts` the flows that it stands for.

// The addresses of each service that has several.
const addressesOfServices = remember(() => {
  const services = new Map();
  numbersWhere(nodeCount(), (node) => isService(node) && trace.nodes.service[node] !== null).forEach((node) => listed(services, trace.nodes.service[node]).push(node));
  return new Map([...services].filter(([, nodes]) => nodes.length > 1));
});

const foldedGraph = remember((rule, from, to, filter, folds, opened, written) => {
  const graph = aggregate(rule, from, to, filter);
  const services = folds ? closedServices(graph, new Set(opened)) : new Map();
  const merged = withServicesFolded(graph, services);
  const lines = folds ? linesOfRelays(merged, rule, new Set([...opened, ...written])) : [];
  const inLine = new Map(lines.flatMap((line) => line.relays.map((node) => [node, line])));
  const flows = [...merged.flows.filter(({ sender, recipient }) => !inLine.has(sender) && !inLine.has(recipient)), ...lines];
  return { ...connected(flows), raw: graph, standsFor: merged.standsFor, inside: merged.inside, members: services, inLine, folds, opened };
});

// What somebody has written about or coloured is no part of a line.
function writtenAbout() {
  const written = Object.keys(notes.addresses).filter((address) => notes.addresses[address].length).map((address) => nodeByAddress().get(address));
  return [...written.filter((node) => node !== undefined), ...Object.keys(view.colours).map(Number)];
}

// Of it what would be: anything else changes no fold.
function writtenInLines(folds, opened) {
  const written = writtenAbout();
  const { inLine } = written.length ? foldedGraph(view.rule, view.from, view.to, view.filter, folds, opened, []) : {};
  return written.filter((node) => inLine.has(node)).sort((a, b) => a - b);
}

// Of each service that nobody opened: the first of its addresses in the graph -> all of them, where they are several.
function closedServices(graph, opened) {
  const closed = new Map();
  for (const nodes of addressesOfServices().values()) {
    const here = nodes.filter((node) => graph.addresses.has(node));
    if (here.length > 1 && !nodes.some((node) => opened.has(node))) {
      closed.set(here[0], here);
    }
  }
  return closed;
}

function withServicesFolded(graph, services) {
  const standsFor = new Map([...services].flatMap(([first, nodes]) => nodes.map((node) => [node, first])));
  const boxOf = (node) => standsFor.get(node) ?? node;
  const between = new Map();
  const inside = [];
  const found = []; // flows, and lists of those that become one
  for (const flow of graph.flows) {
    if (!standsFor.has(flow.sender) && !standsFor.has(flow.recipient)) {
      found.push(flow);
      continue;
    }
    const [sender, recipient] = [boxOf(flow.sender), boxOf(flow.recipient)];
    if (sender === recipient && (sender !== flow.sender || recipient !== flow.recipient)) {
      inside.push(flow);
      continue;
    }
    const parts = listed(between, sender * nodeCount() + recipient);
    if (parts.push(flow) === 1) {
      found.push(parts);
    }
  }
  const flows = found.map((one) => (Array.isArray(one) ? joined(boxOf(one[0].sender), boxOf(one[0].recipient), one) : one));
  return { ...connected(flows), standsFor, inside };
}

function joined(sender, recipient, parts) {
  const [first] = parts;
  if (parts.length === 1 && first.sender === sender && first.recipient === recipient) {
    return first;
  }
  const known = (name) => parts.every((flow) => flow[name] !== null);
  return {
    row: leastOf(parts, ({ row }) => row),
    sender,
    recipient,
    stolen: total(parts),
    size: parts.reduce((sum, { size }) => sum + size, 0),
    first: known("first") ? leastOf(parts, (flow) => flow.first) : null,
    last: known("last") ? -leastOf(parts, (flow) => -flow.last) : null,
    theft: parts.some(({ theft }) => theft),
    transfers: parts.flatMap(({ transfers }) => transfers).sort((a, b) => a - b),
    parts,
  };
}

const leastOf = (list, of) => list.reduce((found, one) => Math.min(found, of(one)), Infinity);

const partsOf = (flow) => flow.parts || [flow];

// The box that stands for an address; null where it lies within a line.
function boxOf(graph, node) {
  return graph.inLine.has(node) ? null : graph.standsFor.get(node) ?? node;
}

// A path as the picture can draw it: its boxes, each once, and how many hops from its start they are.
function boxesOfPath(graph, path) {
  const boxes = path.map((node, hops) => ({ node: boxOf(graph, node), hops })).filter(({ node }) => node !== null);
  return boxes.filter(({ node }, at) => at === 0 || node !== boxes[at - 1].node);
}

// The addresses that a box stands for.
const membersOf = (graph, node) => graph.members.get(node) || [node];

// What the picture shows of the graph without folds: addresses, and flows between them.
function covered({ graph, shown, routes }) {
  const lines = routes.map(({ flow }) => flow).filter(({ relays }) => relays);
  const addresses = new Set([...shown].flatMap((node) => membersOf(graph, node)));
  const folded = new Set([...shown].filter((node) => graph.members.has(node)).flatMap((node) => membersOf(graph, node)));
  lines.flatMap(({ relays }) => relays).forEach((node) => addresses.add(node) && folded.add(node));
  const drawn = routes.filter(({ far, untraced }) => !far && !untraced).flatMap(({ flow, back }) => [...partsOf(flow), ...(back ? partsOf(back) : [])]);
  const inside = graph.inside.filter(({ sender }) => shown.has(boxOf(graph, sender)));
  return { addresses, folded, flows: new Set([...drawn, ...inside]) };
}
