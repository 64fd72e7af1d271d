// The columns of the tables. A column has a title, the text of a row (this is what the CSV gets),
// what to sort by, and sometimes its own way to fill the cell.
const MEMO_IN_TABLE = 120; // characters of a cell; the CSV has all

const textColumn = (title, text, more = {}) => ({ title, text, sort: text, ...more });

// In the CSV the unit stands in the heading: a figure without one is no figure.
const amountColumn = (title, units, hint) => ({
  title,
  hint,
  csvTitle: `${title} (${visibleText(trace.asset.symbol)})`,
  number: true,
  text: (row) => plainAmount(units(row)),
  sort: units,
  fill: (cell, row) => addAmount(cell, units(row)),
});

const nodeColumn = (title, node) => ({
  title,
  text: (row) => visibleText(trace.nodes.address[node(row)]),
  sort: (row) => nodeName(node(row)),
  fill: (cell, row) => addNodeLink(cell, node(row), nodeName(node(row))),
});

const nameColumn = (title, node) => textColumn(title, (row) => {
  const name = nodeName(node(row));
  return name === shortAddress(node(row)) ? "" : name;
}, { csvOnly: true });

const hashColumn = (title, hash) => textColumn(title, (row) => hash(row) || "", {
  fill: (cell, row) => add(cell, "code", hash(row) || "", { class: "hash" }),
});

function transferColumns() {
  const { edges } = trace;
  const whole = (column) => (row) => (column[row] === null ? "" : String(column[row]));
  return [
    { title: "row", number: true, text: whole(edges.row), sort: (row) => edges.row[row], hint: "the row of the ledger; a click shows the transfer in the picture", fill: (cell, row) => button(cell, String(edges.row[row]), () => showTransfer(row), { class: "link" }) },
    { title: "time (UTC)", text: (row) => stated(edges.time[row]), sort: (row) => edges.time[row] ?? -Infinity },
    { title: "height", number: true, text: whole(edges.height), sort: (row) => edges.height[row] || 0 },
    { title: "position", number: true, text: whole(edges.position), sort: (row) => edges.position[row], csvOnly: true },
    nodeColumn("from", (row) => edges.sender[row]),
    nameColumn("from name", (row) => edges.sender[row]),
    nodeColumn("to", (row) => edges.recipient[row]),
    nameColumn("to name", (row) => edges.recipient[row]),
    amountColumn("amount", (row) => BigInt(edges.amount[row])),
    amountColumn(`stolen, ${view.rule}`, (row) => stolenOf(view.rule).exact[row]),
    amountColumn("fee", (row) => BigInt(edges.fee[row])),
    textColumn("remarks", (row) => remarks(row).join("; ")),
    textColumn("memo", (row) => (edges.memo[row] === null ? "" : visibleText(edges.memo[row])), {
      fill: (cell, row) => add(cell, "span", visibleText(shortened(edges.memo[row] || "", MEMO_IN_TABLE))),
    }),
    hashColumn("transaction", (row) => edges.tx_hash[row]),
  ];
}

// An amount that may not be known: nothing is shown then, and it sorts below all that is.
const boundColumn = (name, title, hint) => ({
  ...amountColumn(title, (row) => boundOf(row, name), hint),
  text: (row) => (boundOf(row, name) === null ? "" : plainAmount(boundOf(row, name))),
  sort: (row) => (boundOf(row, name) === null ? -1n : boundOf(row, name)),
  fill: (cell, row) => boundOf(row, name) !== null && addAmount(cell, boundOf(row, name)),
});

function boundOf(row, name) {
  const bound = trace.endpoints[row][name];
  return bound === null ? null : BigInt(bound);
}

const BOUNDS = [
  ["least", "floor", `the least that ${ANY_RULE} can put here`],
  ["most", "ceiling", `the most that ${ANY_RULE} can put here`],
];

const SENSITIVITY = "not the declared rule: it shows how much depends on the choice";

// The declared rule first, the others as they were run.
function rulesPrimaryFirst() {
  return [...trace.rules].sort((a, b) => (b === trace.primary) - (a === trace.primary));
}

