// title: Whom two addresses both paid
// question: Which addresses were paid by both of these?
// parameter address: text; one
// parameter other: text; the other
// column payee: text; whom both paid
// column name: text; its label
// column role: text; what it is in the case
// column transfers: integer; from $address
// column amount: amount; face amounts of these together
// column other_transfers: integer; from $other
// column other_amount: amount; face amounts of these together
// reading: One line an address, in this graph. Two payers of one customer's deposit address pay the same customer; two payers of a service's hot wallet need not.
MATCH (a:Address {case: $case, address: $address})-[f:FLOW]->(c:Address {case: $case})
MATCH (b:Address {case: $case, address: $other})-[g:FLOW]->(c)
RETURN c.address AS payee, c.label AS name, c.role AS role, f.count AS transfers, f.amount AS amount, g.count AS other_transfers,
  g.amount AS other_amount
ORDER BY payee
