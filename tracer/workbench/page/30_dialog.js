// Dialogs: a heading, what it is about, fields, a button that does it. What fails is said inside, and nothing is lost.
function opened(title, wide = false) {
  const dialog = add(document.body, "dialog", null, { "aria-label": title, "data-testid": "dialog", class: wide ? "wider" : "" });
  add(dialog, "h2", title);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // keys typed here are no acts on the picture
  dialog.showModal();
  return dialog;
}

function addField(form, { name, title, value = "", options = null, needed = true, hint = "" }) {
  const label = add(form, "label", `${title}${needed ? "" : " (may be empty)"}`);
  const field = options ? add(label, "select", null, { name }) : add(label, "input", null, { name, type: "text", maxlength: "1000", autocomplete: "off", spellcheck: "false" });
  for (const option of options || []) {
    add(field, "option", option === "" ? "none" : visibleText(option), { value: option });
  }
  field.value = options && !options.includes(value) ? options[0] : value;
  field.required = needed;
  if (hint) {
    add(label, "span", hint, { class: "quiet" });
  }
  return field;
}

// Asks for what an act needs, and does it. `lines` say what it does and costs before it is done.
function askAct(title, lines, fields, doing, submit) {
  const dialog = opened(title);
  lines.forEach((line) => add(dialog, "p", visibleText(line)));
  const form = add(dialog, "form");
  const inputs = fields.map((field) => addField(form, field));
  const fault = add(form, "p", "", { class: "unsound", role: "alert", "data-testid": "fault" });
  const row = add(form, "p", null, { class: "choices" });
  add(row, "button", doing, { type: "submit", "data-testid": "do" });
  button(row, "leave it", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fault.textContent = "";
    const values = Object.fromEntries(inputs.map((input) => [input.name, input.value]));
    const answer = await submit(values).catch((error) => ({ error: error.message }));
    if (answer.error) {
      fault.textContent = visibleText(answer.error);
    } else if (dialog.open) {
      dialog.close();
    }
  });
}

// Does an act; what has to be allowed first is asked once, in the words of the program.
async function act(name, fields) {
  let answer = await posted("/act", { act: name, fields });
  if (answer.ask && (await allowed(answer.error))) {
    await posted("/allow", { what: answer.ask });
    answer = await posted("/act", { act: name, fields });
  }
  if (!answer.error) {
    told(answer.said);
    await refreshFacts();
  }
  return answer;
}

function allowed(why) {
  return new Promise((resolve) => {
    const dialog = opened("Is that right?");
    add(dialog, "p", visibleText(why));
    const row = add(dialog, "p", null, { class: "choices" });
    let answer = false;
    const yes = () => {
      answer = true;
      dialog.close();
    };
    button(row, "yes, change it", yes, { "data-testid": "allow" });
    button(row, "no", () => dialog.close());
    dialog.addEventListener("close", () => resolve(answer));
  });
}
