// The investigator's own layer: names, notes and named views. It is never part of a result, is kept by address and by row key, so
// that it survives another trace, and leaves the page in a file of its own only.
const NO_NOTES = { addresses: {}, transfers: {}, views: [] };
const FORMAT = "tracer annotations 1";
const MOST_TEXT = 10000; // characters of a note
let notes = NO_NOTES;
let author = "";

function rowKey(edge) {
  const { height, position, row } = trace.edges;
  return height[edge] === null ? `row ${row[edge]}` : `${height[edge]}:${position[edge]}`;
}

const nodeByAddress = remember(() => new Map(trace.nodes.address.map((address, node) => [address, node])));

const remarksOn = (kind, key) => (Object.hasOwn(notes[kind], key) ? notes[kind][key] : []);
const remarksOnNode = (node) => remarksOn("addresses", trace.nodes.address[node]);
const remarksOnTransfer = (edge) => remarksOn("transfers", rowKey(edge));

// The name somebody gave an address: the first, where several did.
function givenName(node) {
  const named = remarksOnNode(node).find(({ what }) => what === "name");
  return named ? visibleText(shortened(named.text, 60)) : null;
}

function annotate(kind, key, what, text) {
  const said = { what, text: text.trim().slice(0, MOST_TEXT), author: author.slice(0, 200), time: new Date().toISOString().slice(0, 19) + "Z" };
  if (said.text) {
    changeNotes({ ...notes, [kind]: { ...notes[kind], [key]: [...remarksOn(kind, key), said] } });
  }
}

function removeRemark(kind, key, remark) {
  changeNotes({ ...notes, [kind]: { ...notes[kind], [key]: remarksOn(kind, key).filter((one) => one !== remark) } });
}

// What belongs to addresses goes by address into the file, what belongs to this picture as the view.
function notesAsJson() {
  const byAddress = (nodes) => nodes.map((node) => trace.nodes.address[node]);
  const { hidden, colours } = view;
  return JSON.stringify({
    format: FORMAT,
    case: trace.case,
    results_digest: trace.results_digest,
    tracer: trace.tracer,
    addresses: notes.addresses,
    transfers: notes.transfers,
    views: notes.views,
    hidden: byAddress(hidden),
    colours: Object.entries(colours).map(([node, colour]) => [trace.nodes.address[node], colour]),
  }, null, 1);
}

const isText = (value) => typeof value === "string";
const isRemark = (one) => one && ["name", "note"].includes(one.what) && [one.text, one.author, one.time].every(isText) && one.text.length <= MOST_TEXT;

// A file of somebody else is text: what is no annotation is refused, and what is one is added and overwrites nothing.
function addNotes(text) {
  const read = JSON.parse(text);
  if (!read || read.format !== FORMAT) {
    throw new Error(`this is no file of annotations: "format" is not "${FORMAT}"`);
  }
  const merged = structuredClone({ addresses: notes.addresses, transfers: notes.transfers, views: notes.views });
  for (const kind of ["addresses", "transfers"]) {
    for (const [key, remarks] of Object.entries(Object(read[kind]))) {
      if (!Array.isArray(remarks) || !remarks.every(isRemark)) {
        throw new Error(`${kind} of ${shortened(key, 80)} has what is neither a name nor a note`);
      }
      const own = Object.hasOwn(merged[kind], key) ? merged[kind][key] : [];
      const known = new Set(own.map((one) => JSON.stringify([one.what, one.text, one.author])));
      const fresh = remarks.filter(({ what, text: said, author: by }) => !known.has(JSON.stringify([what, said, by])));
      Object.defineProperty(merged[kind], key, { value: [...own, ...fresh.map(({ what, text: said, author: by, time }) => ({ what, text: said, author: by, time }))], enumerable: true, configurable: true, writable: true });
    }
  }
  const views = Array.isArray(read.views) ? read.views.filter((one) => one && isText(one.name) && isText(one.state) && isText(one.author)) : [];
  const here = new Set(merged.views.map(({ name, state }) => JSON.stringify([name, state])));
  merged.views.push(...views.filter(({ name, state }) => !here.has(JSON.stringify([name, state]))));
  const nodes = (addresses) => (Array.isArray(addresses) ? addresses : []).map((address) => nodeByAddress().get(address)).filter((node) => node !== undefined);
  const coloured = (Array.isArray(read.colours) ? read.colours : []).filter((pair) => Array.isArray(pair) && nodeByAddress().has(pair[0]) && isColour(pair[1]));
  view.hidden = [...new Set([...view.hidden, ...nodes(read.hidden)])];
  view.colours = { ...Object.fromEntries(coloured.map(([address, colour]) => [nodeByAddress().get(address), colour])), ...view.colours };
  changeNotes(merged);
  const absent = Object.keys(merged.addresses).filter((address) => !nodeByAddress().has(address)).length;
  const other = read.results_digest === trace.results_digest ? "" : "; they were made on other results of this case, or on another case";
  say(`annotations added${other}${absent ? `; ${plural(absent, "address")} of them are not on this page, and are kept` : ""}`);
}
