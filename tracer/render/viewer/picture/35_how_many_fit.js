// How many addresses are drawn: as many as stay readable, in columns and rows of this window.
const MOST_NODES = 300; // however large the window, and whatever the slider
const MORE_AT_ONCE = 8; // a click on a "+n more" stub shows this many
const LEAST_SCALE = 1; // below this the text of the default view is too small to read
const LEAST_COLUMNS = 3; // a small window still has so many hops, and is moved over them
const LEAST_ROWS = 3; // and so many addresses in a column
const EXTRA_ROWS = 5; // what matters most may take so many places more

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