function rulesNote() {
  if (trace.primary === null) {
    return "No rule is declared: the table shows the floor, every rule, and the ceiling. The place with the highest floor comes first; where no floor is known, the place with the highest of the least amounts that any rule puts there.";
  }
  const reason = trace.reason ? `: ${visibleText(trace.reason)}` : "";
  const declared = trace.declared.map((sentence) => ` ${visibleText(sentence)}`).join("");
  return `The declared rule is ${trace.primary}${reason}.${declared}${choiceNote()}`;
}

// What the other rules show of the declared one, computed on the figures of this table.
function choiceNote() {
  if (trace.rules.length === 1) {
    return "";
  }
  const figures = [trace.stolen, trace.fees, ...trace.endpoints.map(({ amounts }) => amounts)];
  const same = figures.every((amounts) => new Set(trace.rules.map((rule) => amountOf(amounts, rule))).size === 1);
  return same ? " The other rules that were run give the same figures." : " The other rules show how much depends on that choice.";
}

// The endpoints as they are; without a declared rule in the order of their floors, then of the least that any rule puts there.
function endpointsInOrder(rows) {
  if (trace.primary !== null) {
    return rows;
  }
  const key = new Map(rows.map((row) => {
    const amounts = trace.rules.map((rule) => amountOf(trace.endpoints[row].amounts, rule));
    return [row, [boundOf(row, "least") ?? 0n, amounts.reduce((a, b) => (a < b ? a : b))]];
  }));
  const order = (a, b) => (a < b ? 1 : a > b ? -1 : 0);
  return [...rows].sort((a, b) => order(key.get(a)[0], key.get(b)[0]) || order(key.get(a)[1], key.get(b)[1]) || a - b);
}

// What is added to the endpoints of a rule, and their sum.
function endpointTotals() {
  return [["fees", trace.fees], ["stolen = endpoints + fees", trace.stolen]].map(([name, amounts]) => ({
    name,
    amounts: rulesPrimaryFirst().map((rule) => amountOf(amounts, rule)),
  }));
}

function endpointColumns() {
  const ends = trace.endpoints;
  const bounded = BOUNDS.filter(([name]) => ends.some((_, row) => boundOf(row, name) !== null));
  return [
    textColumn("reason", (row) => reasonName(ends[row].reason), {
      hint: "a click opens the card of the exit, or what value that was given for another asset became",
      fill: (cell, row) => button(cell, reasonName(ends[row].reason), () => openEnd(ends[row]), { class: "link" }),
    }),
    textColumn("service", (row) => visibleText(ends[row].service || "")),
    nodeColumn("address", (row) => ends[row].node),
    textColumn("full address", (row) => visibleText(trace.nodes.address[ends[row].node]), {
      fill: (cell, row) => add(cell, "code", visibleText(trace.nodes.address[ends[row].node]), { class: "hash" }),
      screenOnly: true, // the CSV has it in "address"
    }),
    textColumn("basis", (row) => visibleText(ends[row].basis)),
    ...(trace.primary === null ? bounded.filter(([name]) => name === "least").map((bound) => boundColumn(...bound)) : []),
    ...rulesPrimaryFirst().map((rule) => ({
      ...amountColumn(rule, (row) => amountOf(ends[row].amounts, rule)),
      title: rule + (rule === trace.primary ? " (declared)" : ""),
      hint: trace.primary === null || rule === trace.primary ? visibleText(trace.reason) : SENSITIVITY,
      rule,
    })),
    ...bounded.filter(([name]) => trace.primary !== null || name === "most").map((bound) => boundColumn(...bound)),
    ...worthColumn((row) => trace.valuation.endpoints[row][view.rule], view.rule),
  ];
}

// Exact decimal text in the currency of the prices; no column where there are none.
function worthColumn(worth, of) {
  if (trace.valuation === null) {
    return [];
  }
  const { currency, rule } = trace.valuation;
  const text = (row) => worth(row) ?? "";
  const fill = (cell, row) => add(cell, "span", text(row).replace(/^\d+/, grouped), { class: "amount" });
  return [{ title: `worth (${visibleText(currency)})${of && ", " + of}`, number: true, hint: visibleText(rule), text, fill, sort: (row) => text(row).replace(/^\d*/, (whole) => whole.padStart(80, "0")) }];
}

