// How much was stolen, under which rule, and what the figures rest on.
function drawHeadline() {
  const { symbol } = trace.asset;
  const box = part("headline");
  box.replaceChildren();
  const stolen = amountOf(trace.stolen, view.rule);
  const figure = add(box, "p", null, { class: "figure" });
  addAmount(figure, stolen);
  add(figure, "span", ` ${visibleText(symbol)} ${cameText()}`);
  const times = trace.thefts.map(({ edge }) => trace.edges.time[edge]).filter(Number.isFinite);
  if (trace.thefts.length) {
    add(box, "p", `in ${plural(trace.thefts.length, "theft")}${timesText(times)}`);
  }
  drawWorth(box);
  const other = trace.primary !== null && view.rule !== trace.primary;
  const refusal = trace.primary === null ? "; no rule stands for the others" : "";
  add(box, "p", `rule shown: ${ruleText()}${refusal}`, { class: other ? "rule-note other" : "rule-note" });
  drawOtherAnswer(box);
  drawEndpointTable();
}

// The price each figure takes, and whose it is, stand under Coverage & limits.
function drawWorth(box) {
  if (trace.valuation !== null) {
    const { total, currency, rule } = trace.valuation;
    const [whole, part = ""] = (total || "").split(".");
    const text = total === null ? `worth unknown: no price in ${currency} is old enough` : `worth ${grouped(whole)}${part && "." + part} ${currency} when stolen`;
    add(box, "p", visibleText(text), { "data-testid": "worth", title: visibleText(rule) });
  }
}

function ruleText() {
  if (trace.primary === null) {
    return `${view.rule} (no rule is declared)`;
  }
  return view.rule === trace.primary ? `${view.rule} (declared)` : `${view.rule} – the declared rule is ${trace.primary}`;
}

function timesText(times) {
  if (!times.length) {
    return "";
  }
  const [first, last] = [utc(Math.min(...times)), utc(Math.max(...times))];
  if (first === last) {
    return `, ${first} UTC`;
  }
  const until = first.slice(0, 10) === last.slice(0, 10) ? last.slice(11, 16) : last.slice(0, 16);
  return `, ${first.slice(0, 16)} – ${until} UTC`;
}

// Whether the endpoints add up is arithmetic; whether the ledger did, and what of it could be
// checked, is another matter and said beside it. `off`: the rules under which they do not.
function drawSoundness(off) {
  const { text, sound } = closingOf(off);
  part("adds-up").className = sound;
  part("adds-up").textContent = text;
  part("checked").textContent = visibleText(trace.checked);
  const basis = basisText();
  part("basis").textContent = basis;
  part("basis").hidden = !basis;
}

function closingOf(off) {
  const gaps = trace.gaps.length > 0;
  const closes = `endpoints + fees = ${cameText()}${gaps ? " (arithmetic only)" : ": adds up to the unit"}`;
  return { text: off.length ? `does NOT add up under ${off.join(", ")}` : closes, sound: off.length ? "unsound" : gaps ? "arithmetic" : "sound" };
}

const WEAKER = { modelled: "modelled openings", reported: "reported rows" };

// "" where every endpoint was read from the chain.
function basisText() {
  const count = (basis) => trace.endpoints.filter((end) => end.basis === basis).length;
  const all = trace.endpoints.length;
  const parts = Object.keys(WEAKER).filter(count).map((basis) => {
    return `rests on ${WEAKER[basis]}: ${grouped(String(count(basis)))} of ${plural(all, "endpoint")}`;
  });
  return parts.join("; ");
}

// A ledger that does not add up is the first thing to read on the page.
function drawGaps() {
  const count = trace.gaps.length;
  const box = part("gaps");
  box.hidden = !count;
  const gaps = count === 1 ? "1 gap that was allowed" : `${grouped(String(count))} gaps that were allowed`;
  box.querySelector("summary").textContent = `THE LEDGER DOES NOT ADD UP: every figure rests on ${gaps}`;
  trace.gaps.forEach((sentence) => add(box.querySelector("ul"), "li", visibleText(sentence)));
}
