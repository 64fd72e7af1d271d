// Opening a fold and closing it again: by the sign at the box, by a click on the beads of a line, by "o", from the details.

// As everything folded would be: an address belongs to a fold, open or closed, if it lies in one there.
function closedGraph() {
  return foldedGraph(view.rule, view.from, view.to, view.filter, true, [], writtenInLines(true, []));
}

// The fold that an address belongs to: {nodes}, and the line where it is one of relays; null where it belongs to none.
function foldOf(node, { standsFor, members, inLine } = closedGraph()) {
  const line = inLine.get(node);
  const first = standsFor.get(node);
  return line ? { nodes: line.relays, line } : first === undefined ? null : { nodes: members.get(first) };
}

function isFolded(node, { standsFor, inLine } = currentPicture().graph) {
  return standsFor.has(node) || inLine.has(node);
}

// What is open once these addresses are no longer folded away.
function openedFor(nodes) {
  const folds = nodes.filter((node) => isFolded(node)).map((node) => foldOf(node));
  return [...view.opened, ...new Set(folds.flatMap(({ nodes: all, line }) => (line ? all : all.slice(0, 1))))];
}

function toggleFold(node) {
  const fold = foldOf(node);
  if (!fold || !view.folds) {
    say(fold ? "nothing is folded at present: the “folds” button of the “show” menu folds again" : "this address belongs to no fold");
  } else if (isFolded(node)) {
    openFold(fold);
  } else {
    closeFold(fold);
  }
}

// Its addresses come into the picture; of many those that received most, the others as "+n more".
function openFold({ nodes, line }) {
  const { received } = movedByNode(view.rule);
  const largest = [...nodes].sort((a, b) => (received[a] < received[b] ? 1 : -1));
  const pinned = [...new Set([...view.pinned, ...(line ? nodes : largest.slice(0, MORE_AT_ONCE))])].slice(-MOST_NODES);
  change({ opened: openedFor(nodes), pinned, ...(line ? { flow: null } : {}) });
  focusOnBox(largest[0]);
}

function closeFold({ nodes, line }) {
  const within = nodes.includes(view.node);
  const chosen = line ? { node: null, flow: [line.sender, line.recipient, RELAYS] } : { node: nodes[0] };
  change({ opened: without(view.opened, nodes), pinned: without(view.pinned, nodes), ...(within ? chosen : {}) });
  line ? focusOn(`flow ${line.sender} ${line.recipient} ${RELAYS}`) : focusOnBox(nodes[0]);
}

// A line of relays opens; flows there and back come apart, and together again. Whether anything did.
function toggleRoute({ flow, back }) {
  const ends = endsOfPair(flow);
  const isPair = (one) => Array.isArray(one) && String(one) === String(ends);
  if (flow.relays) {
    keepingCamera(() => openFold({ nodes: flow.relays, line: flow }));
  } else if (back) {
    keepingCamera(() => change({ opened: [...view.opened, ends] }));
  } else if (view.opened.some(isPair)) {
    keepingCamera(() => change({ opened: view.opened.filter((one) => !isPair(one)) }));
  }
  return true;
}

function focusOnBox(node) {
  focusOn(`box ${node}`);
}

// Only where the picture has the focus already, and what had it is there no more.
function focusOn(id) {
  const svg = part("flow").querySelector("svg");
  if (document.activeElement === svg) {
    focusAgain(svg, id);
  }
}
