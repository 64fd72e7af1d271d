// What the picture leaves out, always in figures. Flows are counted and not added up: value that
// moved over three hops would count three times. What ended is added up, where nothing is windowed.
function drawHiddenNote(picture) {
  const { addresses: all, flows } = picture.graph.raw;
  const drawn = covered(picture);
  const carrying = [...drawn.addresses].filter((node) => all.has(node)).length;
  const folded = drawn.folded.size ? ` (${grouped(String(drawn.folded.size))} in folds)` : "";
  const note = part("hidden-note");
  note.textContent = `${countOf(carrying, all.size)} addresses${folded} · ${countOf(drawn.flows.size, flows.length)} flows shown, ` +
    besideText(picture.routes) +
    hiddenText(drawn.addresses, flows.length - drawn.flows.size);
  note.title = "The sliders and the “+n more” under an address draw more; the Transfers tab has every transfer.";
}

function besideText(routes) {
  const count = routes.filter((route) => route.untraced).length;
  return count ? `${plural(count, "untraced flow")} beside them, in no sum, ` : "";
}

function countOf(some, all) {
  return `${grouped(String(some))} of ${grouped(String(all))}`;
}

function hiddenText(shown, flows) {
  const windowed = !isWhole();
  const ofWhat = filterText() ? `filter (${filterText()})` : "window";
  if (windowed) {
    return flows ? `${plural(flows, "flow")} of this ${ofWhat} not shown` : `nothing of this ${ofWhat} is left out`;
  }
  const ended = sumOfEndpoints(view.rule, ({ node }) => !shown.has(node));
  return flows || ended ? `not shown: addresses where ${exactAmount(ended)} ${visibleText(trace.asset.symbol)} ended` : "nothing is left out";
}
