// The picture for the present view, laid out.
const NOTHING_ASKED = { neighbours: {}, expanded: {}, pinned: [], hidden: [], collapsed: [] };

// What was dragged lays nothing out anew.
const pictureFor = remember((drawn, moved) => labelled(movedBy(laidOut(...drawn), moved)));

const laidOut = remember((graphOf, top, least, asked, size) => {
  const room = top ? { nodes: top, columns: Infinity, rows: Infinity, most: Infinity } : roomFor(graphOf, least, size);
  return withClaims(foldedGraph(...graphOf), room, smallestOf(graphOf, least), asked, size);
});

function layOut(graph, room, least, asked, size, tall = 0) {
  const shown = visibleNodes(graph, room, least, asked);
  const allTimes = isWhole();
  const far = Number.isFinite(room.rows) && allTimes ? farEnds(graph, shown, room, least).filter(({ recipient }) => !isClosedOff(recipient, asked)) : [];
  far.forEach((flow) => shown.add(flow.recipient));
  return { ...place(arrange(graph, shown, far, openedFlows(shown, asked)), size, tall), graph, shown };
}

// Hidden by hand, or after an address that was collapsed.
function isClosedOff(node, { hidden, collapsed }) {
  return hidden.includes(node) || nodesOfPath(strongestPath(view.rule, node)).slice(0, -1).some((one) => collapsed.includes(one));
}

function withClaims(graph, room, least, asked, size) {
  const alone = layOut(graph, room, least, asked, size);
  const tall = heightForClaims(alone);
  return placeClaims(tall > alone.height ? layOut(graph, room, least, asked, size, tall) : alone);
}

function labelled(picture) {
  picture.routes.forEach((route) => (route.pieces = piecesOf(route)));
  picture.routes.filter(({ flow }) => flow.relays).forEach((route) => (route.beads = beadsOf(route)));
  placeLabels(picture.routes, picture.boxes, [...claimReaches(picture), ...headingReaches(picture), ...beadReaches(picture)]);
  return picture;
}

function currentPicture() {
  const { rule, from, to, top, least, neighbours, expanded, pinned, hidden, collapsed, moved, filter, folds, opened } = view;
  const graphOf = [rule, from, to, filter, folds, opened, writtenInLines(folds, opened)];
  return pictureFor([graphOf, top, least, { neighbours, expanded, pinned, hidden, collapsed }, pictureSize], moved);
}
