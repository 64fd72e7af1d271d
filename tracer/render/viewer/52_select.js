// Selecting: what belongs to the selection stays, the rest steps back.

function showNode(node) {
  const picture = currentPicture();
  const pinned = [...view.pinned];
  if (!picture.shown.has(node)) {
    for (const other of [...nodesOfPath(strongestPath(view.rule, node)), node]) {
      if (!picture.shown.has(other) && !pinned.includes(other)) {
        pinned.push(other);
      }
    }
  }
  change({ node, flow: null, pinned: pinned.slice(-MOST_NODES), tab: "flow" });
  bringIntoSight(node);
}

// All hops to an end that was drawn with a dashed line.
function showWholePath(node) {
  const pinned = new Set([...view.pinned, ...nodesOfPath(strongestPath(view.rule, node))]);
  change({ node, flow: null, pinned: [...pinned].slice(-MOST_NODES), tab: "flow" });
  fitPicture();
  if (placed.scale < READABLE_SCALE) {
    zoomAt(0, pictureSize.height / 2, 0.6 / placed.scale);
    bringIntoSight(node);
  }
}

function showFlow(flow) {
  change({ node: null, flow: [flow.sender, flow.recipient], tab: "flow" });
  bringIntoSight(flow.recipient);
}

function clearSelection() {
  change({ node: null, flow: null });
  showTip("");
  backToPlace();
}

function markSelection(picture) {
  const { node, flow } = view;
  const nothing = node === null && flow === null;
  const onPath = new Set();
  if (node !== null) {
    const { sender, recipient } = trace.edges;
    strongestPath(view.rule, node).forEach((edge) => onPath.add(`${sender[edge]} ${recipient[edge]}`));
  }
  const lit = new Set();
  for (const route of picture.routes) {
    const { sender, recipient } = route.flow;
    const path = onPath.has(`${sender} ${recipient}`);
    const touches = flow ? sender === flow[0] && recipient === flow[1] : sender === node || recipient === node;
    const chosen = path || touches;
    route.drawn.setAttribute("opacity", STRENGTH[strengthOf(nothing, path || (flow && touches), touches)]);
    const written = view.labels && (nothing ? route.labelled : chosen && (route.labelled || path || flow));
    route.text.setAttribute("visibility", written ? "visible" : "hidden");
    if (chosen) {
      lit.add(route.from).add(route.to);
    }
  }
  for (const box of picture.boxes.values()) {
    const chosen = box.node === node;
    box.drawn.setAttribute("opacity", nothing || chosen || lit.has(box) ? 1 : 0.28);
    box.drawn.querySelector(".outline").setAttribute("stroke-width", chosen ? 3 : 1.3);
  }
}

function strengthOf(nothing, onTheWay, touches) {
  if (nothing) {
    return "usual";
  }
  return onTheWay ? "chosen" : touches ? "beside" : "faded";
}

function hovered(picture, target) {
  const group = target.closest && target.closest(".route");
  for (const route of picture.routes) {
    if (route.hovered && (!group || route !== group.route)) {
      route.hovered = false;
      markSelection(picture);
    }
  }
  if (group && !group.route.hovered) {
    group.route.hovered = true;
    group.setAttribute("opacity", STRENGTH.chosen);
    group.route.text.setAttribute("visibility", "visible");
  }
}

function tip(target) {
  const route = target.closest && target.closest(".route");
  const box = target.closest && target.closest(".box");
  const { symbol } = trace.asset;
  if (route) {
    const { flow } = route.route;
    const when = flow.first === flow.last ? utc(flow.first) : `${utc(flow.first)} – ${utc(flow.last)}`;
    if (flow.hops) {
      const ends = `${nodeLongName(flow.sender)} to ${nodeLongName(flow.recipient)}`;
      return `${plural(flow.hops, "hop")} from ${ends} are not drawn.\nClick to draw them all.`;
    }
    return `flow ${flow.number}: ${nodeLongName(flow.sender)} → ${nodeLongName(flow.recipient)}\n` +
      `${exactAmount(flow.stolen)} ${symbol} of stolen value in ${plural(flow.transfers.length, "transfer")}\n${when} UTC`;
  }
  return box ? `${nodeName(box.box.node)}\n${visibleText(trace.nodes.address[box.box.node])}` : "";
}
