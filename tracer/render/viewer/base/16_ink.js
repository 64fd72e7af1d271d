// The colours of the picture, by their names in 05_colours.css. They stand in presentation attributes, so that a picture that
// leaves the page looks the same: there each name is replaced by what it means on paper.
const ink = (name) => `var(--${name})`;
const INK = Object.fromEntries(["text", "quiet", "paper", "theft", "stream", "border", "ground", "bar", "accent"].map((name) => [name, ink(name)]));
const SERVICE_INKS = 8;

// A service keeps its colour under every rule: those where most ended under the leading rule come first.
const serviceNames = remember(() => {
  const ended = new Map();
  asked.endpoints.forEach(({ service, amounts }) => ended.set(service, (ended.get(service) || 0) + Number(amounts[leadingRule()])));
  const sum = (name) => ended.get(name) || 0;
  const names = new Set([...asked.nodes.service, ...trace.nodes.service].filter((name) => name !== null));
  return [...names].sort((a, b) => sum(b) - sum(a));
});

function inkOfService(name) {
  return ink(`service-${Math.max(0, serviceNames().indexOf(name)) % SERVICE_INKS}`);
}

// With the names of colours replaced by what they mean at an element.
function meantAt(element, text) {
  const look = getComputedStyle(element);
  return text.replace(/var\((--[\w-]+)\)/g, (_, name) => look.getPropertyValue(name).trim());
}

function onPaper(text) {
  const probe = add(document.body, "span", null, { class: "paper", hidden: "" });
  const replaced = meantAt(probe, text);
  probe.remove();
  return replaced;
}
