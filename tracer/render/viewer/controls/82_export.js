// What is on the screen, as a file.
const BYTE_ORDER_MARK = "\ufeff"; // else spreadsheets misread names that are not ASCII

// A spreadsheet would run a cell that begins like a formula; an apostrophe makes it text.
function csvCell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
  return /[",\n\r']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function tableAsCsv(columns, rows) {
  const written = columns.filter((column) => !column.screenOnly);
  const digest = [trace.results_digest || "none", whatIfText()].filter(Boolean).join("; ");
  const lines = [[...written.map((column) => csvCell(column.csvTitle || column.title)), "results digest"].join(",")];
  for (const row of rows) {
    lines.push([...written.map((column) => csvCell(column.text(row))), csvCell(visibleText(digest))].join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

function saveCsv() {
  const text = tableAsCsv(table.columns, table.rows);
  save(BYTE_ORDER_MARK + text, "text/csv;charset=utf-8", `${view.tab}.csv`);
}

// The whole picture, whatever part of it is in sight, under a line that says what it shows and hides.
function pictureAsSvg() {
  const { left, top, width, height } = wholePicture();
  const copyOf = part("flow").querySelector("svg").cloneNode(true);
  copyOf.querySelector(".root").removeAttribute("transform");
  copyOf.removeAttribute("style");
  copyOf.removeAttribute("tabindex");
  copyOf.querySelectorAll('[stroke="none"]').forEach((unseen) => unseen.remove());
  copyOf.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
  copyOf.setAttribute("width", width);
  copyOf.setAttribute("height", height);
  const paper = draw(copyOf, "rect", { x: left, y: top, width, height, fill: INK.paper });
  copyOf.prepend(paper);
  copyOf.querySelectorAll("[tabindex]").forEach((one) => one.removeAttribute("tabindex"));
  draw(copyOf, "text", { x: 0, y: -54, "font-size": 15, "font-weight": 600, fill: INK.text }, visibleText(trace.title));
  draw(copyOf, "text", { x: 0, y: -38, "font-size": 11, fill: INK.quiet }, stampText());
  draw(copyOf, "text", { x: 0, y: -24, "font-size": 11, fill: INK.quiet }, [part("hidden-note").textContent, windowText()].filter(Boolean).join(" · "));
  return onPaper(new XMLSerializer().serializeToString(copyOf));
}

// With room for the heading above and for bows at the right.
function wholePicture() {
  const picture = currentPicture();
  return { left: -24, top: -76, width: Math.max(round(picture.width) + 110, 1100), height: round(picture.height) + 100 };
}

async function imageOfPicture() {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([pictureAsSvg()], { type: "image/svg+xml" }));
  await image.decode();
  return image;
}

// Twice as large as on the screen, so that it can be printed.
async function savePng() {
  const { width, height } = wholePicture();
  const image = await imageOfPicture();
  const canvas = document.createElement("canvas");
  const scale = Math.min(2, 16000 / width, 16000 / height);
  [canvas.width, canvas.height] = [width * scale, height * scale];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  canvas.toBlob((blob) => save(blob, "image/png", "flow.png"));
}

function saveJson() {
  save(JSON.stringify(pictureAsData(), null, 1), "application/json", "flow.json");
}

// The boxes and flows of the picture; amounts are decimal text of the smallest unit.
function pictureAsData() {
  const picture = currentPicture();
  const drawn = covered(picture);
  const untraced = picture.routes.filter((route) => route.untraced).map(({ flow }) => flow);
  const nodes = new Set([...drawn.addresses, ...untraced.flatMap(({ sender, recipient }) => [sender, recipient])]);
  const { address } = trace.nodes;
  return {
    case: trace.case,
    results_digest: trace.results_digest,
    tracer: trace.tracer,
    rule: view.rule,
    what_if: view.whatIf === null ? null : runName(view.whatIf),
    from: view.from,
    to: view.to,
    filter: view.filter,
    hidden: part("hidden-note").textContent,
    accounts: [...nodes].map((node) => ({ address: address[node], role: roleOf(node), service: trace.nodes.service[node], folded: drawn.folded.has(node) })),
    flows: [...drawn.flows, ...untraced].map((flow) => ({
      from: address[flow.sender],
      to: address[flow.recipient],
      stolen: flow.stolen.toString(),
      ...(flow.untraced ? { untraced: flow.amount.toString() } : {}),
      first: flow.first,
      last: flow.last,
      rows: flow.transfers.map((edge) => trace.edges.row[edge]),
    })),
  };
}

function saveSvg() {
  save(pictureAsSvg(), "image/svg+xml", "flow.svg");
}

function save(text, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = [trace.case.replace(/[^\w-]+/g, "_"), view.rule, trace.results_digest.slice(0, 12), name].filter(Boolean).join("_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
