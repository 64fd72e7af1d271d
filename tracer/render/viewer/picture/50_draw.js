// The picture as SVG. All looks are presentation attributes, so that the exported file looks the same.
function inkOfRoute({ flow, to }) {
  if (flow.theft) {
    return INK.theft;
  }
  return to.service ? inkOfService(to.service) : INK.stream;
}

const STRENGTH = { usual: 0.6, chosen: 0.95, beside: 0.75, faded: 0.09 };

// Paint that is thinned itself: a group of that opacity would be painted aside first, and 300 of them each frame take too long.
function setStrength(group, strength) {
  group.setAttribute("stroke-opacity", strength);
  group.setAttribute("fill-opacity", strength);
}

function drawPicture() {
  const picture = currentPicture();
  const svg = part("flow").querySelector("svg");
  const focus = focusedInPicture(svg);
  svg.replaceChildren();
  svg.setAttribute("font-family", FONT);
  const root = draw(svg, "g", { class: "root" });
  drawHeadings(root, picture);
  const lines = draw(root, "g", { fill: "none" });
  const boxes = draw(root, "g");
  const labels = draw(root, "g", { "font-size": LABEL.size, "pointer-events": "none" });
  for (const route of [...picture.routes].sort((a, b) => b.width - a.width)) {
    drawRoute(lines, route, picture.graph);
  }
  const closedOf = closedGraph();
  for (const box of picture.boxes.values()) {
    drawBox(boxes, box, picture.graph, closedOf);
  }
  for (const route of picture.routes) {
    drawLabel(labels, route);
  }
  if (!picture.routes.length) {
    draw(root, "text", { x: 0, y: 0, "font-size": 14, fill: INK.quiet }, "No stolen value moved in this window.");
  }
  drawClaims(root, picture);
  drawHiddenNote(picture);
  focusAgain(svg, focus);
  return picture;
}

// What has the keyboard's focus keeps it when the picture is drawn anew.
function focusedInPicture(svg) {
  const focused = document.activeElement;
  return svg.contains(focused) ? focused.getAttribute("data-id") : null;
}

function focusAgain(svg, id) {
  if (id !== null) {
    const same = [...svg.querySelectorAll("[data-id]")].find((one) => one.getAttribute("data-id") === id);
    (same || svg).focus({ preventScroll: true });
  }
}

function drawHeadings(root, picture) {
  const last = picture.columns.length - 1;
  picture.columns.forEach((column, at) => {
    const box = column.find((item) => !item.track && !trace.nodes.beside[item.node]);
    const start = picture.routes.some(({ flow }) => flow.theft) && !gotInExchange().length ? "theft from" : "from";
    const hop = picture.names[at];
    const text = hop === 0 ? start : box && box.end ? "ends at" : `hop ${hop}`;
    if (at <= last && box) {
      draw(root, "text", { x: box.x, y: -12, "font-size": 11, fill: INK.quiet, class: "heading-of-column" }, text);
    }
  });
}

// Where the headings stand, so that no label stands there.
function headingReaches({ columns }) {
  return columns.map((column) => column.find((item) => !item.track)).filter(Boolean).map(({ x }) => ({ x, y: -24, width: BOX.width, height: 16 }));
}

function drawRoute(parent, route, graph) {
  const colour = inkOfRoute(route);
  const grounds = groundsOf(route.flow);
  const { title, ...dashed } = route.untraced ? UNTRACED : route.far ? NOT_DRAWN : GROUNDS[grounds];
  const attributes = { class: "route", tabindex: 0, role: "button", "data-id": idOfRoute(route), "data-grounds": route.untraced ? "untraced" : grounds };
  const group = draw(parent, "g", attributes);
  group.setAttribute("aria-label", `${route.label}: ${boxTitle(route.from, graph)} to ${boxTitle(route.to, graph)}${route.back ? " and back" : ""}, details`);
  const path = pathText(route.pieces);
  draw(group, "path", { class: "line", d: path, stroke: colour, "stroke-width": round(route.width), ...dashed });
  drawArrow(group, route, colour);
  if (route.back) {
    drawArrowBack(group, route, colour);
  }
  // A wide line that is never painted catches the pointer where the flow itself is hair-thin.
  draw(group, "path", { d: path, stroke: "none", "pointer-events": "stroke", "stroke-width": Math.max(10, route.width) });
  setStrength(group, STRENGTH.usual);
  if (route.flow.relays) {
    drawBeads(group, route, colour);
  }
  group.route = route;
  route.drawn = group;
}

function idOfRoute({ flow, from, to }) {
  return `flow ${from.id} ${to.id}${flow.relays ? ` ${RELAYS}` : ""}`;
}

// Of several relays there are as many beads on the line, at most three.
function drawBeads(parent, route, colour) {
  const group = draw(parent, "g", { class: "beads", "fill-opacity": 1 });
  for (const { x, y } of route.beads) {
    draw(group, "circle", { cx: round(x), cy: round(y), r: BEAD.radius, fill: INK.paper, stroke: colour, "stroke-width": 2 });
  }
  draw(group, "title", {}, `open ${lineText(route.flow)}`);
}

function drawArrowBack(parent, { pieces, width, against, from, to }, colour) {
  const { x1, y1 } = pieces[0];
  const half = Math.max(3.2, width / 2 + 1.5);
  const forward = against && from.column !== to.column ? -7 : 7;
  draw(parent, "path", { d: `M${round(x1)},${round(y1)}l${forward},${-half}v${2 * half}z`, fill: colour });
}

function drawArrow(parent, route, colour) {
  const { x2, y2, bow } = route.pieces[route.pieces.length - 1];
  const fromRight = route.against;
  const back = fromRight ? 7 : -7;
  const half = Math.max(3.2, route.width / 2 + 1.5);
  if (bow || fromRight || route.width < 7) {
    draw(parent, "path", { d: `M${round(x2)},${round(y2)}l${back},${-half}v${2 * half}z`, fill: colour });
  }
}

function drawLabel(parent, route) {
  const attributes = {
    x: round(route.place.x),
    y: round(route.place.y + LABEL.height / 2 + LABEL.size * 0.36),
    fill: INK.text,
    "font-weight": route.flow.theft ? 600 : 400,
    stroke: INK.paper,
    "stroke-width": 3,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
    class: "flow-label",
  };
  route.text = draw(parent, "text", attributes, route.label);
  route.text.route = route;
}
