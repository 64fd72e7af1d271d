// Stolen value moved, by time. A theft is over in an hour and its laundering takes months, so by
// default busy times get more room: a third of a place comes from the clock, the rest from the
// share of the transfers already made. "by the clock" switches to a plain axis.
const TIMELINE = { height: 66, base: 44, bars: 150, sides: 12 };
const CLOCK_SHARE = 0.35;

const activity = remember((rule) => {
  const { size } = stolenOf(rule);
  const times = trace.edges.time.filter((time, edge) => size[edge] > 0 && time !== null);
  return Float64Array.from(times).sort();
});

// 0..1 for a time; grows with time whatever the axis.
function placeOfTime(time) {
  const { first, last } = timeSpan();
  const clock = last > first ? (time - first) / (last - first) : 0.5;
  const times = activity(view.rule);
  if (view.even || !times.length) {
    return clock;
  }
  const below = position(times, time);
  const same = position(times, time + 1) - below;
  return CLOCK_SHARE * clock + (1 - CLOCK_SHARE) * ((below + same / 2) / times.length);
}

function position(sortedTimes, time) {
  let low = 0;
  let high = sortedTimes.length;
  while (low < high) {
    const half = (low + high) >> 1;
    if (sortedTimes[half] < time) {
      low = half + 1;
    } else {
      high = half;
    }
  }
  return low;
}

function timeAtPlace(place) {
  let { first: low, last: high } = timeSpan();
  while (high - low > 1) {
    const half = Math.floor((low + high) / 2);
    if (placeOfTime(half) < place) {
      low = half;
    } else {
      high = half;
    }
  }
  return placeOfTime(low) >= place ? low : high;
}

const barsOf = remember((rule, even) => {
  const { exact, size } = stolenOf(rule);
  const bars = Array.from({ length: TIMELINE.bars }, () => ({ stolen: 0n, count: 0, theft: false, first: Infinity, last: 0 }));
  trace.edges.time.forEach((time, edge) => {
    if (size[edge] > 0 && time !== null) {
      const bar = bars[Math.min(TIMELINE.bars - 1, Math.floor(placeOfTime(time) * TIMELINE.bars))];
      bar.stolen += exact[edge];
      bar.count += 1;
      bar.theft = bar.theft || trace.edges.theft[edge] >= 0;
      bar.first = Math.min(bar.first, time);
      bar.last = Math.max(bar.last, time);
    }
  });
  return bars;
});

// How high it is, and what stands beside it.
function drawAroundTimeline() {
  part("timeline").querySelector("svg").style.height = `${TIMELINE.height + lanesHeight()}px`;
  drawWindowNote();
}

function drawTimeline() {
  const svg = part("timeline").querySelector("svg");
  const width = svg.clientWidth || 1400;
  const inner = width - 2 * TIMELINE.sides;
  const xOf = (time) => TIMELINE.sides + placeOfTime(time) * inner;
  svg.replaceChildren();
  const bars = barsOf(view.rule, view.even);
  const highest = Math.sqrt(Math.max(1, ...bars.map((bar) => Number(bar.stolen))));
  const step = inner / bars.length;
  bars.forEach((bar, at) => {
    if (!bar.count) {
      return;
    }
    const inWindow = (view.from === null || bar.last >= view.from) && (view.to === null || bar.first <= view.to);
    const height = Math.max(2, (Math.sqrt(Number(bar.stolen)) / highest) * (TIMELINE.base - 8));
    const place = { x: TIMELINE.sides + at * step, y: TIMELINE.base - height, width: Math.max(1, step - 1.5), height };
    const rect = draw(svg, "rect", { ...place, fill: bar.theft ? INK.theft : INK.bar, opacity: inWindow ? 1 : 0.25 });
    draw(rect, "title", {}, `${utc(bar.first)} – ${utc(bar.last)} UTC\n${plural(bar.count, "transfer")} with stolen value`);
  });
  drawThefts(svg, xOf);
  drawTicks(svg, inner);
  drawLanes(svg, xOf);
  if (view.from !== null || view.to !== null) {
    const { first, last } = timeSpan();
    const [x1, x2] = [xOf(Math.max(first, view.from ?? first)), xOf(Math.min(last, view.to ?? last))];
    draw(svg, "rect", { x: x1 - 2, y: 1, width: x2 - x1 + 4, height: TIMELINE.base, fill: INK.accent, opacity: 0.13 });
  }
}

