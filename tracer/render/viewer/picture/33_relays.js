// Relays: accounts that were paid by one sender only and passed it on to one recipient only, and kept next to nothing. Those between the
// same two boxes are one line, whether one after the other or side by side.
const KEPT = 100n; // a relay kept at most a hundredth of what it was given

function linesOfRelays(graph, rule, apart) {
  const starts = new Set(sources(graph));
  const relays = new Map();
  for (const [node, into] of graph.incoming) {
    const out = graph.outgoing.get(node) || [];
    if (into.length === 1 && out.length === 1 && !into[0].theft && !starts.has(node) && !apart.has(node) && passesOn(rule, node, into[0])) {
      relays.set(node, { into: into[0], out: out[0] });
    }
  }
  const between = new Map();
  for (const [node, { into }] of relays) {
    const chain = relays.has(into.sender) ? [] : chainFrom(relays, node);
    const end = chain.length && relays.get(chain[chain.length - 1]).out.recipient;
    if (chain.length && end !== into.sender) {
      listed(between, `${into.sender} ${end}`).push(chain);
    }
  }
  return [...between.values()].map((chains) => lineOf(chains, relays));
}

// Nobody labelled it, marked it or read nothing of it, and nearly nothing of what arrived stayed.
function passesOn(rule, node, { stolen }) {
  const { role, label, labels, marked, service } = trace.nodes;
  const plain = role[node] === "account" && label[node] === null && service[node] === null && !labels[node].length && !marked[node].length;
  return plain && (allEndedByNode(rule).get(node) || 0n) * KEPT <= stolen;
}

function chainFrom(relays, node) {
  const chain = [];
  for (let next = node; relays.has(next); next = relays.get(next).out.recipient) {
    chain.push(next);
  }
  return chain;
}

// `into` is what the first relays were given, `stolen` what the last ones paid on.
function lineOf(chains, relays) {
  const [from, to] = [(chain) => relays.get(chain[0]).into, (chain) => relays.get(chain[chain.length - 1]).out];
  const flows = chains.flatMap((chain) => [from(chain), ...chain.map((node) => relays.get(node).out)]);
  const ends = chains.map(to);
  const whole = joined(from(chains[0]).sender, ends[0].recipient, flows.flatMap(partsOf));
  return {
    ...whole,
    stolen: total(ends),
    size: ends.reduce((sum, { size }) => sum + size, 0),
    relays: chains.flat(),
    steps: leastOf(chains, ({ length }) => length) + 1,
    into: total(chains.map(from)),
  };
}

// A relay that was paid once and paid once.
function isSingleUse(line, node) {
  const { sender, recipient } = trace.edges;
  return line.transfers.filter((edge) => recipient[edge] === node).length === 1 && line.transfers.filter((edge) => sender[edge] === node).length === 1;
}

// "3 relays, 12 min"
function lineText({ relays, first, last }) {
  return `${plural(relays.length, "relay")}${first === null || last === null ? "" : `, ${lasting(last - first)}`}`;
}

const SPANS = [["day", 86400], ["h", 3600], ["min", 60], ["s", 1]];

// A span of time in its largest unit, rounded down: "12 min".
function lasting(seconds) {
  const [unit, length] = SPANS.find(([, size]) => seconds >= size * (size === 86400 ? 2 : 1)) || SPANS[SPANS.length - 1];
  const count = Math.floor(seconds / length);
  return `${grouped(String(count))} ${unit === "day" ? "days" : unit}`;
}
