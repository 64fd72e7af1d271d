// The line of a flow as pieces: a curve through each gap, a straight piece through each track.
function piecesOf(route) {
  if (route.against) {
    return [againstTheStream(route)];
  }
  const pieces = [];
  let x = route.from.x + BOX.width;
  let y = route.leaves;
  for (const stop of route.stops.slice(1)) {
    const last = stop === route.to;
    const next = last ? route.arrives : route.runs.get(stop);
    pieces.push({ x1: x, y1: y, x2: stop.x, y2: next, curve: true });
    if (!last) {
      pieces.push({ x1: stop.x, y1: next, x2: stop.x + BOX.width, y2: next, curve: false });
    }
    x = stop.x + BOX.width;
    y = next;
  }
  return pieces;
}

// To an earlier column: from the left side to the right side; within a column: a bow at the right.
function againstTheStream({ from, to, leaves, arrives }) {
  const sameColumn = from.column === to.column;
  const x1 = sameColumn ? from.x + BOX.width : from.x;
  return { x1, y1: leaves, x2: to.x + BOX.width, y2: arrives, curve: true, bow: sameColumn ? BOW : 0 };
}

function pathText(pieces) {
  let text = `M${round(pieces[0].x1)},${round(pieces[0].y1)}`;
  for (const { x1, y1, x2, y2, curve, bow } of pieces) {
    if (!curve) {
      text += `L${round(x2)},${round(y2)}`;
    } else {
      const [a, b] = bow ? [x1 + bow, x2 + bow] : [(x1 + x2) / 2, (x1 + x2) / 2];
      text += `C${round(a)},${round(y1)} ${round(b)},${round(y2)} ${round(x2)},${round(y2)}`;
    }
  }
  return text;
}

function round(number) {
  return Math.round(number * 10) / 10;
}

// The height of a curve over a given x, by halving: its x only goes one way.
function heightAt({ x1, y1, x2, y2 }, x) {
  const share = (x - x1) / (x2 - x1 || 1);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 20; step++) {
    const t = (low + high) / 2;
    if (1.5 * t * (1 - t) + t * t * t < share) {
      low = t;
    } else {
      high = t;
    }
  }
  return y1 + (y2 - y1) * (3 * low * low - 2 * low * low * low);
}

// Beads on the line of relays: at the end of its last curve, before the arrow, so that they leave room for a label.
const BEAD = { radius: 4, apart: 11, most: 3, before: 16 };

function beadsOf({ flow, pieces }) {
  const piece = pieces.filter(({ curve }) => curve).pop();
  const count = Math.min(BEAD.most, flow.relays.length);
  const along = Array.from({ length: count }, (_, number) => number * BEAD.apart);
  const [x, y] = [piece.x1 + piece.bow * 0.75, (piece.y1 + piece.y2) / 2];
  const ahead = Math.sign(piece.x2 - piece.x1);
  return along.map((by) => (piece.bow ? { x, y: y + by } : { x: piece.x2 - ahead * (BEAD.before + by), y: heightAt(piece, piece.x2 - ahead * (BEAD.before + by)) }));
}

// Where they lie, so that no label lies there.
function beadReaches({ routes }) {
  const half = BEAD.radius + 1;
  return routes.flatMap(({ beads = [] }) => beads.map(({ x, y }) => ({ x: x - half, y: y - half, width: 2 * half, height: 2 * half })));
}
