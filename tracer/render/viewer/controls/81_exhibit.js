// On paper the page is an exhibit: the picture whole, under it the tables, what was read and what that does not prove, on numbered
// pages that name the results they show.
const MOST_ROWS = 300; // transfers of the picture that are printed; more are counted
const LONG_WORD = 24; // characters of a cell from which its words may be broken: addresses and hashes

// A program that prints the page, or takes a picture of it, asks for a sheet of one size: "#sheet", or "#picture" for nothing but that;
// after a colon stands the view, where one was kept.
const SHEETS = { sheet: { width: 1280, height: 480 }, picture: { width: 1400, height: 760 } }; // what half a page shows in letters to be read
const [, sheetAsked = "", viewAsked = ""] = /^#(sheet|picture)(?::(.*))?$/.exec(location.hash) || [];
const isSheet = () => sheetAsked !== "";

async function showSheet() {
  if (sheetAsked === "picture") {
    const image = await imageOfPicture();
    document.body.replaceChildren(image);
    document.body.className = "sheet";
    document.documentElement.dataset.sheet = `${image.width},${image.height}`;
  }
}

function stampText() {
  return [madeOf(), whatIfText(), assetName(), `rule ${view.rule}`, "times in UTC"].filter(Boolean).join(" · ");
}

function drawStamp() {
  part("meta").textContent = stampText();
}

function drawExhibit() {
  const box = part("exhibit");
  box.replaceChildren();
  const facts = [`Rule shown: ${ruleText()}. ${trace.reason ? visibleText(trace.reason) : ""}`, windowText(), `Picture: ${part("hidden-note").textContent}.`];
  facts.filter(Boolean).forEach((text) => add(box, "p", text));
  for (const name of ["endpoints", "thefts"]) {
    const { title, columns, rows } = TABS.find((tab) => tab.name === name);
    printTable(box, title, columns(), rows());
  }
  const inPicture = [...new Set(currentPicture().routes.flatMap(({ flow, back }) => [...flow.transfers, ...(back ? back.transfers : [])]))].sort((a, b) => a - b);
  const more = inPicture.length > MOST_ROWS ? `, the first ${MOST_ROWS} of ${grouped(String(inPicture.length))}` : "";
  printTable(box, `Transfers in the picture${more}`, transferColumns(), inPicture.slice(0, MOST_ROWS));
  const limits = add(box, "div");
  limits.append(...part("limits-view").cloneNode(true).children);
}

function windowText() {
  return view.from === null && view.to === null ? "" : `Window of time: ${part("window-note").textContent}.`;
}

function printTable(parent, title, columns, rows) {
  add(parent, "h2", title);
  const table = add(parent, "table");
  const head = add(add(table, "thead"), "tr");
  const printed = columns.filter((column) => !column.screenOnly && !column.csvOnly);
  printed.forEach((column) => add(head, "th", column.title, { class: column.number ? "number" : "" }));
  const body = add(table, "tbody");
  for (const row of rows) {
    const line = add(body, "tr");
    for (const column of printed) {
      const text = shortened(column.text(row), MEMO_SHOWN);
      add(line, "td", text, { class: column.number ? "number" : text.length > LONG_WORD ? "long" : "" });
    }
  }
}

// The digest stands at the foot of every printed page. Only hexadecimal digits get into the style.
function numberPages() {
  const digest = /^[0-9a-f]{64}$/.test(trace.results_digest || "") ? `results digest ${trace.results_digest}` : "no results digest";
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@page { size: A4 landscape; margin: 12mm 12mm 16mm; @bottom-left { content: "${digest}"; font: 8pt sans-serif; } ` +
    `@bottom-right { content: "page " counter(page) " of " counter(pages); font: 8pt sans-serif; } }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

const HEADINGS_ABOVE = 28; // the headings of the columns, and as much below

// On paper the whole picture is shown, whatever was zoomed to on the screen.
function startPrinting() {
  numberPages();
  const svg = part("flow").querySelector("svg");
  const timeline = part("timeline").querySelector("svg");
  window.addEventListener("beforeprint", () => {
    drawExhibit();
    part("answer-table").hidden = part("timeline").hidden = false;
    drawTimeline(); // as wide as it is now
    timeline.setAttribute("viewBox", `0 0 ${timeline.clientWidth || 1400} ${TIMELINE.height + lanesHeight()}`);
    const { left, width } = wholePicture();
    svg.setAttribute("viewBox", `${left} ${-HEADINGS_ABOVE} ${width} ${round(currentPicture().height) + 2 * HEADINGS_ABOVE}`);
    svg.querySelector(".root").removeAttribute("transform");
    svg.style.transform = "";
    showDistance(svg.querySelector(".root"), 1);
  });
  window.addEventListener("afterprint", () => {
    svg.removeAttribute("viewBox");
    timeline.removeAttribute("viewBox");
    drawFolds();
    drawTimeline();
    movePicture();
  });
}
