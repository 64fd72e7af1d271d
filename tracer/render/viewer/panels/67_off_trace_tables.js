// What stands beside the trace, as tables: evidence off the chain, claims, marks made on chain.
const SHOWN = 600; // characters of a long text in a row; the title and the CSV have all

// Prose is read, so it is not cut at the edge of its column: the row grows.
const longColumn = (title, text) => textColumn(title, (row) => visibleText(text(row)), {
  fill: (cell, row) => {
    cell.className = "long";
    add(cell, "span", shortened(visibleText(text(row)), SHOWN), { title: visibleText(text(row)) });
  },
});

function evidenceColumns() {
  const { evidence } = trace;
  return [
    { title: "time (UTC)", text: (row) => utc(evidence[row].time), sort: (row) => evidence[row].time },
    textColumn("kind", (row) => visibleText(evidence[row].kind).replaceAll("_", " ")),
    textColumn("grade", (row) => visibleText(evidence[row].grade), { hint: "Admiralty code: the source A to F, what it says 1 to 6" }),
    textColumn("status", (row) => visibleText(evidence[row].status)),
    longColumn("value", (row) => evidence[row].value),
    longColumn("what it is about", (row) => evidence[row].subject),
    longColumn("source", (row) => evidence[row].source),
  ];
}

function claimColumns() {
  const { claims } = trace;
  const day = (time) => (time === null ? "" : utc(time).slice(0, 16));
  const stated = (row) => (claims[row].least === null && claims[row].most === null ? "" : claimedText(claims[row], exactAmount));
  const traced = (row) => (claims[row].traced === null ? null : amountOf(claims[row].traced, view.rule));
  return [
    longColumn("from", (row) => claims[row].from),
    longColumn("to", (row) => claims[row].to),
    textColumn("since (UTC)", (row) => day(claims[row].since)),
    textColumn("until (UTC)", (row) => day(claims[row].until)),
    textColumn(`claimed (${visibleText(trace.asset.symbol)})`, stated, { sort: (row) => BigInt(claims[row].least || claims[row].most || 0) }),
    textColumn(`traced, ${view.rule}`, (row) => (traced(row) === null ? "" : exactAmount(traced(row))), { sort: (row) => traced(row) || 0n }),
    longColumn("beside each other", (row) => claims[row].why),
    longColumn("says", (row) => claims[row].says),
    longColumn("source", (row) => claims[row].source),
  ];
}

// What services say they did with deposits: their word, followed nowhere.
function statementColumns() {
  const { statements } = trace;
  const paid = ({ amount, asset }) => (amount === null ? "" : `${amount} ${visibleText(asset)}`);
  return [
    hashColumn("deposit", (row) => statements[row].deposit),
    amountColumn("deposited", (row) => BigInt(statements[row].deposited)),
    amountColumn(`traced, ${view.rule}`, (row) => amountOf(statements[row].traced, view.rule)),
    textColumn("paid on", (row) => paid(statements[row])),
    longColumn("to", (row) => statements[row].paid_to),
    textColumn("network", (row) => visibleText(statements[row].network)),
    hashColumn("in transaction", (row) => statements[row].withdrawal || null),
    textColumn("time (UTC)", (row) => (statements[row].time === null ? "" : utc(statements[row].time))),
    longColumn("says", (row) => statements[row].says),
    longColumn("against it", (row) => statements[row].why),
    longColumn("source, reported", (row) => statements[row].source),
    textColumn("grade", (row) => visibleText(statements[row].grade)),
  ];
}

// Every span in which an address held a marker: [node, span].
const marks = remember(() => trace.nodes.marked.flatMap((spans, node) => spans.map((span) => ({ node, ...span }))));

function markColumns() {
  const found = marks();
  return [
    nodeColumn("address", (row) => found[row].node),
    textColumn("marker", (row) => visibleText(found[row].marker)),
    textColumn("marked by", (row) => visibleText(found[row].by)),
    { title: "from block", number: true, text: (row) => String(found[row].first), sort: (row) => found[row].first },
    { title: "to block", number: true, text: (row) => String(found[row].last ?? ""), sort: (row) => found[row].last ?? Infinity },
    textColumn("ended", (row) => (found[row].ended || "still marked").replaceAll("_", " ")),
    hashColumn("transaction", (row) => found[row].tx_hash),
  ];
}

function drawMarks(panel, node) {
  const spans = trace.nodes.marked[node];
  if (!spans.length) {
    return;
  }
  add(panel, "h3", "Marked on chain");
  const list = add(panel, "ul", null, { class: "labels", "data-testid": "marked" });
  for (const { marker, by, first, last, ended } of spans) {
    const item = add(list, "li");
    add(item, "strong", visibleText(marker));
    const until = last === null ? "still marked at the tip" : `to block ${last}, ${visibleText(ended).replaceAll("_", " ")}`;
    add(item, "div", `from block ${first} ${until} · by ${visibleText(by)}`, { class: "quiet" });
  }
}

TABS.splice(TABS.length - 1, 0,
  { name: "evidence", title: "Evidence", prose: true, columns: evidenceColumns, rows: () => numbersTo(trace.evidence.length), there: () => trace.evidence.length > 0 },
  { name: "claims", title: "Claims", prose: true, columns: claimColumns, rows: () => numbersTo(trace.claims.length), there: () => trace.claims.length > 0 },
  { name: "statements", title: "Statements", prose: true, columns: statementColumns, rows: () => numbersTo(trace.statements.length), there: () => trace.statements.length > 0 },
  { name: "marks", title: "Marks", columns: markColumns, rows: () => numbersTo(marks().length), there: () => marks().length > 0 });
