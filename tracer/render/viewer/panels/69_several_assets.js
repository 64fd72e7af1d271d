// A case of several assets: both answers, an asset a line, and what became what. Amounts of different assets are never added.
const WHAT = {
  stolen: "stolen",
  converted_in: "received for stolen value",
  fees: "fees",
  converted_out: "given for another asset, and followed in what was received",
};

const isSeveral = () => trace.several !== undefined;

// Both answers are of the case as it was asked: under another assumption nothing of them is shown beside its figures.
const isAsAsked = () => isSeveral() && view.whatIf === null;
const asAskedText = () => (isWhatIf() ? "Of the case as it was asked, not of the other assumption. " : "");

// On the page for the answer that substitutes alone; there, whoever has nothing to do with the asset shown.
const isElsewhere = (node) => isSeveral() && (answerShown() !== undefined || node >= trace.several.elsewhere);

// An amount of an asset by its number, with its unit.
function statedOf(asset, amount) {
  const { name, decimals } = trace.several.assets[asset];
  return `${exactAmount(BigInt(amount), decimals)} ${visibleText(name)}`;
}

const legsText = (legs) => legs.map(({ asset, amount }) => statedOf(asset, amount)).join(" and ") || "nothing that the case counts";

function answerName(answer) {
  const { declared } = trace.several;
  return visibleText(answer) + (declared === null ? " (exploratory)" : answer === declared ? " (the finding)" : "");
}

function answersNote() {
  const { declared, reason, said } = trace.several;
  const which = declared === null ? "The case file does not declare which answer is the finding; substituted comes first, as an exploration." : `The finding, as the case file declares: ${visibleText(declared)}, for this reason: ${visibleText(reason)}.`;
  return `${asAskedText()}${said.map((sentence) => `${visibleText(sentence)}.`).join(" ")} ${which} In each asset, what was stolen and what was received for stolen value is accounted for: it ended somewhere, was paid as fees, or was given for another asset. Amounts of different assets are never added.`;
}

// What each answer comes to in money, under the rule that is shown, and below it the prices, and what has none: above the table of amounts,
// as Python made the figures and the sentences.
function drawWorthTables(there) {
  const box = part("worth-tables");
  box.hidden = !there;
  box.replaceChildren();
  if (there) {
    trace.several.worth.forEach((worth) => drawWorthOf(box, worth));
    trace.several.unlisted.forEach((sentence) => add(box, "p", visibleText(sentence), { "data-testid": "unlisted" }));
  }
}

function drawWorthOf(box, { answer, currency, title, table: lines, sentences }) {
  const one = add(box, "section", null, { "data-worth": answer });
  add(one, "h2", answerName(answer));
  if (lines.length) {
    const element = add(one, "table");
    add(element, "caption", visibleText(title));
    const head = add(add(element, "thead"), "tr");
    add(head, "th", "what", { scope: "col" });
    add(head, "th", `${visibleText(currency)}, ${view.rule}${view.rule === trace.primary ? " (declared)" : ""}`, { scope: "col", class: "number" });
    const body = add(element, "tbody");
    for (const { called, worth } of lines) {
      const line = add(body, "tr");
      add(line, "th", visibleText(called), { scope: "row" });
      add(line, "td", worth[view.rule], { class: "number" });
    }
  }
  const list = add(one, "ul");
  sentences.forEach((sentence) => add(list, "li", visibleText(sentence)));
}

// In the order of the rules as they were run, each with as many digits after the point as its asset has.
function answerColumns() {
  const { lines, assets } = trace.several;
  const place = ({ what, place: ended }) => (what === "ended" ? visibleText(ended) : WHAT[what]);
  const amount = (rule) => (row) => exactAmount(BigInt(lines[row].amounts[rule]), assets[lines[row].asset].decimals);
  return [
    textColumn("answer", (row) => answerName(lines[row].answer), { sort: (row) => row }),
    textColumn("asset", (row) => visibleText(assets[lines[row].asset].name), { sort: (row) => row }),
    textColumn("contract", (row) => visibleText(assets[lines[row].asset].symbol), { csvOnly: true }),
    textColumn("what", (row) => place(lines[row])),
    ...rulesPrimaryFirst().map((rule) => ({
      title: rule + (rule === trace.primary ? " (declared)" : ""),
      hint: "in the asset of the line",
      number: true,
      text: (row) => amount(rule)(row).replaceAll(",", ""),
      sort: (row) => row,
      fill: (cell, row) => add(cell, "span", amount(rule)(row), { class: "amount" }),
    })),
  ];
}

function exchangesNote() {
  const { exchanges } = trace.several;
  const through = exchanges.filter(({ substituted }) => substituted).length;
  return `${asAskedText()}Stolen value was given for another asset in ${plural(exchanges.length, "conversion")}. In ${grouped(String(through))} of them the substituted answer follows the trail into what was received; at the others the trail ends in both answers. A rate is the number of coins received for one coin given, rounded down; beside it stands the rate of the pool at the end of the block before.`;
}

const exchangeText = remember((row) => {
  const each = trace.several.exchanges[row];
  const ended = each.ended.flatMap((node) => [trace.nodes.address[node], trace.nodes.label[node]]);
  const said = [each.kind, each.tx_hash, each.owner, each.partner, each.why, each.far, legsText(each.given), legsText(each.received), ...ended];
  return said.filter(Boolean).join("\n").toLowerCase();
});

