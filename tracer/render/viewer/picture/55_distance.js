// What can be read at a distance is shown at it. From far: names of victims and services and of the largest boxes, in letters that
// stay readable; near: exact amounts, seconds, memos and whole addresses, in letters that do not grow any more.
const DISTANCE = { far: 0.8, near: 1.6 };
const FAR_SIZE = 11.5; // px on the screen
const STEP = 1.2; // letters keep their size while the scale changes less than this
const NEAR = { size: 7, line: 7.6 }; // units of the picture: 11 px and more from DISTANCE.near on

function distanceOf(scale) {
  return scale < DISTANCE.far ? "far" : scale >= DISTANCE.near ? "near" : "usual";
}

function showDistance(root, scale) {
  const distance = distanceOf(scale);
  const step = distance === "far" ? Math.floor(Math.log(scale) / Math.log(STEP)) : 0;
  const shown = `${distance} ${step}`;
  if (root.distance === shown) {
    return;
  }
  root.distance = shown;
  root.setAttribute("data-distance", distance);
  root.querySelector(".from-afar")?.remove();
  root.querySelector(".from-near")?.remove();
  if (distance === "far") {
    drawFromAfar(root, FAR_SIZE / STEP ** step);
  } else if (distance === "near") {
    drawFromNear(root);
  }
}

function drawFromAfar(root, size) {
  const picture = currentPicture();
  const group = draw(root, "g", { class: "from-afar", "font-size": round(size), "pointer-events": "none" });
  const importance = (box) => (isVictim(box.node) ? Infinity : total(picture.graph.incoming.get(box.node)) ? Number(total(picture.graph.incoming.get(box.node))) : 0) * (isService(box.node) ? 1000 : 1);
  const taken = grid();
  const look = { fill: INK.text, stroke: INK.paper, "stroke-width": size / 3.5, "stroke-linejoin": "round", "paint-order": "stroke", "font-weight": 600 };
  for (const box of [...picture.boxes.values()].sort((a, b) => importance(b) - importance(a))) {
    const amount = total(picture.graph[box.hop === 0 ? "outgoing" : "incoming"].get(box.node));
    const text = `${boxTitle(box, picture.graph)}${amount ? ` ${compactAmount(amount)}` : ""}`; // what is untraced has no amount
    const width = textWidth(text, size, 600);
    const place = { x: box.end ? box.x + BOX.width - width : box.x, y: middle(box) - size * 0.6, width, height: size * 1.2 };
    if (!taken.near(place).some((other) => overlap(place, other))) {
      taken.add(place);
      draw(group, "text", { ...look, x: round(place.x), y: round(place.y + size * 0.95) }, text);
    }
  }
}

function drawFromNear(root) {
  const picture = currentPicture();
  const group = draw(root, "g", { class: "from-near", "font-size": NEAR.size, "pointer-events": "none" });
  for (const box of picture.boxes.values()) {
    const width = BOX.width - INSIDE.left - INSIDE.right;
    const lines = nearLinesOf(box, picture.graph);
    lines.forEach((text, at) => {
      const y = round(box.y + box.bar / 2 + 2.5 + (at - (lines.length - 1) / 2) * NEAR.line);
      draw(group, "text", { x: round(box.x + INSIDE.left), y, fill: INK.text }, fitted(text, width, NEAR.size, 400));
    });
  }
  for (const route of picture.routes.filter(({ labelled }) => labelled)) {
    const { x, y, width } = route.place;
    const look = { fill: INK.text, stroke: INK.paper, "stroke-width": 2, "stroke-linejoin": "round", "paint-order": "stroke" };
    nearLinesOfFlow(route.flow).forEach((text, at) => draw(group, "text", { ...look, x: round(x), y: round(y + 3 + at * 7.5) }, fitted(text, Math.max(width, 100), NEAR.size, 400)));
  }
}

function nearLinesOf(box, graph) {
  const named = nodeName(box.node) !== shortAddress(box.node);
  const [received, sent, held] = [total(graph.incoming.get(box.node)), total(graph.outgoing.get(box.node)), heldAt(view.rule, box.node)];
  const members = membersOf(graph, box.node);
  const address = members.length > 1 ? plural(members.length, "address") : visibleText(trace.nodes.address[box.node]);
  const half = members.length > 1 ? address.length : Math.ceil(address.length / 2);
  return [
    named ? boxTitle(box, graph) : "",
    address.slice(0, half),
    address.slice(half),
    box.hop === 0 ? "" : `in ${exactAmount(received)}`,
    held && view.to === null ? `holds ${exactAmount(held)}` : sent ? `out ${exactAmount(sent)}` : "",
  ].filter(Boolean);
}

function nearLinesOfFlow(flow) {
  const [first] = flow.transfers;
  const memo = flow.transfers.map((edge) => trace.edges.memo[edge]).find((one) => one);
  const count = flow.transfers.length > 1 ? ` ×${grouped(String(flow.transfers.length))}` : "";
  const more = memo ? `“${visibleText(shortened(memo, 60))}”` : visibleText(trace.edges.tx_hash[first] || "");
  return [`${exactAmount(flow.stolen)}${count}`, stated(flow.first), more].filter(Boolean);
}
