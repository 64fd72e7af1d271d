// Selecting: what belongs to the selection stays, the rest steps back.

function showNode(node) {
  const drawn = [...currentPicture().boxes.values()].some((box) => box.node === node);
  const opened = trace.nodes.beside[node] && !drawn ? { neighbours: { ...view.neighbours, [node]: MORE_AT_ONCE } } : {};
  select({ node, pinned: withPathsTo([node]), ...opened }, node);
}

// All hops to an end that was drawn with a dashed line.
function showWholePath(node) {
  const pinned = new Set([...view.pinned, ...nodesOfPath(strongestPath(view.rule, node))]);
  select({ node, pinned: [...pinned].slice(-MOST_NODES) }, node);
}

function showFlow(flow) {
  select({ flow: [flow.sender, flow.recipient] }, flow.recipient);
}

function select(patch, node) {
  keepingPlace(() => change({ node: null, flow: null, path: null, tab: "flow", ...patch }));
  bringIntoSight(node);
}

function clearSelection() {
  keepingPlace(() => change({ node: null, flow: null, path: null }));
  showTip("");
}

// The addresses pinned so far, and those not drawn yet on the strongest paths to some.
function withPathsTo(nodes) {
  const { shown } = currentPicture();
  const missing = nodes.filter((node) => !shown.has(node));
  const onTheWay = missing.flatMap((node) => [...nodesOfPath(strongestPath(view.rule, node)), node]);
  return [...new Set([...view.pinned, ...onTheWay.filter((node) => !shown.has(node))])].slice(-MOST_NODES);
}

// A click on "+n more": the largest of the flows that are not drawn.
function showMore({ node }) {
  if (isService(node)) {
    const { graph, shown } = currentPicture();
    const senders = hiddenFlows(graph, shown, node).slice(0, MORE_AT_ONCE).map((flow) => flow.sender);
    change({ pinned: withPathsTo(senders) });
  } else {
    change({ expanded: { ...view.expanded, [node]: (view.expanded[node] || 0) + MORE_AT_ONCE } });
  }
  fitPicture();
}

function markSelection(picture) {
  const { node, flow } = view;
  const nothing = node === null && flow === null && view.path === null && !view.picked.length;
  const onPath = new Set();
  if (node !== null) {
    const { sender, recipient } = trace.edges;
    strongestPath(view.rule, node).forEach((edge) => onPath.add(`${sender[edge]} ${recipient[edge]}`));
  } else if (view.path !== null) {
    const { sender, recipient } = trace.edges;
    pathBetween(view.path).path.forEach((edge) => onPath.add(`${sender[edge]} ${recipient[edge]}`));
  }
  if (!nothing && node === null && flow === null && view.path === null) {
    const { sender, recipient } = trace.edges;
    view.picked.forEach((edge) => onPath.add(`${sender[edge]} ${recipient[edge]}`));
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
    const chosen = box.node === node || view.chosen.includes(box.node);
    box.drawn.setAttribute("opacity", nothing || chosen || lit.has(box) ? 1 : 0.28);
    const outline = box.drawn.querySelector(".outline");
    outline.setAttribute("stroke-width", chosen ? 3.5 : outline.dataset.line);
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
  return route ? tipOfFlow(route.route.flow) : box ? tipOfNode(box.box.node) : "";
}

function tipOfFlow(flow) {
  const { symbol } = trace.asset;
  if (flow.untraced) {
    return untracedText(flow);
  }
  const when = flow.first === null ? "time not stated" : flow.first === flow.last ? utc(flow.first) : `${utc(flow.first)} – ${utc(flow.last)}`;
  if (flow.hops) {
    const ends = `${nodeLongName(flow.sender)} to ${nodeLongName(flow.recipient)}`;
    return `${plural(flow.hops, "hop")} from ${ends} are not drawn.\nClick to draw them all.`;
  }
  return `${nodeLongName(flow.sender)} → ${nodeLongName(flow.recipient)}\n` +
    `${exactAmount(flow.stolen)} ${visibleText(symbol)} of stolen value in ${plural(flow.transfers.length, "transfer")} (${view.rule})\n` +
    `${when} UTC${flow.row === null ? "" : `\nfirst transfer: row ${flow.row} of the ledger`}`;
}

function tipOfNode(node) {
  if (trace.nodes.beside[node]) {
    return [nodeName(node), visibleText(trace.nodes.address[node]), "untraced: no rule puts stolen value here"].join("\n");
  }
  const { received, ended } = sumsAt(view.rule, node);
  return [
    nodeName(node),
    visibleText(trace.nodes.address[node]),
    `received ${exactAmount(received)}`,
    `ended here ${exactAmount(ended)}`,
    `${visibleText(trace.asset.symbol)} of stolen value, ${view.rule}, all times`,
  ].join("\n");
}
