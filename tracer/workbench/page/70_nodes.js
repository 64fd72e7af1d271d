// What each node can do, and the remedy for what it cannot.
function drawNodes(place, nodes) {
  place.replaceChildren();
  if (!nodes.length) {
    return;
  }
  const table = add(place, "table", null, { "data-testid": "nodes" });
  const head = add(add(table, "thead"), "tr");
  ["node", "what is needed", "", "otherwise"].forEach((title) => add(head, "th", title));
  const body = add(table, "tbody");
  for (const { node, what, can, remedy } of nodes) {
    const row = add(body, "tr", null, { class: can ? "" : "unsound" });
    add(add(row, "td"), "code", visibleText(node));
    add(row, "td", visibleText(what));
    add(row, "td", can === null ? "asking" : can ? "yes" : "NO");
    add(row, "td", can === false ? visibleText(remedy) : "");
  }
}
