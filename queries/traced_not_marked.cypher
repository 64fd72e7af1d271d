// title: Traced but not marked
// question: Where did stolen value arrive under this rule that nobody marked?
// parameter rule: rule = primary; the rule whose stolen value counts
// parameter least: amount = 1; leave out addresses that received less
// column address: text; the address
// column name: text; its label
// column role: text; what it is in the case
// column stolen: amount; that arrived, counted at each arrival
// column first: time; of its first row in the ledger
// reading: One line an address, most stolen value first. Not marked may also mean: not yet, or not by the markers this case reads.
MATCH (a:Address {case: $case})
WHERE a[$rule] >= $least AND NOT a.marked
RETURN a.address AS address, a.label AS name, a.role AS role, a[$rule] AS stolen, a.first AS first
ORDER BY stolen DESC, address
