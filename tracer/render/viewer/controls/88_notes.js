// Notes in the panel, the file they are kept in, and named views.
function drawRemarks(panel, kind, key) {
  const found = remarksOn(kind, key);
  const box = add(panel, "div", null, { class: "remarks" });
  for (const remark of found) {
    const line = add(box, "p", null, { class: "remark" });
    add(line, "strong", remark.what === "name" ? "named " : "note ");
    add(line, "span", visibleText(shortened(remark.text, MEMO_SHOWN)));
    add(line, "span", ` · ${visibleText(remark.author) || "no author"}, ${visibleText(remark.time)} `, { class: "quiet" });
    button(line, "remove", () => removeRemark(kind, key, remark), { class: "link" });
  }
  const form = add(box, "div", null, { class: "tools" });
  const input = add(form, "input", null, { type: "text", "aria-label": "note or name", placeholder: "note or name", maxlength: String(MOST_TEXT) });
  button(form, "note", () => annotate(kind, key, "note", input.value), { "data-act": "note" });
  if (kind === "addresses") {
    button(form, "name", () => annotate(kind, key, "name", input.value), { "data-act": "name" });
  }
}

function saveNotes() {
  save(notesAsJson(), "application/json", "annotations.json");
  unwritten = false;
}

async function loadNotes(file) {
  try {
    addNotes(await file.text());
    part("notes-said").textContent = part("status").textContent;
  } catch (error) {
    say(`${visibleText(file.name)}: ${visibleText(error.message)}`);
    part("notes-said").textContent = part("status").textContent;
  }
}

function keepView() {
  const name = part("view-name").value.trim().slice(0, 100);
  if (name) {
    const time = new Date().toISOString().slice(0, 19) + "Z";
    changeNotes({ ...notes, views: [...notes.views, { name, state: viewByAddress(), author, time }] });
  }
}

function drawViews() {
  const list = part("views");
  list.replaceChildren();
  for (const { name, state } of notes.views) {
    button(add(list, "li"), visibleText(name), () => openView(state), { class: "link" });
  }
}

function openView(state) {
  const before = structuredClone(view);
  const absent = readHash(state);
  const wanted = structuredClone(view);
  Object.assign(view, before);
  change(wanted);
  fitPicture();
  say(absent ? `${plural(absent, "address")} or transfers of this view are not on this page` : "");
}

function startNotes() {
  part("author").addEventListener("change", (event) => (author = event.target.value));
  part("save-notes").addEventListener("click", saveNotes);
  part("load-notes").addEventListener("change", (event) => event.target.files[0] && loadNotes(event.target.files[0]));
  part("keep-view").addEventListener("click", keepView);
}

function startFilters() {
  const said = part("filter-said");
  const wrong = (text) => (said.textContent = text);
  const typed = (name, patch) => part(`filter-${name}`).addEventListener("change", (event) => {
    const value = event.target.value.trim();
    said.textContent = "";
    const found = patch(value);
    if (found === null) {
      wrong(`${value} is no ${name.startsWith("time") ? "moment: write 2018-01-25 or 2018-01-25 12:34" : "amount"}`);
      return;
    }
    change(found);
    fitPicture();
  });
  const asFilter = (name) => (value) => ({ filter: Object.fromEntries(Object.entries({ ...view.filter, [name]: value }).filter(([, text]) => text)) });
  const asAmount = (name) => (value) => (value && typedAmount(value) === null ? null : asFilter(name)(value));
  typed("least", asAmount("least"));
  typed("most", asAmount("most"));
  typed("memo", asFilter("memo"));
  typed("tag", asFilter("tag"));
  typed("row", asFilter("row"));
  const asMoment = (name, last) => (value) => (value && typedMoment(value, last) === null ? null : { [name]: value ? typedMoment(value, last) : null });
  typed("time-from", asMoment("from", false));
  typed("time-to", asMoment("to", true));
  part("filter-clear").addEventListener("click", () => {
    change({ filter: {}, from: null, to: null });
    fitPicture();
  });
  [...new Set(trace.tags.map(({ name }) => name))].sort().forEach((name) => add(part("filter-tag"), "option", visibleText(name), { value: name }));
}

function drawFilters() {
  for (const name of FILTERS) {
    part(`filter-${name}`).value = view.filter[name] || "";
  }
  part("filter-time-from").value = view.from === null ? "" : utc(view.from);
  part("filter-time-to").value = view.to === null ? "" : utc(view.to);
  part("filter-menu").classList.toggle("on", !isWhole());
}
