// What shapes, lines and marks mean: only those that are in the picture.
function drawLegend() {
  const legend = part("legend");
  legend.replaceChildren();
  const picture = currentPicture();
  const boxes = [...picture.boxes.values()];
  for (const role of Object.keys(ROLES)) {
    const box = boxes.find(({ node }) => roleOf(node) === role);
    if (box) {
      const item = add(legend, "span", null, { class: "entry" });
      drawOutline(draw(item, "svg", { width: 26, height: 16, viewBox: "-1 -1 28 18", "aria-hidden": "true" }), role, box.node, 26, 16);
      add(item, "span", ROLES[role].title);
    }
  }
  const used = new Set(picture.routes.filter(({ far, untraced }) => !far && !untraced).map(({ flow }) => groundsOf(flow)));
  for (const name of Object.keys(GROUNDS).filter((one) => used.has(one))) {
    const { title, ...dashed } = GROUNDS[name];
    sample(legend, { "stroke-width": 2, ...dashed }, title);
  }
  if (boxes.some(({ node }) => picture.graph.members.has(node))) {
    add(legend, "span", "×n: so many addresses in one box", { class: "entry" });
  }
  if (picture.routes.some(({ flow }) => flow.relays)) {
    const beads = draw(add(legend, "span", null, { class: "entry" }), "svg", { width: 26, height: 12, viewBox: "0 0 26 12", "aria-hidden": "true" });
    draw(beads, "path", { d: "M0,6H26", stroke: INK.stream, "stroke-width": 2 });
    draw(beads, "circle", { cx: 13, cy: 6, r: 4, fill: INK.paper, stroke: INK.stream, "stroke-width": 2 });
    add(beads.parentNode, "span", "relays in one line");
  }
  if (picture.routes.some(({ far }) => far)) {
    sample(legend, { ...NOT_DRAWN, "stroke-width": DASHED }, "hops not drawn");
  }
  if (picture.routes.some(({ untraced }) => untraced)) {
    sample(legend, { ...UNTRACED, "stroke-width": 2 }, "untraced, in no sum");
  }
  if (picture.claims.length) {
    sample(legend, { "stroke-dasharray": "5 4", "stroke-width": 1.5, stroke: CLAIM_INK }, "claimed, not traced");
  }
  if (trace.evidence.length && isOpen("time")) {
    add(legend, "span", "◆ evidence that stands · ◇ explained · ◇ struck through: superseded", { class: "entry quiet" });
  }
  add(legend, "span", "row · value · UTC · ×transfers", {
    class: "quiet",
    title: "On a flow: the ledger row of its first transfer, the stolen value of all its transfers, when the first was made, how many they are.",
  });
}

function sample(legend, look, text) {
  const item = add(legend, "span", null, { class: "entry" });
  const picture = draw(item, "svg", { width: 30, height: 8, "aria-hidden": "true" });
  draw(picture, "line", { x1: 0, x2: 30, y1: 4, y2: 4, stroke: ink("account-line"), ...look });
  add(item, "span", text);
}
