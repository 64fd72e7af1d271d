// A box: who it is, and what of the stolen value is there.
const TITLE = { size: 13, weight: 600 };
const FIGURE = { size: 11 };
const INSIDE = { left: 13, right: 6 }; // room between outline and text

function drawBox(parent, box, graph, closedOf) {
  const role = roleOf(box.node);
  const { text, bold, brief } = boxFigure(box, graph);
  const attributes = { class: "box", transform: `translate(${round(box.x)},${round(box.y)})`, tabindex: 0, role: "button", "data-id": `box ${box.id}` };
  const group = draw(parent, "g", attributes);
  const members = membersOf(graph, box.node);
  if (members.length > 1) {
    drawStack(group, role, box);
  }
  const outline = drawOutline(group, role, box.node, BOX.width, box.bar);
  if (view.colours[box.node] !== undefined) {
    outline.setAttribute("stroke", ink(`service-${view.colours[box.node]}`));
    draw(group, "rect", { class: "coloured", x: 3, y: 3, width: 6, height: Math.max(6, box.bar - 6), rx: 2, fill: ink(`service-${view.colours[box.node]}`) });
  }
  const width = BOX.width - INSIDE.left - INSIDE.right;
  const middleLine = box.bar / 2;
  const first = { x: INSIDE.left, y: middleLine - 4, "font-size": TITLE.size, "font-weight": TITLE.weight, fill: INK.text };
  const inFold = foldOf(box.node, closedOf) !== null;
  const closed = isFolded(box.node, graph);
  const besideSign = inFold ? SIGN + 2 : 0;
  const title = fitted(boxTitle(box, graph), width - besideSign, TITLE.size, TITLE.weight);
  draw(group, "text", first, title);
  group.append(" "); // so that title and figure are two words to what reads the page aloud
  const weight = bold && textWidth(text, FIGURE.size, 600) <= width ? 600 : 400;
  const second = { x: INSIDE.left, y: middleLine + 11, "font-size": FIGURE.size, "font-weight": weight, fill: INK.text };
  const figure = fitted(brief && textWidth(text, FIGURE.size, weight) > width ? brief : text, width, FIGURE.size, weight);
  draw(group, "text", second, figure);
  // What is seen comes first, so that it can be said to a program that listens; then all of it.
  const whole = figure === text ? "" : `, ${text}`;
  const who = members.length > 1 ? "" : ` ${nodeLongName(box.node)}`;
  const key = inFold ? `, o ${closed ? "opens" : "closes"} the fold` : "";
  group.setAttribute("aria-label", `${title} ${figure} ${ROLES[role].title},${who}${whole} details${key}`.replace(/,( details)/, ",$1"));
  if (inFold) {
    drawFoldSign(group, closed);
  }
  group.box = box;
  box.drawn = group;
  if (box.stub.count) {
    drawStub(parent, box);
  }
}

// Behind the box of several addresses the edges of two more.
const STACKED = [6, 3];

function drawStack(parent, role, { node, bar }) {
  for (const by of STACKED) {
    const look = { fill: ink(`${role}-fill`), stroke: lineOfRole(role, node), "stroke-width": 1 };
    draw(parent, "path", { class: "behind", d: outlineOf(role, BOX.width, bar), transform: `translate(${by},${-by})`, ...look });
  }
}

// "+" opens a fold, "−" closes it.
const SIGN = 14;

function drawFoldSign(parent, closed) {
  const group = draw(parent, "g", { class: "fold-sign", transform: `translate(${BOX.width - SIGN - INSIDE.right},4)` });
  draw(group, "rect", { width: SIGN, height: SIGN, rx: 3, fill: INK.paper, stroke: INK.border });
  draw(group, "path", { d: `M4,${SIGN / 2}h6${closed ? `M${SIGN / 2},4v6` : ""}`, stroke: INK.text, "stroke-width": 1.5, fill: "none" });
  draw(group, "title", {}, closed ? "open (o)" : "close the fold (o)");
}

function boxTitle(box, { members } = currentPicture().graph) {
  const count = members.has(box.node) ? ` ×${grouped(String(members.get(box.node).length))}` : "";
  return box.id.startsWith("back") ? `back to ${nodeName(box.node)}` : nodeName(box.node) + count;
}

