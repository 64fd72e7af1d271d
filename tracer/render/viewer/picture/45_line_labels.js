// Labels: the largest flows first, each at a place along its line that is free and through which no other line runs; where there
// is no such place for all of it, without the time; where there is none at all, the flow has its label when it is chosen.
const LABEL = { size: 11, height: 14, clear: 9, inside: 12, places: 7 };
const STEEP = 12; // a line that climbs more than this under its label runs through it
const FAULT = { shorter: 0.75, steep: 0.5, below: 0.3, track: 0.2 }; // what is worse than what

function placeLabels(routes, boxes, others = []) {
  const taken = grid();
  boxes.forEach((box) => taken.add({ x: box.x, y: box.y, width: BOX.width, height: box.height }));
  others.forEach((other) => taken.add(other));
  const lines = grid();
  for (const route of routes) {
    [...route.pieces, arrowOf(route)].forEach((piece) => lines.add({ route, piece, ...reachOf(piece, route.width) }));
  }
  const byWeight = [...routes].sort((a, b) => b.flow.theft - a.flow.theft || b.flow.size - a.flow.size);
  for (const route of byWeight) {
    const free = (place) => !taken.near(place).some((other) => overlap(place, other)) && !isCrossed(place, route, lines);
    let best = null;
    const texts = labelTexts(route);
    for (const [shorter, text] of texts.entries()) {
      const places = labelPlaces(route, text, shorter * FAULT.shorter).filter((place) => !best || place.fault < best.fault);
      best = places.sort((a, b) => a.fault - b.fault).find(free) || best;
    }
    route.labelled = best !== null;
    route.place = best || labelPlaces(route, texts[texts.length - 1], 0)[0];
    route.label = route.place.text;
    if (best) {
      taken.add(best);
    }
  }
}

// Rectangles by the squares of the plane they touch, so that each is compared only with those near it.
const SQUARE = 128;

function grid() {
  const squares = new Map();
  const touched = ({ x, y, width, height }) => {
    const keys = [];
    for (let column = Math.floor(x / SQUARE); column <= Math.floor((x + width) / SQUARE); column++) {
      for (let row = Math.floor(y / SQUARE); row <= Math.floor((y + height) / SQUARE); row++) {
        keys.push(`${column} ${row}`);
      }
    }
    return keys;
  };
  return {
    add: (one) => touched(one).forEach((key) => listed(squares, key).push(one)),
    near: (one) => touched(one).flatMap((key) => squares.get(key) || []),
  };
}

function reachOf({ x1, y1, x2, y2, bow }, width) {
  const [left, right] = [Math.min(x1, x2), Math.max(x1, x2) + (bow || 0)];
  const top = Math.min(y1, y2) - width / 2;
  return { x: left, y: top, width: right - left, height: Math.abs(y2 - y1) + width };
}

// The arrow at the end of a flow takes a little more room than its line.
function arrowOf(route) {
  const { x2, y2 } = route.pieces[route.pieces.length - 1];
  return { x1: x2 - 8, x2: x2 + 8, y1: y2 - 4, y2: y2 + 4, bow: 0, arrow: true };
}

function isCrossed(place, own, lines) {
  return lines.near(place).some(({ route, piece, ...reach }) => {
    return route !== own && overlap(place, reach) && (piece.bow || piece.arrow || runsThrough(piece, route.width, place));
  });
}

const HALO = 1; // between a label and the line of another

// A curve only rises or only falls, so its heights over the two sides of a place are its highest and lowest there.
function runsThrough(piece, thickness, { x, y, width, height }) {
  const [first, last] = [Math.min(piece.x1, piece.x2), Math.max(piece.x1, piece.x2)];
  const heights = [x, x + width].map((at) => Math.min(last, Math.max(first, at))).map((at) => (piece.curve ? heightAt(piece, at) : piece.y1));
  const steepness = piece.curve ? Math.abs(piece.y2 - piece.y1) / Math.max(1, last - first) : 0;
  const half = (thickness / 2) * Math.sqrt(1 + 2.25 * steepness * steepness) + HALO; // a steep line is higher than it is thick
  return Math.min(...heights) - half < y + height && Math.max(...heights) + half > y;
}

// Along the last gap first, then along the others, from the right to the left; a steep line is a fault.
function labelPlaces({ pieces, width: thickness, flow }, text, shorter) {
  const width = textWidth(text, LABEL.size, flow.theft ? 600 : 400);
  const inside = thickness >= LABEL.inside;
  const lift = inside ? 0 : thickness / 2 + 5;
  const places = [];
  const at = (x, middleLine, fault) => {
    places.push({ text, x, y: middleLine - LABEL.height / 2, width, height: LABEL.height, fault: shorter + fault });
  };
  const gaps = pieces.filter((piece) => piece.curve);
  for (const piece of [gaps[gaps.length - 1], ...gaps.slice(0, -1)]) {
    const left = Math.min(piece.x1, piece.x2) + LABEL.clear;
    const right = Math.max(piece.x1, piece.x2) - LABEL.clear - width;
    if (piece.bow) {
      at(piece.x1 + piece.bow * 0.75, (piece.y1 + piece.y2) / 2 - lift, 0);
      continue;
    }
    for (let step = 0; step < LABEL.places && right >= left - LABEL.clear; step++) {
      const x = right + ((left - right) * step) / (LABEL.places - 1);
      const heights = [x, x + width / 2, x + width].map((one) => heightAt(piece, one));
      const steep = Math.abs(heights[2] - heights[0]) > STEEP;
      const fault = steep ? FAULT.steep : 0;
      at(x, (steep || inside ? heights[1] : Math.min(...heights)) - lift, fault);
      if (!inside) {
        at(x, (steep ? heights[1] : Math.max(...heights)) + lift, fault + FAULT.below);
      }
    }
  }
  for (const piece of pieces.filter(({ curve }) => !curve)) {
    const x = (piece.x1 + piece.x2 - width) / 2;
    at(x, piece.y1 - lift, FAULT.track);
    at(x, piece.y1 + lift, FAULT.track + FAULT.below);
  }
  return places.length ? places : [{ text, x: pieces[0].x1, y: pieces[0].y1, width, height: LABEL.height, fault: 1 }];
}

function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

// What a label says, the longest first.
function labelTexts({ flow, back }) {
  if (flow.untraced) {
    return [`untraced ${compactAmount(flow.amount)}`];
  }
  const when = flow.first === null ? "" : ` · ${shortTime(flow.first)}`;
  const value = compactAmount(flow.stolen);
  if (flow.hops) {
    return [`… ${plural(flow.hops, "hop")} · ${value}${when}`, `… ${plural(flow.hops, "hop")} · ${value}`];
  }
  if (flow.relays) {
    return [`${lineText(flow)} · ${value}`, `${plural(flow.relays.length, "relay")} · ${value}`];
  }
  const row = flow.row === null ? "" : `row ${flow.row} · `;
  if (back) {
    return [`${row}${value} ⇄ ${compactAmount(back.stolen)}`, `${value} ⇄ ${compactAmount(back.stolen)}`];
  }
  const count = flow.transfers.length > 1 ? ` ×${grouped(String(flow.transfers.length))}` : "";
  return [`${row}${value}${when}${count}`, `${row}${value}${count}`, `${row}${value}`];
}

const FONT = "system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif";
const textWidth = (() => {
  const ruler = document.createElement("canvas").getContext("2d");
  return (text, size, weight = 400) => {
    ruler.font = `${weight} ${size}px ${FONT}`;
    return ruler.measureText(text).width;
  };
})();
