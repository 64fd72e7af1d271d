// title: First and last contact
// question: When did two addresses first and last pay each other?
// parameter address: text; one
// parameter other: text; the other
// column direction: text; out: from $address, in: to it
// column transfers: integer; how many
// column amount: amount; face amounts together
// column first: time; of the first
// column last: time; of the last
// reading: One line a direction; none if there was no such transfer in this graph.
MATCH (a:Address {case: $case, address: $address})-[t:TRANSFER]->(b:Address {case: $case, address: $other})
RETURN 'out' AS direction, count(t) AS transfers, sum(t.amount) AS amount, min(t.time) AS first, max(t.time) AS last
UNION ALL
MATCH (b:Address {case: $case, address: $other})-[t:TRANSFER]->(a:Address {case: $case, address: $address})
RETURN 'in' AS direction, count(t) AS transfers, sum(t.amount) AS amount, min(t.time) AS first, max(t.time) AS last
