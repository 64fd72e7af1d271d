// What the picture leaves out, always in figures. Flows are counted and not added up: value that
// moved over three hops would count three times. What ended is added up, where nothing is windowed.
function drawHiddenNote(picture) {
  const { graph, routes, shown } = picture;
  const drawn = new Set(routes.filter((route) => !route.far && !route.untraced).map((route) => route.flow)).size;
  const carrying = [...shown].filter((node) => graph.addresses.has(node)).length;
  const note = part("hidden-note");
  note.textContent = `${countOf(carrying, graph.addresses.size)} addresses · ${countOf(drawn, graph.flows.length)} flows shown, ` +
    besideText(routes) +
    hiddenText(picture, graph.addresses.size - carrying, graph.flows.length - drawn);
  note.title = "The sliders and the “+n more” under an address draw more; the Transfers tab has every transfer.";
}

function besideText(routes) {
  const count = routes.filter((route) => route.untraced).length;
  return count ? `${plural(count, "untraced flow")} beside them, in no sum, ` : "";
}

function countOf(some, all) {
  return `${grouped(String(some))} of ${grouped(String(all))}`;
}

function hiddenText({ shown }, addresses, flows) {
  const windowed = !isWhole();
  const ofWhat = filterText() ? `filter (${filterText()})` : "window";
  if (windowed) {
    return flows ? `${plural(flows, "flow")} of this ${ofWhat} not shown` : `nothing of this ${ofWhat} is left out`;
  }
  const ended = sumOfEndpoints(view.rule, ({ node }) => !shown.has(node));
  return flows || ended ? `not shown: addresses where ${exactAmount(ended)} ${visibleText(trace.asset.symbol)} ended` : "nothing is left out";
}
