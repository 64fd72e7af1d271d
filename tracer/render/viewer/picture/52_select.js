// Selecting: what belongs to the selection stays, the rest steps back.

// An address that lies in a fold is taken out of it.
function showNode(node) {
  const drawn = [...currentPicture().boxes.values()].some((box) => box.node === node);
  const asked = trace.nodes.beside[node] && !drawn ? { neighbours: { ...view.neighbours, [node]: MORE_AT_ONCE } } : {};
  select({ node, pinned: withPathsTo([node]), opened: openedFor([node]), ...asked }, node);
}

// A click on a box: on that of a folded service, what all its addresses have together.
function showBox(node) {
  select({ node }, node);
}

// All hops to an end that was drawn with a dashed line.
function showWholePath({ recipient, transfers }) {
  const pinned = new Set([...view.pinned, ...nodesOfPath(strongestPath(view.rule, trace.edges.recipient[transfers[transfers.length - 1]]))]);
  select({ node: recipient, pinned: [...pinned].slice(-MOST_NODES) }, recipient);
}

function showFlow(flow) {
  select({ flow: [flow.sender, flow.recipient, ...(flow.relays ? [RELAYS] : [])] }, flow.recipient);
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
  const { addresses } = covered(currentPicture());
  const missing = nodes.filter((node) => !addresses.has(node) || isFolded(node));
  const onTheWay = missing.flatMap((node) => [...nodesOfPath(strongestPath(view.rule, node)), node]);
  return [...new Set([...view.pinned, ...onTheWay.filter((node) => !addresses.has(node)), ...missing])].slice(-MOST_NODES);
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
  const { flow } = view;
  const node = view.node === null ? null : boxOf(picture.graph, view.node);
  const nothing = view.node === null && flow === null && view.path === null && !view.picked.length;
  const onPath = stepsOfPath(picture.graph);
  const lit = new Set();
  for (const route of picture.routes) {
    const { sender, recipient } = route.flow;
    const path = [route.flow, ...(route.back ? [route.back] : [])].flatMap(partsOf).some((one) => onPath.has(`${one.sender} ${one.recipient}`));
    const touches = flow ? isChosenFlow(route, flow) : sender === node || recipient === node;
    const chosen = path || touches;
    setStrength(route.drawn, STRENGTH[strengthOf(nothing, path || (flow && touches), touches)]);
    const written = view.labels && (nothing ? route.labelled : chosen && (route.labelled || path || flow));
    route.text.setAttribute("visibility", written ? "visible" : "hidden");
    if (chosen) {
      lit.add(route.from).add(route.to);
    }
  }
  for (const box of picture.boxes.values()) {
    const chosen = box.node === node || view.chosen.includes(box.node);
    setStrength(box.drawn, nothing || chosen || lit.has(box) ? 1 : 0.28);
    const outline = box.drawn.querySelector(".outline");
    outline.setAttribute("stroke-width", chosen ? 3.5 : outline.dataset.line);
  }
}

// The ends of each transfer of the strongest path to what is chosen, or of the path that is shown or picked.
function stepsOfPath({ members }) {
  const { sender, recipient } = trace.edges;
  const path = view.node !== null ? strongestPathToAny(members.get(view.node) || [view.node]) : view.path !== null ? pathBetween(view.path).path : view.flow === null ? view.picked : [];
  return new Set(path.map((edge) => `${sender[edge]} ${recipient[edge]}`));
}

function strongestPathToAny(nodes) {
  const widest = (node) => strongestPaths(view.rule).get(node)?.width ?? 0n;
  return strongestPath(view.rule, nodes.reduce((best, node) => (widest(node) > widest(best) ? node : best)));
}

function isChosenFlow({ flow, back }, [from, to, relays]) {
  const same = (one) => one.sender === from && one.recipient === to && Boolean(one.relays) === Boolean(relays);
  return same(flow) || Boolean(back && same(back));
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
    setStrength(group, STRENGTH.chosen);
    group.route.text.setAttribute("visibility", "visible");
  }
}

function tip(target) {
  const route = target.closest && target.closest(".route");
  const box = target.closest && target.closest(".box");
  return route ? tipOfRoute(route.route) : box ? tipOfBox(box.box.node) : "";
}

function tipOfRoute({ flow, back }) {
  if (flow.relays) {
    return `${nodeLongName(flow.sender)} → ${nodeLongName(flow.recipient)}\nthrough ${lineText(flow)}: ${closingOfLine(flow)}\nClick for each of them; o opens the line.`;
  }
  return back ? `${tipOfFlow(flow)}\nand back:\n${tipOfFlow(back)}` : tipOfFlow(flow);
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

function tipOfBox(node) {
  if (trace.nodes.beside[node]) {
    return [nodeName(node), visibleText(trace.nodes.address[node]), "untraced: no rule puts stolen value here"].join("\n");
  }
  const nodes = membersOf(currentPicture().graph, node);
  const { received, ended } = sumsOf(view.rule, nodes);
  return [
    nodeName(node),
    nodes.length > 1 ? `${plural(nodes.length, "address")} in one box; o opens it` : visibleText(trace.nodes.address[node]),
    `received ${exactAmount(received)}`,
    `ended here ${exactAmount(ended)}`,
    `${visibleText(trace.asset.symbol)} of stolen value, ${view.rule}, all times`,
  ].join("\n");
}
