// The bar above the page: how far the run is, what was changed and not traced yet, what can be done to the case.
let state = { mark: given.mark, so_far: given.so_far, work: null, said: "", unasked: false, nodes: [] };
let justSaid = "";
let gone = false;

function startBar() {
  const bar = add(document.body, "section", null, { class: "workbench", "data-testid": "workbench", "aria-label": "workbench" });
  document.body.prepend(bar);
  if (given.so_far) {
    document.documentElement.dataset.soFar = "true";
  }
}

function told(text) {
  justSaid = text;
  say(text);
}

function drawBar() {
  const bar = part("workbench");
  const focused = document.activeElement?.dataset?.testid;
  bar.replaceChildren();
  if (gone) {
    add(bar, "strong", "The program that serves this page has ended: what is on the page stays, nothing can be changed. Start tracer view again.", { role: "alert" });
    return;
  }
  if (given.so_far) {
    add(bar, "strong", visibleText(given.so_far), { "data-testid": "so-far" });
  }
  drawWork(add(bar, "span", null, { class: "tools" }), state);
  if (justSaid && !state.work && !state.said) {
    add(bar, "span", visibleText(justSaid), { "data-testid": "just-said" });
  }
  if (state.mark !== given.mark) {
    button(bar, "show what was read since", reloaded, { "data-testid": "show-new" });
  }
  if (state.nodes.length) {
    button(bar, "nodes", showNodes, { "data-testid": "nodes-button" });
  }
  if (facts.case_file) {
    drawCaseActs(add(bar, "span", null, { class: "tools" }));
  }
  if (focused && bar.querySelector(`[data-testid="${CSS.escape(focused)}"]`)) {
    bar.querySelector(`[data-testid="${CSS.escape(focused)}"]`).focus();
  }
}

function showNodes() {
  const dialog = opened("What the nodes can do", true);
  drawNodes(add(dialog, "div", null, { class: "sideways" }), state.nodes);
  button(add(dialog, "p", null, { class: "choices" }), "close", () => dialog.close());
}

function drawCaseActs(place) {
  const { pending } = facts;
  if (pending.length) {
    const list = add(place, "details", null, { class: "menu", "data-testid": "pending" });
    add(list, "summary", `${plural(pending.length, "change")} not traced yet`);
    const lines = add(add(list, "div"), "ul");
    pending.forEach((line) => add(lines, "li", visibleText(line)));
  }
  const again = button(place, "trace again", traceAgain, { "data-testid": "trace-again" });
  again.disabled = Boolean(state.work);
  again.classList.toggle("wanted", pending.length > 0);
  if (facts.moved) {
    button(place, "what moved", showMoved, { "data-testid": "what-moved" });
  }
  button(place, "dust and cut-off", askStops, { "data-testid": "act-stops" });
  button(place, "declare the rule", askDeclare, { "data-testid": "act-declare" });
  if (facts.suspected.length) {
    button(place, `suspected thefts (${facts.suspected.length + facts.suspected_more})`, askThefts, { "data-testid": "act-thefts" });
  }
}

let traced = false; // whether somebody here had it traced: then what moved is shown with the new figures

async function traceAgain() {
  const answer = await posted("/trace", {});
  traced = !answer.error;
  justSaid = answer.error || "";
  keepLooking();
  return answer;
}

// Nothing is asked of a node before whoever sits here has seen which.
function askNodes() {
  const lines = [state.said, `Asked would be: ${facts.nodes.join(", ")}. Nobody else, ${facts.rate} questions a second at most.`];
  askAct("Ask the nodes?", lines, [], "ask these nodes, and trace", async () => {
    await posted("/allow", { what: "ask" });
    return traceAgain();
  });
}