function foundExchanges() {
  const words = table.words.trim().toLowerCase();
  return numbersWhere(trace.several.exchanges.length, (row) => !words || exchangeText(row).includes(words));
}

// An address that is on this page is a link; one that is not is text.
const partyColumn = (title, name) => ({
  title,
  text: (row) => visibleText(trace.several.exchanges[row][name] || ""),
  sort: (row) => trace.several.exchanges[row][name] || "",
  fill: (cell, row) => {
    const { [name]: address, [`${name}_node`]: node } = trace.several.exchanges[row];
    node === null ? add(cell, "code", visibleText(shortened(address || "unknown", 14)), { title: visibleText(address || "") }) : addNodeLink(cell, node, nodeName(node));
  },
});

function exchangeColumns() {
  const { exchanges } = trace.several;
  const of = (name) => (row) => visibleText(exchanges[row][name]);
  return [
    textColumn("kind", of("kind")),
    { title: "height", number: true, text: (row) => String(exchanges[row].height), sort: (row) => exchanges[row].height },
    longColumn("given", (row) => legsText(exchanges[row].given)),
    longColumn("received", (row) => legsText(exchanges[row].received)),
    longColumn("substituted", (row) => (exchanges[row].substituted ? "yes" : `no: ${exchanges[row].why}`)),
    partyColumn("by", "owner"),
    partyColumn("pool or other side", "partner"),
    { ...textColumn("rate", of("rate"), { sort: (row) => row }), number: true },
    { ...textColumn("rate before", of("before"), { sort: (row) => row }), number: true },
    { ...textColumn("off by, %", of("off"), { sort: (row) => Number(exchanges[row].off) }), number: true },
    longColumn("asked for elsewhere", (row) => exchanges[row].far),
    { ...hashColumn("transaction", (row) => exchanges[row].tx_hash), fill: fillTransaction },
  ];
}

// What was given stands in the picture where it is of the first asset.
function fillTransaction(cell, row) {
  const { edge, tx_hash: hash } = trace.several.exchanges[row];
  if (edge !== null) {
    button(cell, "in the picture", () => showTransfer(edge), { class: "link" });
    add(cell, "span", " ");
  }
  add(cell, "code", hash || "", { class: "hash" });
}

// What became of the value that ended at an address because it was given for something else there.
const exchangesEndedAt = (node) => (isAsAsked() ? numbersWhere(trace.several.exchanges.length, (row) => trace.several.exchanges[row].ended.includes(node)) : []);

function showBecame(node) {
  table.words = trace.nodes.address[node];
  part("table-search").value = table.words;
  change({ tab: "exchanges" });
}

// A transfer that is a side of an exchange says what it was given or got for; a click shows that in the other asset.
function addExchangeOf(item, edge) {
  const found = exchangeOfEdge().get(edge);
  if (found) {
    const { exchange, given } = found;
    const { kind, given: gave, received } = trace.several.exchanges[exchange];
    const line = add(item, "div", null, { class: "exchange-of" });
    const text = `${visibleText(kind)}: ${given ? "given for" : "received for"} ${legsText(given ? received : gave)}`;
    trace.several.exchanges[exchange].substituted ? button(line, text, () => showOtherSide(exchange, given), { class: "link" }) : add(line, "span", text);
  }
}

function openEnd({ node, reason }) {
  reason === "converted" && exchangesEndedAt(node).length ? showBecame(node) : showExit(node);
}

const BECAME_LISTED = 20;

function drawBecame(panel, node) {
  const found = exchangesEndedAt(node);
  if (!found.length) {
    return;
  }
  add(panel, "h3", "What it became");
  const list = add(panel, "ul", null, { class: "labels", "data-testid": "became" });
  for (const row of found.slice(0, BECAME_LISTED)) {
    const { given, received, substituted, why, edge } = trace.several.exchanges[row];
    const item = add(list, "li");
    button(item, `${legsText(given)} → ${legsText(received)}`, () => showTransfer(edge), { class: "link" });
    add(item, "div", substituted ? "substituted: the other answer goes on in what was received" : `not substituted: ${visibleText(why)}`, { class: "quiet" });
  }
  button(panel, `${plural(found.length, "conversion")} in a table`, () => showBecame(node), { class: "link", "data-act": "became" });
}

// Beside the headline, which is of the first asset alone.
function drawOtherAnswer(box) {
  if (isAsAsked()) {
    const line = add(box, "p", `followed: ${visibleText(trace.several.assets[0].name)} alone; `, { class: "quiet", "data-testid": "other-answer" });
    button(line, "both answers, every asset", () => change({ tab: "answers" }), { class: "link" });
  }
}


TABS.splice(3, 0,
  { name: "answers", title: "Both answers", columns: answerColumns, rows: () => numbersTo(trace.several.lines.length), note: answersNote, there: isSeveral },
  { name: "exchanges", title: "What became what", columns: exchangeColumns, rows: foundExchanges, note: exchangesNote, there: isSeveral, searched: true, get prose() { return trace.several.exchanges.length < LONG_TABLE; } },
);
