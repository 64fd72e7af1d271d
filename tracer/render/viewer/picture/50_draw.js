// The picture as SVG. All looks are presentation attributes, so that the exported file looks the same.
const INK = {
  text: "#1c2733",
  quiet: "#5d6b7a",
  line: "#9fb0c0",
  theft: "#c9302c",
  victim: "#33414f",
  recipient: "#c9302c",
  account: "#7b8a99",
  held: "#9a6200",
  boundary: "#7b8a99",
};
// None of them near the red of a theft or the amber of what is held.
const SERVICE_INK = ["#1f66b5", "#7b4fb3", "#0d8074", "#4f7a1c", "#0a7fa6", "#a63d95", "#3a3fb0", "#2f5d50"];

// A service keeps its colour under every rule: those where most ended under the leading rule come first.
const serviceNames = remember(() => {
  const ended = sumsByPlace(leadingRule());
  const sum = (name) => Number(ended.get(`service ${name}`) || 0n);
  const names = new Set(trace.nodes.service.filter((name) => name !== null));
  return [...names].sort((a, b) => sum(b) - sum(a));
});

function inkOfService(name) {
  return SERVICE_INK[Math.max(0, serviceNames().indexOf(name)) % SERVICE_INK.length];
}

function inkOf(node) {
  if (isVictim(node)) {
    return INK.victim;
  }
  return isService(node) ? inkOfService(trace.nodes.service[node]) : INK[trace.nodes.role[node]] || INK.account;
}

function inkOfRoute({ flow }) {
  if (flow.theft) {
    return INK.theft;
  }
  return isService(flow.recipient) ? inkOf(flow.recipient) : INK.line;
}

const FIGURE_SIZES = [11, 10.5, 10, 9.5]; // the largest in which a box's figures fit: they are not cut
const STRENGTH = { usual: 0.55, chosen: 0.95, beside: 0.7, faded: 0.09 };

function drawPicture() {
  const picture = currentPicture();
  const svg = part("flow").querySelector("svg");
  svg.replaceChildren();
  svg.setAttribute("font-family", FONT);
  const root = draw(svg, "g", { class: "root" });
  drawHeadings(root, picture);
  const lines = draw(root, "g", { fill: "none" });
  const boxes = draw(root, "g");
  const labels = draw(root, "g", { "font-size": LABEL.size });
  for (const route of [...picture.routes].sort((a, b) => b.width - a.width)) {
    drawRoute(lines, route);
  }
  for (const box of picture.boxes.values()) {
    drawBox(boxes, box, picture.graph);
  }
  for (const route of picture.routes) {
    drawLabel(labels, route);
  }
  if (!picture.routes.length) {
    draw(root, "text", { x: 0, y: 0, "font-size": 14, fill: INK.quiet }, "No stolen value moved in this window.");
  }
  drawClaims(root, picture);
  drawHiddenNote(picture);
  return picture;
}

function drawHeadings(root, picture) {
  const last = picture.columns.length - 1;
  picture.columns.forEach((column, at) => {
    const box = column.find((item) => !item.track);
    const start = picture.routes.some(({ flow }) => flow.theft) ? "theft from" : "from";
    const text = at === 0 ? start : box && box.end ? "ends at" : `hop ${at}`;
    if (at <= last && box) {
      draw(root, "text", { x: box.x, y: -12, "font-size": 11, fill: INK.quiet, "letter-spacing": "0.04em" }, text);
    }
  });
}

function drawRoute(parent, route) {
  const ink = inkOfRoute(route);
  const group = draw(parent, "g", { class: "route", opacity: STRENGTH.usual });
  const dashed = route.far ? { "stroke-dasharray": "2 5" } : {};
  draw(group, "path", { d: pathText(route.pieces), stroke: ink, "stroke-width": round(route.width), ...dashed });
  drawArrow(group, route, ink);
  // A wide line that is never painted catches the pointer where the flow itself is hair-thin.
  const reach = Math.max(10, route.width);
  draw(group, "path", { d: pathText(route.pieces), stroke: "none", "pointer-events": "stroke", "stroke-width": reach });
  group.route = route;
  route.drawn = group;
}

function drawArrow(parent, route, ink) {
  const { x2, y2, bow } = route.pieces[route.pieces.length - 1];
  const fromRight = route.against;
  const back = fromRight ? 7 : -7;
  const half = Math.max(3.2, route.width / 2 + 1.5);
  if (bow || fromRight || route.width < 7) {
    draw(parent, "path", { d: `M${round(x2)},${round(y2)}l${back},${-half}v${2 * half}z`, fill: ink });
  }
}

