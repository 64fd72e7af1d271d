// What is shown. Everything on the page follows from the trace and this.
const START = {
  rule: null,
  tab: "flow",
  top: 0, // 0: as many addresses as are readable at this window size
  least: 0, // position of the "min flow" slider
  from: null, // time window, both ends included
  to: null,
  expanded: {}, // address -> how many more of its recipients are shown
  pinned: [], // addresses shown because somebody asked for them
  node: null,
  flow: null, // [sender, recipient]
  labels: true,
  table: null, // whether the table of the rules is open; null: where the window is high enough
  time: null, // and the timeline
  even: false, // timeline by the clock instead of by activity
};

const view = { ...START };

function change(patch) {
  Object.assign(view, patch);
  refresh();
  saveHash();
}

function saveHash() {
  const differs = {};
  for (const name of Object.keys(START)) {
    if (JSON.stringify(view[name]) !== JSON.stringify(START[name])) {
      differs[name] = view[name];
    }
  }
  const text = Object.keys(differs).length ? encodeURIComponent(JSON.stringify(differs)) : "";
  try {
    history.replaceState(null, "", "#" + text);
  } catch {
    location.hash = text; // some browsers refuse replaceState on file:
  }
}

// A link is text from somebody else: only known names with sensible values are taken over.
function readHash() {
  Object.assign(view, START, { rule: leadingRule(), expanded: {}, pinned: [] });
  let asked = {};
  try {
    asked = Object(JSON.parse(decodeURIComponent(location.hash.slice(1)) || "{}"));
  } catch {
    return;
  }
  const isNode = (value) => Number.isInteger(value) && value >= 0 && value < nodeCount();
  const sound = {
    rule: (value) => trace.rules.includes(value),
    tab: (value) => TABS.some((tab) => tab.name === value && (!tab.there || tab.there())),
    top: (value) => Number.isInteger(value) && value >= 0 && value <= MOST_NODES,
    least: (value) => Number.isInteger(value) && value >= 0 && value < LEAST_SHARES.length,
    from: Number.isFinite,
    to: Number.isFinite,
    expanded: (value) => Object.entries(value).every(([node, count]) => isNode(Number(node)) && Number.isInteger(count)),
    pinned: (value) => Array.isArray(value) && value.length <= MOST_NODES && value.every(isNode),
    node: isNode,
    flow: (value) => Array.isArray(value) && value.length === 2 && value.every(isNode),
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
}
