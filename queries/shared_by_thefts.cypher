// title: Accounts shared by thefts
// question: Where did stolen value of several thefts meet?
// parameter thefts: count = 2; of at least so many thefts
// parameter rule: rule = primary; the rule whose stolen value counts
// column address: text; where they met
// column name: text; its label
// column role: text; what it is in the case
// column thefts: integer; thefts whose value arrived
// column stolen: amount; that arrived of all of them, under $rule
// column first: time; of the first arrival
// reading: One line an address, most thefts first. Value is counted at each arrival, so lines do not add up. first is over all rules.
MATCH (h:Theft {case: $case})-[r:REACHED]->(a:Address {case: $case})
WHERE r[$rule] > 0
WITH a, count(h) AS thefts, sum(r[$rule]) AS stolen, min(r.first) AS first
WHERE thefts >= $thefts
RETURN a.address AS address, a.label AS name, a.role AS role, thefts, stolen, first
ORDER BY thefts DESC, stolen DESC, address
