// What an address is called, and how it is shortened.

function shortened(text, length) {
  return text.length > length ? text.slice(0, length - 1) + "…" : text;
}

function shortAddress(node) {
  const address = visibleText(trace.nodes.address[node]);
  return address.length > 14 ? address.slice(0, 6) + "…" + address.slice(-4) : address;
}

function nodeName(node) {
  return givenName(node) || ownName(node);
}

// Without the names that somebody gave here.
function ownName(node) {
  const named = trace.nodes.service[node] || trace.nodes.label[node];
  return named ? visibleText(named) : shortAddress(node);
}

// A name, and the address as well when the name alone could mean several addresses.
function nodeLongName(node) {
  const name = nodeName(node);
  const short = shortAddress(node);
  return name === short ? short : `${name} (${short})`;
}
