// The picture for the present view: what fits readably, laid out.
const LEAST_SCALE = 1; // below this the text of the default view is too small to read
const LEAST_COLUMNS = 3; // a small window still has so many hops, and is moved over them
const LEAST_ROWS = 3; // and so many addresses in a column
const EXTRA_ROWS = 5; // what matters most may take so many places more

const NOTHING_ASKED = { neighbours: {}, expanded: {}, pinned: [], hidden: [], collapsed: [] };

// What was dragged lays nothing out anew.
const pictureFor = remember((drawn, moved) => labelled(movedBy(laidOut(...drawn), moved)));

const laidOut = remember((graphOf, top, least, asked, size) => {
  const room = top ? { nodes: top, columns: Infinity, rows: Infinity, most: Infinity } : roomFor(graphOf, least, size);
  return withClaims(foldedGraph(...graphOf), room, smallestOf(graphOf, least), asked, size);
});

// Nobody chose a number: as many rows as stay readable in this window, room for what matters most
// before room for the rest. What somebody asked for comes on top of that and takes nothing away.
const roomFor = remember((graphOf, least, size) => {
  const [graph, smallest] = [foldedGraph(...graphOf), smallestOf(graphOf, least)];
  const pitch = BOX.width + GAP.least;
  const columns = Math.max(LEAST_COLUMNS, Math.floor((size.width / LEAST_SCALE + GAP.least) / pitch) - 1);
  const tallest = Math.floor(size.height / LEAST_SCALE / (BOX.height + BOX.gap));
  for (let most = tallest; most > LEAST_ROWS; most--) {
    for (let rows = most; rows >= Math.max(LEAST_ROWS, most - EXTRA_ROWS); rows--) {
      const room = { nodes: MOST_NODES, columns, rows, most };
      const picture = layOut(graph, room, smallest, NOTHING_ASKED, size);
      if (heightScale(picture, size) >= LEAST_SCALE) {
        return room;
      }
    }
  }
  return { nodes: MOST_NODES, columns, rows: LEAST_ROWS, most: LEAST_ROWS };
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

const MARGIN = 22;
const HEADING = 22; // the column headings stand above the picture
const MOST_SCALE = 1.25;

function widthScale(picture, size) {
  return (size.width - 2 * MARGIN) / Math.max(1, picture.width);
}

function heightScale(picture, size) {
  return (size.height - HEADING - MARGIN) / Math.max(1, picture.height);
}

function scaleToFit(picture, size) {
  return Math.min(widthScale(picture, size), heightScale(picture, size), MOST_SCALE);
}

// The room there is while no details are open: opening them must not lay everything out anew.
let pictureSize = { width: 1400, height: 560 };

let measuredIn = ""; // the window, and what else decides how high everything around the picture is

// Whether the room is another one now. Open details take a part of it and may make a line wrap, so it is measured without them.
function measurePicture() {
  const before = pictureSize;
  pictureSize = isSheet() ? SHEETS[sheetAsked] : measuredRoom();
  return before.width !== pictureSize.width || before.height !== pictureSize.height;
}

function measuredRoom() {
  const details = part("details");
  const { hidden, scrollTop } = details;
  const { rule, whatIf, from, to, filter } = view;
  const frame = JSON.stringify([window.innerWidth, window.innerHeight, isOpen("table"), isOpen("time"), rule, whatIf, from, to, filter]);
  if (frame === measuredIn && !hidden) {
    return pictureSize;
  }
  details.hidden = true;
  const { width, height } = part("flow").getBoundingClientRect();
  [details.hidden, details.scrollTop] = [hidden, scrollTop];
  if (width <= 50 || height <= 50) {
    return pictureSize;
  }
  measuredIn = frame;
  return { width: Math.round(width), height: Math.round(height) };
}

function currentPicture() {
  const { rule, from, to, top, least, neighbours, expanded, pinned, hidden, collapsed, moved, filter, folds, opened } = view;
  const graphOf = [rule, from, to, filter, folds, opened, writtenInLines(folds, opened)];
  return pictureFor([graphOf, top, least, { neighbours, expanded, pinned, hidden, collapsed }, pictureSize], moved);
}
