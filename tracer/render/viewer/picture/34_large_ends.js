// The large ends, to which the picture leads whatever else is left out.

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
