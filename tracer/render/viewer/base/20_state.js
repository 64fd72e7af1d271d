// What is shown. Everything on the page follows from the trace and this.
const START = {
  rule: null,
  whatIf: null, // number of the run under another assumption; null for the case as it was asked
  tab: "flow",
  top: 0, // 0: as many addresses as are readable at this window size
  least: 0, // position of the "min flow" slider
  from: null, // time window, both ends included
  to: null,
  expanded: {}, // address -> how many more of its recipients are shown
  pinned: [], // addresses shown because somebody asked for them
  node: null,
  flow: null, // [sender, recipient], and RELAYS where it is a line of them
  labels: true,
  neighbours: {}, // address -> how many of its untraced flows are shown
  hidden: [], // addresses taken out of the picture
  collapsed: [], // addresses after which nothing is drawn
  colours: {}, // address -> number of a colour
  moved: {}, // box -> how far it was dragged
  folds: true, // whether services and relays are folded at all
  opened: [], // folds opened: an address of the service or each relay; of flows there and back, both ends
  chosen: [], // several addresses at once
  exit: null, // an address of the exit whose card is open
  picked: [], // transfers of a path picked by hand
  path: null, // [from, to]: the strongest path between two addresses
  filter: {}, // typed: least and most amount, memo, tag, row
  table: null, // whether the table of the rules is open; null: where the window is high enough
  time: null, // and the timeline
  even: false, // timeline by the clock instead of by activity
};

const RELAYS = "relays";
const view = { ...START };

// What is otherwise than at the start.
function differing() {
  return Object.fromEntries(Object.entries(view).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(START[name])));
}

function hashText() {
  const differs = differing();
  return Object.keys(differs).length ? encodeURIComponent(JSON.stringify(differs)) : "";
}

const isColour = (value) => Number.isInteger(value) && value >= 0 && value < SERVICE_INKS;

// A link is text from somebody else: only known names with sensible values are taken over. How many names are not on this page.
function readHash(text = location.hash.slice(1)) {
  Object.assign(view, structuredClone(START), { rule: leadingRule() });
  let asked = {};
  let absent = 0;
  try {
    asked = Object(JSON.parse(decodeURIComponent(text) || "{}"));
    if (asked[BY_ADDRESS] === true) {
      ({ parts: asked, absent } = viewByNumber(asked));
    }
  } catch {
    return 0;
  }
  const isNode = (value) => Number.isInteger(value) && value >= 0 && value < nodeCount();
  const sound = {
    rule: (value) => trace.rules.includes(value),
    whatIf: (value) => Number.isInteger(value) && value >= 0 && value < runCount(),
    tab: (value) => TABS.some((tab) => tab.name === value && (!tab.there || tab.there())),
    top: (value) => Number.isInteger(value) && value >= 0 && value <= MOST_NODES,
    least: (value) => Number.isInteger(value) && value >= 0 && value < LEAST_SHARES.length,
    from: Number.isFinite,
    to: Number.isFinite,
    expanded: (value) => Object.entries(value).every(([node, count]) => isNode(Number(node)) && Number.isInteger(count)),
    neighbours: (value) => Object.entries(Object(value)).every(([node, count]) => isNode(Number(node)) && Number.isInteger(count)),
    pinned: (value) => Array.isArray(value) && value.length <= MOST_NODES && value.every(isNode),
    node: isNode,
    exit: isNode,
    flow: (value) => Array.isArray(value) && value.slice(0, 2).every(isNode) && (value.length === 2 || (value.length === 3 && value[2] === RELAYS)),
    hidden: (value) => Array.isArray(value) && value.every(isNode),
    collapsed: (value) => Array.isArray(value) && value.every(isNode),
    chosen: (value) => Array.isArray(value) && value.every(isNode),
    picked: (value) => Array.isArray(value) && value.every((edge) => Number.isInteger(edge) && edge >= 0 && edge < edgeCount()),
    path: (value) => Array.isArray(value) && value.length === 2 && value.every(isNode),
    colours: (value) => Object.entries(Object(value)).every(([node, colour]) => isNode(Number(node)) && isColour(colour)),
    moved: (value) => Object.values(Object(value)).every((by) => Array.isArray(by) && by.length === 2 && by.every((one) => Math.abs(one) < 1e5)),
    filter: (value) => Object.entries(Object(value)).every(([name, text]) => FILTERS.includes(name) && typeof text === "string" && text.length <= 200),
    folds: (value) => typeof value === "boolean",
    opened: (value) => Array.isArray(value) && value.every((one) => isNode(one) || (Array.isArray(one) && one.length === 2 && one.every(isNode))),
    labels: (value) => typeof value === "boolean",
    even: (value) => typeof value === "boolean",
    table: (value) => typeof value === "boolean",
    time: (value) => typeof value === "boolean",
  };
  for (const [name, holds] of Object.entries(sound)) {
    if (asked[name] !== undefined && asked[name] !== null && holds(asked[name])) {
      view[name] = asked[name];
    }
  }
  return absent;
}
