// How wide a flow is drawn: by the square root of its amount beside the largest, so that small flows are seen beside large ones.
const THINNEST = 1.2;
const WIDEST = 18;
const DASHED = 3; // a way that is not drawn hop by hop

function setLineWidths(routes) {
  const sizeOf = ({ flow, back }) => Math.max(flow.size, back ? back.size : 0);
  const largest = Math.max(1, ...routes.map(sizeOf));
  for (const route of routes) {
    route.width = route.far ? DASHED : THINNEST + (WIDEST - THINNEST) * Math.sqrt(sizeOf(route) / largest);
  }
}
