// Published claims, dashed, at the right of the picture: they are shown beside the flows and are none.
const CLAIM = { width: 232, head: 20, line: 14, foot: 7, gap: 12, between: 90, aisle: 48, boxes: 10, inOneColumn: 5, leavesRoom: 3 };
const CLAIM_INK = ink("claim-line");

// One box for each place that claims name; claims that conflict stand under each other in it.
const claimBoxes = remember(() => {
  const boxes = new Map();
  trace.claims.forEach((claim, at) => listed(boxes, claim.to).push({ claim, at }));
  const height = (claims) => CLAIM.head + claims.length * CLAIM.line + CLAIM.foot;
  return [...boxes].map(([to, claims]) => ({ to, claims, height: height(claims) }));
});

function claimsShown() {
  return view.from === null && view.to === null ? claimBoxes().slice(0, CLAIM.boxes) : [];
}

// In one column; in two where they are many and the picture leaves room at the right.
function claimColumnsBeside(picture) {
  const boxes = claimsShown();
  const two = boxes.length > CLAIM.inOneColumn && picture.columns.length <= CLAIM.leavesRoom;
  const half = two ? Math.ceil(boxes.length / 2) : boxes.length;
  return [boxes.slice(0, half), boxes.slice(half)].filter((column) => column.length);
}

function claimsHeight(column) {
  return column.reduce((sum, { height }) => sum + height + CLAIM.gap, -CLAIM.gap);
}

function heightForClaims(picture) {
  return Math.max(0, ...claimColumnsBeside(picture).map(claimsHeight));
}

// The claims stand in columns of their own, and the picture is so much wider.
function placeClaims(picture) {
  const columns = claimColumnsBeside(picture);
  const claims = columns.flatMap((column, at) => {
    const x = picture.width + CLAIM.between + at * (CLAIM.width + CLAIM.aisle);
    let below = (picture.height - claimsHeight(column)) / 2;
    return column.map((box) => {
      const y = below;
      below += box.height + CLAIM.gap;
      return { ...box, x, y };
    });
  });
  const width = claims.length ? claims[claims.length - 1].x + CLAIM.width : picture.width;
  return { ...picture, claims, width };
}

// Where the claims and the lines to them lie, so that no label lies there.
function claimReaches({ claims }) {
  const boxes = claims.map(({ x, y, height }) => ({ x, y, width: CLAIM.width, height }));
  const left = Math.min(...boxes.map(({ x }) => x));
  return boxes.length ? [...boxes, { x: left - CLAIM.between, y: Math.min(...boxes.map(({ y }) => y)), width: CLAIM.between, height: claimsHeight(claims) }] : [];
}

function drawClaims(root, picture) {
  if (!picture.claims.length) {
    return;
  }
  const start = [...picture.boxes.values()].find(({ node }) => trace.nodes.role[node] === "recipient");
  draw(root, "text", { x: picture.claims[0].x, y: -12, "font-size": 11, fill: CLAIM_INK, "letter-spacing": "0.04em" }, "claimed, not traced");
  if (start) {
    picture.claims.forEach((box) => drawClaimLine(root, start, box, picture.claims.filter(({ x }) => x < box.x)));
  }
  picture.claims.forEach((box) => drawClaimBox(root, box));
  const more = claimBoxes().length - picture.claims.length;
  if (more > 0) {
    const { x, y, height } = picture.claims[picture.claims.length - 1];
    draw(root, "text", { x, y: y + height + 14, "font-size": 11, fill: INK.quiet }, `+${more} more in the Claims tab`);
  }
}

// To a box of the second column a line goes between the boxes of the first: behind them it would look like one of theirs.
function drawClaimLine(parent, from, to, before) {
  const [x1, y1, x2, y2] = [from.x + BOX.width, middle(from), to.x, to.y + to.height / 2].map(round);
  const curve = (xa, ya, xb, yb) => `C${round((xa + xb) / 2)},${ya} ${round((xa + xb) / 2)},${yb} ${xb},${yb}`;
  let path = `M${x1},${y1}`;
  if (before.length) {
    const left = round(before[0].x - 4); // level before it enters the gap
    const right = round(before[0].x + CLAIM.width);
    const gap = gapNearest(before, y2);
    path += `${curve(x1, y1, left, gap)}H${right}${curve(right, gap, x2, y2)}`;
  } else {
    path += curve(x1, y1, x2, y2);
  }
  draw(parent, "path", { d: path, fill: "none", stroke: CLAIM_INK, "stroke-width": 1.2, "stroke-dasharray": "5 4", opacity: 0.6, class: "claim-line" });
}

// The height between, above or below the boxes of a column that is nearest to another height.
function gapNearest(boxes, y) {
  const gaps = [boxes[0].y - CLAIM.gap / 2, ...boxes.map((box) => box.y + box.height + CLAIM.gap / 2)];
  return round(gaps.reduce((best, gap) => (Math.abs(gap - y) < Math.abs(best - y) ? gap : best)));
}

function drawClaimBox(parent, { to, claims, x, y, height }) {
  const group = draw(parent, "g", { class: "claim", transform: `translate(${round(x)},${round(y)})`, tabindex: 0, role: "button" });
  const seen = [fitted(visibleText(to), CLAIM.width - 18, 12, 600), ...claims.map(({ claim }) => fitted(claimLine(claim), CLAIM.width - 18, 11, 400))];
  group.setAttribute("aria-label", `${seen.join(" ")}, claims about ${visibleText(to)}, table`);
  draw(group, "rect", { width: CLAIM.width, height, rx: 5, fill: ink("claim-fill"), stroke: CLAIM_INK, "stroke-width": 1.2, "stroke-dasharray": "4 3" });
  draw(group, "text", { x: 9, y: 15, "font-size": 12, "font-weight": 600, fill: CLAIM_INK }, seen[0]);
  claims.forEach(({ claim }, at) => {
    const line = { x: 9, y: CLAIM.head + at * CLAIM.line + 9, "font-size": 11, fill: INK.text };
    group.append(" ");
    const text = draw(group, "text", line, seen[at + 1]);
    draw(text, "title", {}, claimTip(claim));
  });
}

function claimLine(claim) {
  const { traced } = claim;
  const beside = traced === null ? "" : ` · traced ${compactAmount(amountOf(traced, view.rule))}`;
  const when = claim.until === null ? "" : ` by ${utc(claim.until).slice(0, 10)}`;
  const via = claim.from === "theft recipients" ? "" : `from ${visibleText(claim.from)}: `;
  return `${via}${claimedText(claim, compactAmount)}${when}${beside}`;
}

function claimedText({ least, most, says }, write) {
  if (least === null && most === null) {
    return visibleText(says);
  }
  if (most === null || least === null) {
    return most === null ? `≥ ${write(BigInt(least))}` : `≤ ${write(BigInt(most))}`;
  }
  return least === most ? write(BigInt(least)) : `${write(BigInt(least))} – ${write(BigInt(most))}`;
}

function claimTip(claim) {
  return [`${claim.from} to ${claim.to}`, claim.says, `source: ${claim.source}`, claim.why].filter(Boolean).map(visibleText).join("\n");
}
