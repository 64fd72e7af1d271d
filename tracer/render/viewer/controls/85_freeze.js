// The freeze list of a service as CSV: the rows, columns and figures of `tracer freeze`, which adds the letter, and goes on from a list
// that was sent before.
function drawFreezeList(card, exit) {
  const refused = freezeRefused();
  const line = add(card, "p", null, { class: "tools" });
  const save = button(line, "freeze list (CSV)", () => saveFreezeList(exit), { "data-testid": "save-freeze" });
  save.disabled = Boolean(refused);
  const rows = freezeDeposits(exit);
  const reached = trace.primary === null ? "that any rule reaches" : `that ${trace.primary} reaches`;
  const text = `${plural(rows.read.length, "deposit")} ${reached}${rows.leftOut ? `, ${grouped(String(rows.leftOut))} left out: not read from a block` : ""}. The letter that goes with it: tracer freeze DIR.`;
  add(line, "span", refused || text, { class: refused ? "weaker" : "quiet", "data-testid": "freeze-said" });
}

// Nobody's account is frozen on a report.
function freezeRefused() {
  if (view.whatIf !== null) {
    return answerShown() ? "No freeze list of an answer on this page: “tracer stoppable” has what became another asset." : "No freeze list of a what-if: choose the case as asked.";
  }
  if (trace.freezable === null) {
    return "No freeze list yet: the run is still at work. tracer freeze DIR makes one of what was read so far, which says so.";
  }
  if (trace.thefts.some(({ basis }) => basis === "chain")) {
    return "";
  }
  return `No freeze list: the thefts are ${visibleText(trace.thefts[0].basis)}, none was read from a block.`;
}

function freezeDeposits(exit) {
  const all = depositsAt(exit, trace.primary === null ? trace.rules : [trace.primary]);
  const read = all.filter((edge) => trace.edges.basis[edge] === "chain");
  return { read, leftOut: all.length - read.length };
}

function memoBytes(edge) {
  const { memo, memo_text: isText } = trace.edges;
  if (memo[edge] === null || !isText[edge]) {
    return memo[edge] ?? "";
  }
  return [...new TextEncoder().encode(memo[edge])].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What Python says of each deposit beside its transfer: by the number of the transfer, its place in the columns.
const placeInFreezable = remember(() => new Map(trace.freezable.edge.map((edge, at) => [edge, at])));

function freezeColumns(exit) {
  const { edges, rules } = trace;
  const ends = new Map(trace.endpoints.filter(({ reason }) => reason === "service").map((end) => [end.node, end]));
  const end = (edge) => ends.get(edges.recipient[edge]);
  const customer = (edge, name) => customerOfEdge().get(edge)?.[name] ?? null;
  const readable = (units) => (units === null ? "" : readableAmount(BigInt(units)));
  const beside = (name) => [name, (edge) => trace.freezable[name][placeInFreezable().get(edge)] ?? ""];
  const pair = (name, units) => [[name, (edge) => units(edge) ?? ""], [`${name}_readable`, (edge) => readable(units(edge))]];
  return [
    ["line", (edge, at) => String(at + 1)],
    beside("line_id"),
    ["since_last", () => ""], // no list that was sent before is known here
    ["service", () => exit.service],
    ["deposit_address", (edge) => trace.nodes.address[edges.recipient[edge]]],
    ["memo_text", (edge) => (edges.memo_text[edge] ? edges.memo[edge] : "")],
    ["memo_hex", memoBytes],
    ["tx_hash", (edge) => edges.tx_hash[edge] ?? ""],
    beside("inner_hash"),
    ["height", (edge) => String(edges.height[edge] ?? "")],
    ["time", (edge) => (edges.time[edge] === null ? "" : `${utc(edges.time[edge]).replace(" ", "T")}Z`)],
    ...pair("amount", (edge) => edges.amount[edge]),
    ...rules.flatMap((rule) => pair(rule, (edge) => edges.stolen[rule][edge])),
    ...pair("floor", (edge) => customer(edge, "least")),
    ...pair("ceiling", (edge) => customer(edge, "most")),
    ["address_least", (edge) => end(edge)?.least ?? ""],
    ["address_most", (edge) => end(edge)?.most ?? ""],
    ["provisional", (edge) => String(Boolean(edges.provisional[edge]))],
    beside("confirmations"),
    ["rests_on", (edge) => end(edge)?.basis ?? ""],
    ...["thefts", "far_address", "customer_address", "customer_deposits"].map(beside),
    ["why_withdrawn", () => ""],
    ["results_digest", () => trace.results_digest],
  ];
}

// As Python writes an amount for people: thousands apart, no trailing noughts.
function readableAmount(units) {
  const { whole, fraction } = amountParts(units);
  const kept = fraction.replace(/\.?0+$/, "");
  return whole + kept;
}

function saveFreezeList(exit) {
  const columns = freezeColumns(exit);
  const lines = freezeDeposits(exit).read.map((edge, at) => columns.map(([, text]) => csvCell(text(edge, at))));
  const csv = [columns.map(([name]) => name), ...lines].map((cells) => cells.join(",")).join("\r\n") + "\r\n";
  save(BYTE_ORDER_MARK + csv, "text/csv;charset=utf-8", `freeze_${exit.service.replace(/[^\w-]+/g, "_")}.csv`);
}
