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
    const next = last ? route.arrives : stop.y + stop.height / 2;
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

// The height of a curve over a given x, by halving: its x only grows.
function heightAt({ x1, y1, x2, y2 }, x) {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 20; step++) {
    const t = (low + high) / 2;
    const reached = x1 + (x2 - x1) * (1.5 * t * (1 - t) + t * t * t);
    if (reached < x) {
      low = t;
    } else {
      high = t;
    }
  }
  return y1 + (y2 - y1) * (3 * low * low - 2 * low * low * low);
}

// Labels: the largest flows first, each at the first place along its line that is still free.
// A label stands on its line, or inside it where the line is wide enough.
const LABEL = { size: 11, height: 13, clear: 9, inside: 12 };

function placeLabels(routes, boxes) {
  const taken = [...boxes.values()].map((box) => ({ x: box.x, y: box.y, width: BOX.width, height: box.height }));
  const byWeight = [...routes].sort((a, b) => b.flow.theft - a.flow.theft || b.flow.size - a.flow.size);
  for (const route of byWeight) {
    route.label = labelText(route.flow);
    const width = textWidth(route.label, LABEL.size, route.flow.theft ? 600 : 400);
    const lift = route.width >= LABEL.inside ? 0 : route.width / 2 + 5;
    const places = labelPlaces(route.pieces, width, lift);
    const free = places.find((place) => !taken.some((other) => overlap(place, other)));
    route.place = free || places[0];
    route.labelled = Boolean(free);
    if (free) {
      taken.push(free);
    }
  }
}

function labelPlaces(pieces, width, lift) {
  const places = [];
  const at = (piece, left) => {
    const y = piece.bow ? (piece.y1 + piece.y2) / 2 : heightAt(piece, left + width / 2);
    places.push({ x: left, y: y - lift - LABEL.height / 2, width, height: LABEL.height });
  };
  const gaps = pieces.filter((piece) => piece.curve);
  for (const piece of [gaps[gaps.length - 1], ...gaps.slice(0, -1)]) {
    const left = Math.min(piece.x1, piece.x2) + LABEL.clear;
    const right = Math.max(piece.x1, piece.x2) - LABEL.clear - width;
    if (piece.bow) {
      at(piece, piece.x1 + piece.bow * 0.75);
      continue;
    }
    for (const x of [right, left, (left + right) / 2]) {
      at(piece, x);
    }
  }
  return places;
}

function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function labelText(flow) {
  if (flow.hops) {
    return `… ${plural(flow.hops, "hop")} · ${compactAmount(flow.stolen)} · ${shortTime(flow.first)}`;
  }
  const count = flow.transfers.length > 1 ? ` · ${grouped(String(flow.transfers.length))} tx` : "";
  return `${flow.number} · ${compactAmount(flow.stolen)} · ${shortTime(flow.first)}${count}`;
}

const FONT = "system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif";
const textWidth = (() => {
  const ruler = document.createElement("canvas").getContext("2d");
  return (text, size, weight = 400) => {
    ruler.font = `${weight} ${size}px ${FONT}`;
    return ruler.measureText(text).width;
  };
})();
