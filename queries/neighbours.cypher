// title: Neighbours of an address
// question: With whom did this address deal in this graph?
// parameter address: text; the address
// column direction: text; out: it paid, in: it was paid
// column neighbour: text; the other
// column name: text; its label
// column role: text; what it is in the case
// column transfers: integer; how many
// column amount: amount; face amounts together
// column primary: amount; stolen value carried, under the primary rule
// column first: time; of the first
// column last: time; of the last
// reading: One line a neighbour and direction: those it paid first, most stolen value first.
MATCH (a:Address {case: $case, address: $address})-[f:FLOW]->(b:Address {case: $case})
WITH b, f ORDER BY f.primary DESC, f.amount DESC, b.address
RETURN 'out' AS direction, b.address AS neighbour, b.label AS name, b.role AS role, f.count AS transfers, f.amount AS amount,
  f.primary AS primary, f.first AS first, f.last AS last
UNION ALL
MATCH (b:Address {case: $case})-[f:FLOW]->(a:Address {case: $case, address: $address})
WITH b, f ORDER BY f.primary DESC, f.amount DESC, b.address
RETURN 'in' AS direction, b.address AS neighbour, b.label AS name, b.role AS role, f.count AS transfers, f.amount AS amount,
  f.primary AS primary, f.first AS first, f.last AS last
