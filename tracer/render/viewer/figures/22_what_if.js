// The case as it was asked, or as the same engine traced it under another assumption when this page was made. Nothing is computed
// here: what is otherwise then is put in its place.
let asked = null;
const otherRuns = new Map();

function useRun(number) {
  if (number !== null && !otherRuns.has(number)) {
    const answer = answerShown(number);
    otherRuns.set(number, answer === undefined ? changedTrace(asked.what_ifs[number]) : answerTrace(answer));
  }
  trace = number === null ? asked : otherRuns.get(number);
}

function changedTrace({ stolen, fees, taken, endpoints, edges, cut, carried, nodes, role, service, touched_only: touchedOnly, paid }) {
  const { edges: allEdges, nodes: allNodes } = asked;
  const arrived = edges.filter((_, at) => asked.rules.some((rule) => carried[rule][at] !== "0"));
  const reached = arrived.flatMap((edge) => [allEdges.sender[edge], allEdges.recipient[edge]]);
  const none = (places) => places.map(() => 0);
  return {
    ...asked,
    ...NOT_COMPUTED,
    stolen,
    fees,
    endpoints,
    thefts: asked.thefts.map((theft, at) => ({ ...theft, stolen: taken[at] })),
    edges: {
      ...allEdges,
      cut: patched(allEdges.cut, edges, cut),
      beside: patched(allEdges.beside, arrived, none(arrived)),
      stolen: patchedByRule(allEdges.stolen, edges, carried),
    },
    nodes: {
      ...allNodes,
      role: patched(allNodes.role, nodes, role),
      service: patched(allNodes.service, nodes, service),
      touched_only: patched(allNodes.touched_only, nodes, touchedOnly),
      beside: patched(allNodes.beside, reached, none(reached)),
      fees: patchedByRule(allNodes.fees, nodes, paid),
    },
  };
}

// What was computed of the case as asked alone.
const NOT_COMPUTED = { services: [], customers: [], claims: [], statements: [], valuation: null };

function patched(column, places, values) {
  const copy = [...column];
  places.forEach((place, at) => (copy[place] = values[at]));
  return copy;
}

function patchedByRule(columns, places, values) {
  return Object.fromEntries(Object.entries(columns).map(([rule, column]) => [rule, patched(column, places, values[rule])]));
}

// What ended at each place in the case as it was asked.
function askedAt(rule, keys) {
  return keys.reduce((sum, key) => sum + (askedByPlace(rule).get(key) || 0n), 0n);
}

const askedByPlace = remember((rule) => {
  const sums = new Map();
  asked.endpoints.forEach((end) => sums.set(placeOf(end), (sums.get(placeOf(end)) || 0n) + amountOf(end.amounts, rule)));
  return sums;
});

// "" for the case as it was asked.
function whatIfText() {
  const answer = answerShown();
  return answer !== undefined ? answerText(answer) : view.whatIf === null ? "" : `What if there were ${visibleText(asked.what_ifs[view.whatIf].says)}: not the result of this case`;
}

function startWhatIf() {
  const select = part("what-if");
  part("what-if-choice").hidden = !trace.what_ifs.length;
  add(select, "option", "as asked", { value: "" });
  trace.what_ifs.forEach(({ says }, number) => add(select, "option", visibleText(shortened(says, 90)), { value: String(number) }));
  select.addEventListener("change", () => {
    change({ whatIf: select.value === "" ? null : Number(select.value) });
    fitPicture();
  });
}