function drawThefts(svg, xOf) {
  for (const { edge, label } of trace.thefts.filter(isKnownTheft)) {
    if (trace.edges.time[edge] === null) {
      continue;
    }
    const x = xOf(trace.edges.time[edge]);
    const mark = draw(svg, "path", { d: `M${x},${TIMELINE.base + 1}l4,6h-8z`, fill: INK.theft, class: "theft-mark" });
    draw(mark, "title", {}, `${visibleText(label || "theft")}, ${utc(trace.edges.time[edge])} UTC`);
  }
}

function drawTicks(svg, inner) {
  const { base, sides, height } = TIMELINE;
  draw(svg, "line", { x1: sides, x2: sides + inner, y1: base + 0.5, y2: base + 0.5, stroke: INK.border });
  const count = timeSpan().first === null ? -1 : Math.max(2, Math.floor(inner / 130));
  let day = "";
  let before = "";
  let free = -Infinity;
  for (let tick = 0; tick <= count; tick++) {
    const x = sides + (tick / count) * inner;
    const anchor = tick === 0 ? "start" : tick === count ? "end" : "middle";
    draw(svg, "line", { x1: x, x2: x, y1: base, y2: base + 4, stroke: INK.border });
    const [date, clock] = tickTime(timeAtPlace(tick / count));
    const text = date === day ? clock : `${date} ${clock}`;
    const wide = textWidth(text, 11, 400);
    const left = x - wide * { start: 0, middle: 0.5, end: 1 }[anchor];
    if (`${date} ${clock}` !== before && left > free) {
      draw(svg, "text", { x, y: height - 2, "font-size": 11, fill: INK.quiet, "text-anchor": anchor }, text);
      free = left + wide + 6;
      day = date;
      before = `${date} ${clock}`;
    }
  }
}

// The day is written where it changes; seconds only where all is over within the hour.
function tickTime(time) {
  const { first, last } = timeSpan();
  const text = utc(time);
  return [text.slice(0, 10), text.slice(11, last - first < 3600 ? 19 : 16)];
}

function drawWindowNote() {
  const { first, last } = timeSpan();
  const open = view.from === null && view.to === null;
  if (first === null) {
    part("window-note").textContent = "no source states times";
    part("window-clear").hidden = true;
    return;
  }
  part("window-note").textContent = open ? "all times (drag to choose a window)"
    : `${utc(view.from ?? first)} – ${utc(view.to ?? last)} UTC`;
  part("window-clear").hidden = open;
}

function startTimeline() {
  const svg = part("timeline").querySelector("svg");
  const placeAt = (event) => {
    const { left, width } = svg.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left - TIMELINE.sides) / (width - 2 * TIMELINE.sides)));
  };
  let start = null;
  svg.addEventListener("pointerdown", (event) => {
    start = placeAt(event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (start !== null) {
      drawBrush(svg, start, placeAt(event));
    }
  });
  svg.addEventListener("pointerup", (event) => {
    if (start === null) {
      return;
    }
    const end = placeAt(event);
    const [low, high] = [Math.min(start, end), Math.max(start, end)];
    start = null;
    const wide = high - low > 0.004;
    changeWindow(wide ? timeAtPlace(low) : null, wide ? timeAtPlace(high) : null);
  });
}

function drawBrush(svg, start, end) {
  const inner = svg.clientWidth - 2 * TIMELINE.sides;
  const brush = svg.querySelector(".brush") || draw(svg, "rect", { class: "brush", fill: INK.accent, opacity: 0.2 });
  brush.setAttribute("x", TIMELINE.sides + Math.min(start, end) * inner);
  brush.setAttribute("y", 1);
  brush.setAttribute("width", Math.abs(end - start) * inner);
  brush.setAttribute("height", TIMELINE.base);
}

function changeWindow(from, to) {
  change({ from, to });
  fitPicture();
}
