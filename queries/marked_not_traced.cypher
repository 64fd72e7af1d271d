// title: Marked but not traced
// question: Which addresses were marked on the chain, although no stolen value arrived there under this rule?
// parameter rule: rule = primary; the rule whose stolen value counts
// column address: text; the address
// column name: text; its label
// column role: text; what it is in the case
// column touched: flag; money could have come this way
// column marker: text; the mosaic
// column marked_by: text; who sent it
// column first: time; when it arrived
// column last: time; when it left, absent if it was there at the tip
// column ended: text; returned, moved_on or definition_gone
// reading: One line a span in which the marker was held. A marker says what its sender thought; under another rule the address may be traced.
MATCH (a:Address {case: $case})-[:MARKED]->(m:Marking {case: $case})
WHERE a[$rule] = 0
RETURN a.address AS address, a.label AS name, a.role AS role, a.touched AS touched, m.marker AS marker, m.marked_by AS marked_by,
  m.first_time AS first, m.last_time AS last, m.ended AS ended
ORDER BY address, m.number
