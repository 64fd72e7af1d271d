// What an address is, and what its box looks like: its role is told by its shape, so that no colour need be seen.
const ROLES = {
  victim: { title: "theft from", line: 1.6 },
  recipient: { title: "theft recipient", line: 1.6 },
  service: { title: "service", line: 1.8 },
  held: { title: "still held", line: 1.4 },
  account: { title: "account", line: 1.4 },
  untraced: { title: "untraced neighbour", line: 1.2, "stroke-dasharray": "2 3" },
  boundary: { title: "not expanded", line: 1.4, "stroke-dasharray": "5 3" },
};

function roleOf(node) {
  if (trace.nodes.beside[node]) {
    return "untraced";
  }
  if (isVictim(node)) {
    return "victim";
  }
  if (isService(node)) {
    return "service";
  }
  const role = trace.nodes.role[node];
  if (role === "recipient" || role === "boundary") {
    return role;
  }
  return heldAt(view.rule, node) > 0n && view.to === null ? "held" : "account";
}

// A drained exchange is a service too, but here it is where the picture starts.
function isService(node) {
  return !isVictim(node) && (trace.nodes.role[node] === "service" || trace.nodes.service[node] !== null);
}

function isVictim(node) {
  return trace.nodes.role[node] === "victim" || theftSenders(trace.edges).has(node);
}

const theftSenders = rememberOf(({ theft, sender }) => {
  return new Set(sender.filter((_, edge) => theft[edge] >= 0));
});

function lineOfRole(role, node) {
  return role === "service" ? inkOfService(trace.nodes.service[node]) : ink(`${role}-line`);
}

const CORNER = 9; // cut off a service
const POINT = 10; // of a theft recipient, towards the theft
const TEETH = 6; // of the torn side of what was not read on

const FLOOR = 5; // above the lower side of what holds value

// The outline of a role, as wide and high as given: a victim's is square and doubled, a recipient's pointed, a service's has its
// corners cut off, an unread account's right side is torn off; an account's is rounded, and has a floor where it holds value.
function outlineOf(role, width, height) {
  const [w, h] = [round(width), round(height)];
  switch (role) {
    case "victim":
      return `M0,0H${w}V${h}H0ZM3.5,3.5H${w - 3.5}V${h - 3.5}H3.5Z`;
    case "recipient":
      return `M${POINT},0H${w}V${h}H${POINT}L0,${h / 2}Z`;
    case "service":
      return `M${CORNER},0H${w - CORNER}L${w},${CORNER}V${h - CORNER}L${w - CORNER},${h}H${CORNER}L0,${h - CORNER}V${CORNER}Z`;
    case "untraced": // round at both ends
      return `M${h / 2},0H${w - h / 2}A${h / 2},${h / 2} 0 0 1 ${w - h / 2},${h}H${h / 2}A${h / 2},${h / 2} 0 0 1 ${h / 2},0Z`;
    case "boundary":
      return `M0,0H${w}${tornSide(h)}H0Z`;
    default:
      return `${role === "held" ? `M0,${h - FLOOR}H${w}` : ""}M6,0H${w - 6}Q${w},0 ${w},6V${h - 6}Q${w},${h} ${w - 6},${h}H6Q0,${h} 0,${h - 6}V6Q0,0 6,0Z`;
  }
}

function tornSide(height) {
  const steps = Math.max(2, 2 * Math.round(height / 2 / TEETH));
  const down = round(height / steps);
  return Array.from({ length: steps }, (_, at) => `l${at % 2 ? TEETH : -TEETH},${down}`).join("");
}

function drawOutline(parent, role, node, width, height) {
  const { title, line, ...dashed } = ROLES[role];
  const look = { fill: ink(`${role}-fill`), stroke: lineOfRole(role, node), "stroke-width": line, "fill-rule": "nonzero", ...dashed };
  return draw(parent, "path", { class: "outline", d: outlineOf(role, width, height), "data-role": role, "data-line": line, ...look });
}

// How well the rows under a flow are known, the weakest of them: a way to draw for each.
const GROUNDS = {
  signed: { title: "signed on chain" },
  balanced: { title: "unsigned, agrees with proven balances", "stroke-dasharray": "16 3 3 3" },
  stated: { title: "read from the chain, not verified", "stroke-dasharray": "14 3" },
  reported: { title: "reported by a source", "stroke-dasharray": "8 5" },
  modelled: { title: "modelled", "stroke-dasharray": "2 4" },
};
const NOT_DRAWN = { "stroke-dasharray": "1 5 9 5" }; // hops left out

function groundsOf(flow) {
  const { basis, verified, tie } = trace.edges;
  const weakness = Object.keys(GROUNDS);
  const each = flow.transfers.map((edge) => (basis[edge] !== "chain" ? basis[edge] : verified[edge] ? "signed" : tie[edge] === "balanced" ? "balanced" : "stated"));
  return weakness[Math.max(...each.map((name) => weakness.indexOf(name)))];
}
