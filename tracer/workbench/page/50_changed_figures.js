// What the last trace moved: the old figure beside the new one, endpoint by endpoint, under one rule at a time.
async function showMoved() {
  const moved = await asked("/moved");
  if (!moved.rules) {
    return;
  }
  const dialog = opened("What moved", true);
  dialog.dataset.moved = "true";
  add(dialog, "p", visibleText(moved.verdict), { "data-testid": "verdict" });
  const why = add(dialog, "ul", null, { "data-testid": "why" });
  moved.why.forEach((line) => add(why, "li", visibleText(line)));
  const label = add(dialog, "label", "rule ");
  const rule = add(label, "select", null, { "data-testid": "moved-rule" });
  moved.rules.forEach((name) => add(rule, "option", name, { value: name }));
  rule.value = moved.rules.includes(view.rule) ? view.rule : moved.rules[0];
  const place = add(dialog, "div", null, { class: "sideways" });
  const redraw = () => drawMoved(place, moved, rule.value);
  rule.addEventListener("change", redraw);
  redraw();
  add(dialog, "p", `Results digest ${moved.before}, then ${moved.after}. The old result stands in history/, and “tracer compare” shows both.`, { class: "quiet hash" });
  button(add(dialog, "p", null, { class: "choices" }), "close", () => dialog.close(), { "data-testid": "close-moved" });
}

const REASONS = { service: "at a service", returned: "returned", unspent: "still held", dust: "dust", not_fetched: "not read" };

function drawMoved(place, moved, rule) {
  place.replaceChildren();
  const table = add(place, "table", null, { "data-testid": "moved" });
  const head = add(add(table, "thead"), "tr");
  ["where", "", "before", "after", "difference"].forEach((title, at) => add(head, "th", title, { class: at > 1 ? "number" : "" }));
  const body = add(table, "tbody");
  const line = (where, what, before, after, old = "") => {
    const row = add(body, "tr");
    const cell = add(row, "td", where);
    if (old) {
      add(cell, "div", old, { class: "quiet" });
    }
    add(row, "td", what);
    [before, after, after - before].forEach((units) => addAmount(row, units, "td"));
  };
  for (const { address, reason, service, before, after } of moved.endpoints) {
    const [was, is] = service.map(visibleText);
    const named = was === is ? is : `${was || "no service"} → ${is || "no service"}`;
    line(visibleText(address), REASONS[reason] || reason, BigInt(before[rule]), BigInt(after[rule]), named);
  }
  for (const [name, { before, after }] of Object.entries(moved.sums)) {
    line(name, "", BigInt(before[rule]), BigInt(after[rule]));
  }
}
