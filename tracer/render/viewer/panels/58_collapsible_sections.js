// The table of the rules and the timeline fold, so that the picture has most of the window; the line above the table says the same.
const ROOMY = { table: 800, time: 800 }; // px of the window's height from which they are open unless somebody folds them

function isOpen(name) {
  return view[name] ?? window.innerHeight >= ROOMY[name];
}

function drawFolds() {
  const open = isOpen("table");
  part("fold-answer").setAttribute("aria-expanded", String(open));
  part("answer-table").hidden = !open;
  part("timeline").hidden = !isOpen("time");
  drawAnswerLine(open);
}

// "526.3M stolen · exchange1 20.87M · still held 498.2M · fees 1,944": under the rule shown.
function drawAnswerLine(open) {
  const line = part("answer-line");
  line.replaceChildren();
  const stolen = amountOf(trace.stolen, view.rule);
  if (view.whatIf !== null) {
    add(line, "strong", whatIfText(), { class: isWhatIf() ? "piece unsound" : "piece", "data-testid": "what-if-said" });
  }
  const piece = (text, attributes = {}) => add(line, "span", text, { class: "piece", ...attributes });
  add(piece(null), "strong", `${compactAmount(stolen)} ${visibleText(trace.asset.symbol)} ${cameText()}`);
  if (open) {
    return;
  }
  piece(`under ${ruleText()}`);
  if (!isWhole()) {
    piece(`${windowCaption()}: ${compactAmount(sumOfAmounts(sumsInWindow(view.rule).values()))}`);
    return;
  }
  for (const { name, keys } of placesNaming(2)) {
    const amount = keys.reduce((sum, key) => sum + (sumsByPlace(view.rule).get(key) || 0n), 0n);
    if (amount) {
      piece(`${name} ${compactAmount(amount)}${keys.length === 1 ? boundsOfService(keys[0]) : ""}`);
    }
  }
  piece(`fees ${compactAmount(amountOf(trace.fees, view.rule))}`);
  const { text, sound } = closingOf(rulesThatDoNotClose());
  piece(sound === "sound" ? "adds up to the unit" : text, { class: `piece ${sound}` });
  if (basisText()) {
    piece(basisText(), { class: "piece weaker" });
  }
}

// " (20.86M–20.88M)": floor and ceiling of a service, where they were computed.
function boundsOfService(key) {
  const found = trace.services.find(({ service }) => key === `service ${service}`);
  return found ? ` (${compactAmount(BigInt(found.least))}–${compactAmount(BigInt(found.most))})` : "";
}

function rulesThatDoNotClose() {
  return trace.rules.filter((rule) => sumOfAmounts(sumsByPlace(rule).values()) + amountOf(trace.fees, rule) !== amountOf(trace.stolen, rule));
}
