// Under the bars: a lane for evidence off the chain, and one for claims, on the same axis of time.
const LANE = { evidence: 20, claim: 7, gap: 6, least: 5, rows: 6 };
const STATUS_INK = { stands: INK.text, explained: ink("explained"), superseded: ink("superseded") };

function lanesHeight() {
  const rows = claimRows().length;
  return (trace.evidence.length ? LANE.evidence : 0) + (rows ? rows * LANE.claim + LANE.gap : 0);
}

function drawLanes(svg, xOf) {
  let y = TIMELINE.height;
  if (trace.evidence.length) {
    drawEvidence(svg, xOf, y + LANE.evidence / 2);
    y += LANE.evidence;
  }
  claimRows().forEach((row, at) => row.forEach((claim) => drawClaimBar(svg, xOf, claim, y + at * LANE.claim)));
}

// Full: it stands. Hollow: it was explained. Struck through: it was superseded.
function drawEvidence(svg, xOf, y) {
  for (const { kind, time, status, value, grade, subject } of trace.evidence) {
    const x = round(xOf(time));
    const colour = STATUS_INK[status] || INK.quiet;
    const group = draw(svg, "g", { class: "evidence-mark", "data-status": status });
    draw(group, "path", { d: `M${x},${y - 6}l6,6l-6,6l-6,-6z`, fill: status === "stands" ? colour : INK.paper, stroke: colour, "stroke-width": 1.4 });
    if (status === "superseded") {
      draw(group, "path", { d: `M${x - 8},${y}h16`, stroke: colour, "stroke-width": 1.4 });
    }
    const said = [`${utc(time).slice(0, 16)} UTC · ${kind.replaceAll("_", " ")} · ${grade} · ${status}`, value, subject];
    draw(group, "title", {}, said.map(visibleText).join("\n"));
  }
}

function drawClaimBar(svg, xOf, claim, y) {
  const { first, last } = claimSpan(claim);
  const [x1, x2] = [xOf(first), xOf(last)].map(round);
  const line = { x1, x2: Math.max(x2, x1 + LANE.least), y1: y + 3, y2: y + 3, stroke: CLAIM_INK, "stroke-width": 2.4, "stroke-dasharray": "5 3" };
  const bar = draw(svg, "line", { ...line, class: "claim-bar" });
  draw(bar, "title", {}, `${utc(first).slice(0, 16)} – ${utc(last).slice(0, 16)} UTC\n${claimedText(claim, exactAmount)}\n${claimTip(claim)}`);
}

// A claim without a beginning is of the time since the first theft.
function claimSpan({ since, until }) {
  const { first, last } = timeSpan();
  const thefts = knownThefts().map((row) => trace.edges.time[trace.thefts[row].edge]).filter((time) => time !== null);
  return { first: since ?? Math.min(...thefts, until ?? last, ...(thefts.length ? [] : [first])), last: until ?? last };
}

// Claims whose times overlap lie under one another, as many rows as there is room for.
const claimRows = remember(() => {
  const rows = [];
  const inOrder = [...trace.claims].sort((a, b) => claimSpan(a).first - claimSpan(b).first);
  for (const claim of inOrder) {
    const free = rows.find((row) => claimSpan(row[row.length - 1]).last <= claimSpan(claim).first);
    if (free) {
      free.push(claim);
    } else {
      rows.push([claim]);
    }
  }
  return rows.length <= LANE.rows ? rows : [...rows.slice(0, LANE.rows - 1), rows.slice(LANE.rows - 1).flat()];
});
