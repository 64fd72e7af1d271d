// title: Holders that sleep
// question: Who holds stolen value and has not moved for long?
// parameter days: integer = 30; without a row in the ledger
// parameter rule: rule = primary; the rule whose stolen value counts
// column address: text; the holder
// column name: text; its label
// column stolen: amount; held under $rule
// column balance: amount; all it holds
// column last: time; of its last row
// column days: integer; from then to the end of the ledger, whole days
// reading: One line an address that holds stolen value at the horizon, most first. The ledger ends where it was read: move it with a new run.
MATCH (c:Case {case: $case})
MATCH (a:Address {case: $case})-[:ENDS]->(e:Endpoint {case: $case})
WHERE e.reason = 'unspent' AND e[$rule] > 0 AND c.last - a.last >= $days * 86400
RETURN a.address AS address, a.label AS name, e[$rule] AS stolen, a.balance AS balance, a.last AS last, (c.last - a.last) / 86400 AS days
ORDER BY stolen DESC, address
