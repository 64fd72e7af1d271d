// Labels: the largest flows first, each at the place along its line that is free and that the fewest
// other lines run through; where there is no such place for all of it, without the time. A label
// stands on its line, or inside it where the line is wide enough.
const LABEL = { size: 11, height: 13, clear: 9, inside: 12, places: 7 };
const STEEP = 12; // a line that climbs more than this under its label runs through it
const FAULT = { crossed: 1, shorter: 0.75, steep: 0.5, below: 0.3 }; // what is worse than what

function placeLabels(routes, boxes) {
  const taken = [...boxes.values()].map((box) => ({ x: box.x, y: box.y, width: BOX.width, height: box.height }));
  const byWeight = [...routes].sort((a, b) => b.flow.theft - a.flow.theft || b.flow.size - a.flow.size);
  const lines = routes.flatMap((route) => route.pieces.map((piece) => ({ route, piece, ...reachOf(piece, route.width) })));
  for (const route of byWeight) {
    const places = labelTexts(route.flow).flatMap((text, shorter) => labelPlaces(route, text, shorter * FAULT.shorter));
    const free = places.filter((place) => !taken.some((other) => overlap(place, other)));
    free.forEach((place) => (place.fault += FAULT.crossed * crossings(place, route, lines)));
    const best = free.reduce((found, place) => (found && found.fault <= place.fault ? found : place), null);
    route.place = best || places[places.length - 1];
    route.label = route.place.text;
    route.labelled = Boolean(best);
    if (best) {
      taken.push(best);
    }
  }
}

function reachOf({ x1, y1, x2, y2, bow }, width) {
  const [left, right] = [Math.min(x1, x2), Math.max(x1, x2) + (bow || 0)];
  const top = Math.min(y1, y2) - width / 2;
  return { x: left, y: top, width: right - left, height: Math.abs(y2 - y1) + width };
}

// How many other lines run through a place.
function crossings(place, own, lines) {
  const near = lines.filter(({ route, ...reach }) => route !== own && overlap(place, reach));
  return near.filter(({ route, piece }) => piece.bow || runsThrough(piece, route.width, place)).length;
}

function runsThrough(piece, thickness, { x, y, width, height }) {
  const inside = [x, x + width / 2, x + width].filter((at) => at >= Math.min(piece.x1, piece.x2) && at <= Math.max(piece.x1, piece.x2));
  const heights = inside.map((at) => (piece.curve ? heightAt(piece, at) : piece.y1));
  const lowest = Math.max(...heights) + thickness / 2;
  const highest = Math.min(...heights) - thickness / 2;
  return heights.length > 0 && highest < y + height && lowest > y;
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
  return places.length ? places : [{ text, x: pieces[0].x1, y: pieces[0].y1, width, height: LABEL.height, fault: 1 }];
}

function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

// What a label says, the longest first.
function labelTexts(flow) {
  const when = flow.first === null ? "" : ` · ${shortTime(flow.first)}`;
  const value = compactAmount(flow.stolen);
  if (flow.hops) {
    return [`… ${plural(flow.hops, "hop")} · ${value}${when}`, `… ${plural(flow.hops, "hop")} · ${value}`];
  }
  const row = flow.row === null ? "" : `row ${flow.row} · `;
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
