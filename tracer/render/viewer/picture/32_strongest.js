// The strongest path to an address: the chain of transfers, each later than the one before,
// whose smallest stolen value is largest. One pass in ledger order finds it for every address,
// because what reached the sender before a transfer is known when the transfer is read.
// Where the trail stops a path may end, but none goes on.
const strongestPaths = remember((rule) => {
  const { sender, recipient, theft, cut } = trace.edges;
  const { exact } = stolenOf(rule);
  const best = new Map();
  const ends = new Map();
  const begins = new Set(gotInExchange().map(({ node }) => node));
  for (let edge = 0; edge < sender.length; edge++) {
    const before = theft[edge] >= 0 ? null : best.get(sender[edge]) ?? (begins.has(sender[edge]) ? null : undefined);
    if (exact[edge] === 0n || before === undefined) {
      continue;
    }
    const width = before && before.width < exact[edge] ? before.width : exact[edge];
    keepWider(ends, recipient[edge], { edge, before, width });
    if (cut[edge] === null) {
      keepWider(best, recipient[edge], { edge, before, width });
    }
  }
  return ends;
});

function keepWider(links, node, link) {
  const known = links.get(node);
  if (!known || link.width > known.width) {
    links.set(node, link);
  }
}

// The transfers of that path from the theft on; empty when no stolen value arrived.
function strongestPath(rule, node) {
  const path = [];
  for (let link = strongestPaths(rule).get(node); link; link = link.before) {
    path.push(link.edge);
  }
  return path.reverse();
}

function nodesOfPath(path) {
  const { sender, recipient } = trace.edges;
  return path.length ? [sender[path[0]], ...path.map((edge) => recipient[edge])] : [];
}