function boxFigure(box, graph) {
  if (trace.nodes.beside[box.node]) {
    return { text: "untraced", bold: false };
  }
  if (!graph.addresses.has(box.node)) {
    return { text: `nothing under ${view.rule}`, bold: false };
  }
  if (box.hop === 0 || !graph.incoming.has(box.node)) {
    return { text: `out ${compactAmount(total(graph.outgoing.get(box.node)))}`, bold: false };
  }
  const members = graph.members.get(box.node);
  const bounded = isWhole() ? boundsOfBox(box.node, members) : undefined;
  const received = compactAmount(total(graph.incoming.get(box.node)));
  const atTheEnd = view.to === null; // what is held is held at the horizon
  const held = compactAmount(atTheEnd ? membersOf(graph, box.node).reduce((sum, node) => sum + heldAt(view.rule, node), 0n) : 0n);
  if (held !== "0") {
    const worth = bounded ? "" : worthOfBox(box.node, graph);
    const of = held === received || !isWhole() || bounded ? "" : ` of ${received}`;
    const bounds = bounded ? boundsOfFigure(held, bounded) : "";
    return { text: `holds ${held}${of}${bounds}${worth}`, bold: true, brief: bounded && `${held}${bounds}` };
  }
  if (bounded) {
    const bounds = boundsOfFigure(received, bounded);
    return { text: `in ${received}${bounds}`, bold: false, brief: `${received}${bounds}` };
  }
  const worth = worthOfBox(box.node, graph);
  if (worth) {
    return { text: `in ${received}${worth}`, bold: false };
  }
  if (members) {
    return { text: `in ${received} · ${plural(members.length, "address")}`, bold: false };
  }
  const named = nodeName(box.node) !== shortAddress(box.node);
  return { text: named ? `in ${received} · ${visibleText(trace.nodes.address[box.node]).slice(0, 6)}…` : `in ${received}`, bold: false };
}

// " (4.908–4.917M)"; where no rule can say other digits than these, ", any rule".
function boundsOfFigure(figure, { least, most }) {
  const [floor, ceiling] = [least, most].map((end) => compactAmount(BigInt(end)));
  const unit = /[A-Z]?$/i.exec(ceiling)[0];
  const low = floor.endsWith(unit) ? floor.slice(0, floor.length - unit.length) : floor;
  return floor === ceiling && floor === figure ? ", any rule" : ` (${low}–${ceiling})`;
}

// " · 16.6M JPY": what ended here was worth then, where all that the box names ended here.
function worthOfBox(node, graph) {
  const members = membersOf(graph, node);
  const within = new Set(members);
  const { received, ended } = sumsOf(view.rule, members);
  const held = members.reduce((sum, one) => sum + heldAt(view.rule, one), 0n);
  const worth = isWhole() && (ended === received || ended === held) ? worthOf(view.rule, (end) => within.has(end.node)) : null;
  return worth === null ? "" : ` · ${worthText(worth)}`;
}

// Floor and ceiling of an address, or of all that a service has.
function boundsOfBox(node, members) {
  const ofService = members && trace.services.find(({ service }) => service === trace.nodes.service[node]);
  return members ? ofService : boundedEnds().get(node);
}

// The first endpoint at each address of which floor and ceiling are known.
const boundedEnds = remember(() => new Map(trace.endpoints.filter(({ least }) => least !== null).reverse().map((end) => [end.node, end])));

// The longest beginning that is no wider than that.
function fitted(text, width, size, weight) {
  if (textWidth(text, size, weight) <= width) {
    return text;
  }
  return shortened(text, mostThatFits(text.length, (count) => textWidth(shortened(text, count), size, weight) <= width));
}

// "+n more": what left this address and is not drawn.
function drawStub(parent, box) {
  const attributes = { class: "stub", transform: `translate(${round(box.x)},${round(box.y + box.bar)})`, tabindex: 0, role: "button", "data-id": `stub ${box.id}` };
  const group = draw(parent, "g", attributes);
  const { count, stolen } = box.stub;
  const way = isService(box.node) ? "more in" : "more";
  const text = `+${grouped(String(count))} ${way} · ${compactAmount(stolen)}`;
  group.setAttribute("aria-label", `${text}, flows of ${nodeName(box.node)} that are not drawn, show`);
  const width = BOX.width - 18;
  draw(group, "rect", { x: 9, y: 2, width, height: 15, rx: 7, fill: INK.ground, stroke: INK.border, "stroke-dasharray": "3 2" });
  draw(group, "text", { x: 9 + width / 2, y: 13.4, "font-size": 11, fill: INK.quiet, "text-anchor": "middle" }, text);
  group.stub = box;
}
