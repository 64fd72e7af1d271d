// What a person does to the picture. Each act is one step that can be undone.
const actedOn = (node) => (view.chosen.includes(node) ? view.chosen : [node]).flatMap((one) => membersOf(currentPicture().graph, one));
const without = (list, nodes) => list.filter((one) => !nodes.includes(one));

const ACTS = {
  hide: { key: "h", title: "hide", act: (node) => change({ hidden: [...without(view.hidden, actedOn(node)), ...actedOn(node)], node: null, flow: null, chosen: [] }) },
  collapse: { key: "x", title: "collapse", act: toggleCollapsed },
  expand: { key: "e", title: "expand", act: expandNode },
  neighbours: { key: "n", title: "neighbours", act: showNeighbours, on: (node) => !isFolded(node) },
  alone: { key: "N", title: "without neighbours", act: hideNeighbours, on: (node) => Boolean(view.neighbours[node]) },
  fold: { key: "o", title: "open or close the fold", act: toggleFold, on: (node) => foldOf(node) !== null },
  colour: { key: "c", title: "colour", act: nextColour },
  choose: { key: "m", title: "select with others", act: toggleChosen },
  from: { key: "f", title: "path from here", act: (node) => startPath(node) },
  to: { key: "t", title: "path to here", act: (node) => endPath(node) },
};

function toggleCollapsed(node) {
  const nodes = actedOn(node);
  const closed = nodes.every((one) => view.collapsed.includes(one));
  change({ collapsed: closed ? without(view.collapsed, nodes) : [...without(view.collapsed, nodes), ...nodes] });
}

function expandNode(node) {
  const expanded = { ...view.expanded };
  actedOn(node).forEach((one) => (expanded[one] = (expanded[one] || 0) + MORE_AT_ONCE));
  change({ expanded, collapsed: without(view.collapsed, actedOn(node)) });
}

// More of its largest flows that no rule puts stolen value into.
function showNeighbours(node) {
  const neighbours = { ...view.neighbours };
  actedOn(node).forEach((one) => (neighbours[one] = (neighbours[one] || 0) + MORE_AT_ONCE));
  change({ neighbours });
  say(untracedOf(node).length ? "" : `no untraced transfer of ${nodeLongName(node)} is on this page`);
}

function hideNeighbours(node) {
  const closed = actedOn(node).map(String);
  change({ neighbours: Object.fromEntries(Object.entries(view.neighbours).filter(([one]) => !closed.includes(one))) });
}

// The next colour, and none after the last.
function nextColour(node) {
  const next = (view.colours[node] ?? -1) + 1;
  const colours = { ...view.colours };
  for (const one of actedOn(node)) {
    if (next < SERVICE_INKS) {
      colours[one] = next;
    } else {
      delete colours[one];
    }
  }
  change({ colours });
}

function toggleChosen(node) {
  change({ chosen: view.chosen.includes(node) ? without(view.chosen, [node]) : [...view.chosen, node] });
}

const NUDGE = 20; // units of the picture that a box moves by an arrow key

function nudge(box, key) {
  const by = { ArrowLeft: [-NUDGE, 0], ArrowRight: [NUDGE, 0], ArrowUp: [0, -NUDGE], ArrowDown: [0, NUDGE] }[key];
  dragged(box, by);
}

function dragged(box, [x, y]) {
  const [beforeX, beforeY] = view.moved[box.id] || [0, 0];
  keepingCamera(() => change({ moved: { ...view.moved, [box.id]: [round(beforeX + x), round(beforeY + y)] } }));
}

function keepingCamera(work) {
  const stood = placed;
  work();
  placed = stood;
  movePicture();
}

// Keys that act on what has the focus in the picture; true where one did.
function actedByKey(event) {
  const route = event.target.closest && event.target.closest(".route");
  if (route && event.key === "p" && !route.route.far) {
    keepingCamera(() => pickFlow(route.route.flow));
    return true;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "a" && view.tab === "flow") {
    chooseAll();
    return true;
  }
  const group = event.target.closest && event.target.closest(".box, .route");
  if (!group || event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  if (group.route) {
    return event.key === "o" && toggleRoute(group.route);
  }
  if (event.shiftKey && event.key.startsWith("Arrow")) {
    nudge(group.box, event.key);
    return true;
  }
  const found = Object.values(ACTS).find(({ key }) => key === event.key);
  if (found) {
    keepingCamera(() => (!found.on || found.on(group.box.node)) && found.act(group.box.node));
  }
  return Boolean(found);
}

function addActs(panel, node) {
  const bar = add(panel, "div", null, { class: "tools acts", role: "toolbar", "aria-label": "acts on this address" });
  for (const [name, { key, title, act }] of Object.entries(ACTS).filter(([, { on }]) => !on || on(node))) {
    const told = name === "collapse" && view.collapsed.includes(node) ? "open again" : title;
    button(bar, told, () => keepingCamera(() => act(node)), { title: `${told} (${key}, in the picture)`, "data-act": name });
  }
}

// What is hidden by hand is said, and comes back by a click.
function drawHiddenByHand() {
  const box = part("hidden-by-hand");
  box.replaceChildren();
  box.hidden = !view.hidden.length && !view.chosen.length && !view.picked.length;
  if (view.hidden.length) {
    add(box, "span", `${plural(view.hidden.length, "address")} hidden by hand `);
    button(box, "show again", () => change({ hidden: [] }), { class: "link" });
  }
  if (view.picked.length) {
    add(box, "span", ` path of ${plural(view.picked.length, "transfer")} picked by hand `);
    button(box, "show it", () => change({ node: null, flow: null, path: null, tab: "flow" }), { class: "link" });
  }
  if (view.chosen.length) {
    add(box, "span", ` ${plural(view.chosen.length, "address")} selected `);
    for (const name of ["hide", "collapse", "neighbours", "colour"]) {
      button(box, ACTS[name].title, () => keepingCamera(() => ACTS[name].act(view.chosen[0])), { class: "link", "data-of-chosen": name });
    }
    button(box, "clear", () => change({ chosen: [] }), { class: "link" });
  }
}