function drawLabel(parent, route) {
  const attributes = {
    x: round(route.place.x),
    y: round(route.place.y + LABEL.height / 2 + LABEL.size * 0.36),
    fill: INK.text,
    "font-weight": route.flow.theft ? 600 : 400,
    stroke: "#fff",
    "stroke-width": 3,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
    "pointer-events": "none",
    class: "flow-label",
  };
  route.text = draw(parent, "text", attributes, route.label);
}

function drawBox(parent, box, graph) {
  const ink = inkOf(box.node);
  const strong = isService(box.node) || isVictim(box.node);
  const attributes = { class: "box", transform: `translate(${round(box.x)},${round(box.y)})`, tabindex: 0, role: "button" };
  const group = draw(parent, "g", attributes);
  group.setAttribute("aria-label", `${nodeLongName(box.node)}, details`);
  const dashed = trace.nodes.role[box.node] === "boundary" ? { "stroke-dasharray": "4 3" } : {};
  const look = strong ? { fill: ink, stroke: ink } : { fill: "#fff", stroke: ink };
  draw(group, "rect", { class: "outline", width: BOX.width, height: box.bar, rx: 5, "stroke-width": 1.3, ...look, ...dashed });
  if (!strong) {
    draw(group, "rect", { width: 5, height: box.bar, rx: 2.5, fill: ink });
  }
  const middleLine = box.bar / 2;
  const first = { x: 12, y: middleLine - 4, "font-size": 12.5, "font-weight": 600, fill: strong ? "#fff" : INK.text };
  draw(group, "text", first, fitted(boxTitle(box), BOX.width - 18, 12.5, 600));
  const { text, held } = boxFigure(box, graph);
  const weight = held && !strong ? 600 : 400;
  const size = FIGURE_SIZES.find((one) => textWidth(text, one, weight) <= BOX.width - 15) || 9.5;
  const second = { x: 12, y: middleLine + 11, "font-size": size, fill: strong ? "#fff" : held ? INK.held : INK.quiet };
  draw(group, "text", { ...second, "font-weight": weight }, fitted(text, BOX.width - 15, size, weight));
  group.box = box;
  box.drawn = group;
  if (box.stub.count) {
    drawStub(parent, box);
  }
}

function boxTitle(box) {
  return box.id.startsWith("back") ? `back to ${nodeName(box.node)}` : nodeName(box.node);
}

function boxFigure(box, graph) {
  if (box.column === 0) {
    return { text: `out ${compactAmount(total(graph.outgoing.get(box.node)))}`, held: false };
  }
  const received = compactAmount(total(graph.incoming.get(box.node)));
  const atTheEnd = view.to === null; // what is held is held at the horizon
  const held = compactAmount(atTheEnd ? heldAt(view.rule, box.node) : 0n);
  if (held !== "0") {
    return { text: held === received || view.from !== null ? `holds ${held}` : `holds ${held} of ${received}`, held: true };
  }
  const named = nodeName(box.node) !== shortAddress(box.node);
  return { text: named ? `in ${received} · ${visibleText(trace.nodes.address[box.node]).slice(0, 6)}…` : `in ${received}`, held: false };
}

function fitted(text, width, size, weight) {
  let length = text.length;
  while (length > 1 && textWidth(shortened(text, length), size, weight) > width) {
    length -= 1;
  }
  return shortened(text, length);
}

// "+n more": what left this address and is not drawn.
function drawStub(parent, box) {
  const attributes = { class: "stub", transform: `translate(${round(box.x)},${round(box.y + box.bar)})`, tabindex: 0, role: "button" };
  const group = draw(parent, "g", attributes);
  const { count, stolen } = box.stub;
  const way = isService(box.node) ? "more in" : "more";
  const text = `+${grouped(String(count))} ${way} · ${compactAmount(stolen)}`;
  group.setAttribute("aria-label", `${text}, flows of ${nodeName(box.node)} that are not drawn, show`);
  const width = BOX.width - 18;
  draw(group, "rect", { x: 9, y: 2, width, height: 14, rx: 7, fill: "#f6f8fa", stroke: "#8fa0b0", "stroke-dasharray": "3 2" });
  draw(group, "text", { x: 9 + width / 2, y: 12.6, "font-size": 10.5, fill: INK.quiet, "text-anchor": "middle" }, text);
  group.stub = box;
}
