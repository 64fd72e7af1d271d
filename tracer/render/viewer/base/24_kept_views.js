// A kept view names addresses and transfers as the chain does, and not by their numbers on this page: it is the same view on a page that
// was traced anew, and in a picture that is made without a window.
const BY_ADDRESS = "by address";

// The same parts of a view, with other names: `node` of each address, `edge` of each transfer, `box` of each box that was dragged.
function renamed(parts, { node, edge, box }) {
  const each = (list) => list.map(node);
  const keys = (counts, name = node) => Object.fromEntries(Object.entries(counts).map(([key, value]) => [name(key), value]));
  const by = {
    node,
    exit: node,
    pinned: each,
    hidden: each,
    collapsed: each,
    chosen: each,
    path: each,
    flow: ([from, to, ...more]) => [node(from), node(to), ...more],
    opened: (list) => list.map((one) => (Array.isArray(one) ? each(one) : node(one))),
    expanded: keys,
    neighbours: keys,
    colours: keys,
    moved: (boxes) => keys(boxes, box),
    picked: (list) => list.map(edge),
  };
  return Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, by[name] && value !== null ? by[name](value) : value]));
}

const ofBox = (node) => (id) => id.replace(/^(back )?(.*)$/, (_, back = "", of) => back + node(of));

function viewByAddress() {
  const node = (one) => trace.nodes.address[one];
  const parts = renamed(differing(), { node, edge: rowKey, box: ofBox(node) });
  return encodeURIComponent(JSON.stringify({ ...parts, whatIf: view.whatIf === null ? null : runName(view.whatIf), [BY_ADDRESS]: true }));
}

const edgeByRowKey = rememberOf(({ row }) => new Map(row.map((_, edge) => [rowKey(edge), edge])));

// What a view by address means on this page, and how many of its names are not on it.
function viewByNumber({ [BY_ADDRESS]: _, whatIf, ...parts }) {
  let absent = 0;
  const found = (number) => {
    absent += number === undefined;
    return number ?? null;
  };
  const node = (address) => found(nodeByAddress().get(address));
  const numbered = renamed(parts, { node, edge: (key) => found(edgeByRowKey(trace.edges).get(key)), box: ofBox(node) });
  const run = numbersTo(runCount()).findIndex((number) => runName(number) === whatIf);
  const here = Object.entries(numbered).map(([name, value]) => [name, withoutAbsent(value)]);
  return { parts: { ...Object.fromEntries(here), whatIf: run < 0 ? null : run }, absent };
}

function withoutAbsent(value) {
  if (Array.isArray(value)) {
    return value.filter((one) => one !== null && !(Array.isArray(one) && one.includes(null)));
  }
  return value === null || typeof value !== "object" ? value : Object.fromEntries(Object.entries(value).filter(([key]) => !/^(back )?null$/.test(key)));
}