function theftColumns() {
  const { thefts, edges } = trace;
  const edge = (row) => thefts[row].edge;
  return [
    textColumn("theft", (row) => visibleText(thefts[row].label || `theft ${row + 1}`), { sort: (row) => row }),
    { title: "time (UTC)", text: (row) => stated(edges.time[edge(row)]), sort: edge },
    { title: "height", number: true, text: (row) => String(edges.height[edge(row)] || ""), sort: edge },
    nodeColumn("from", (row) => edges.sender[edge(row)]),
    nodeColumn("to", (row) => edges.recipient[edge(row)]),
    amountColumn("amount", (row) => BigInt(thefts[row].amount)),
    ...newlyStolenColumns(),
    ...worthColumn((row) => trace.valuation.thefts[row], ""),
    textColumn("basis", (row) => visibleText(edges.basis[edge(row)])),
    hashColumn("transaction", (row) => thefts[row].tx_hash),
  ];
}

// Every address of the page, where nothing ended too.
function accountColumns() {
  const of = (name) => (node) => sumsAt(view.rule, node)[name];
  const tags = remember((node) => [...new Set(trace.tags.filter((tag) => tag.node === node).map(({ name }) => visibleText(name)))].join(", "));
  return [
    nodeColumn("account", (node) => node),
    textColumn("full address", (node) => visibleText(trace.nodes.address[node]), { fill: (cell, node) => add(cell, "code", visibleText(trace.nodes.address[node]), { class: "hash" }), screenOnly: true }),
    textColumn("role", (node) => ROLES[roleOf(node)].title),
    textColumn("service", (node) => visibleText(trace.nodes.service[node] || "")),
    amountColumn(`received, ${view.rule}`, of("received"), "stolen value, all times"),
    amountColumn(`sent, ${view.rule}`, of("sent"), "stolen value, all times"),
    amountColumn(`ended here, ${view.rule}`, of("ended"), "stolen value, all times"),
    textColumn("tags", tags),
    textColumn("notes", (node) => remarksOnNode(node).map(({ text }) => visibleText(text)).join("; "), { screenOnly: true, fill: (cell, node) => add(cell, "span", remarksOnNode(node).map(({ text }) => visibleText(shortened(text, 120))).join("; ")) }),
  ];
}

const NEWLY = "What this theft took that had not been stolen before: less than its amount where it moved loot.";

// One column where all rules agree.
function newlyStolenColumns() {
  const { rules, thefts } = trace;
  const agree = thefts.every(({ stolen }) => rules.every((rule) => amountOf(stolen, rule) === amountOf(stolen, rules[0])));
  const column = (rule, name) => amountColumn(`newly stolen, ${name}`, (row) => amountOf(thefts[row].stolen, rule), NEWLY);
  return agree ? [column(rules[0], rules.length > 1 ? "every rule" : rules[0])] : rules.map((rule) => column(rule, rule));
}

function isKnownTheft({ edge }) {
  return Number.isInteger(edge) && edge >= 0 && edge < edgeCount();
}

function knownThefts() {
  return numbersWhere(trace.thefts.length, (row) => isKnownTheft(trace.thefts[row]));
}

const numbersTo = (count) => Array.from({ length: count }, (_, number) => number);

const TABS = [
  { name: "flow", title: "Flow" },
  { name: "endpoints", title: "Endpoints", columns: endpointColumns, rows: () => endpointsInOrder(numbersTo(trace.endpoints.length)), note: rulesNote, totals: endpointTotals },
  { name: "transfers", title: "Transfers", columns: transferColumns, rows: () => filteredTransfers() },
  { name: "accounts", title: "Accounts", columns: accountColumns, rows: () => numbersWhere(nodeCount(), (node) => !trace.nodes.beside[node]) },
  { name: "thefts", title: "Thefts", columns: theftColumns, rows: knownThefts },
  { name: "limits", title: "Coverage & limits" },
];
