// title: Who paid this account
// question: Who paid this account in this graph, how much, and how much of it was stolen?
// parameter address: text; the account
// parameter rule: rule = primary; the rule whose stolen value counts
// column sender: text; who paid
// column name: text; its label
// column transfers: integer; how many
// column amount: amount; face amounts together
// column stolen: amount; under $rule
// column first: time; of the first
// column last: time; of the last
// reading: One line a payer, most stolen value first. Only transfers of this graph: those that carried stolen value or first touched the account.
MATCH (s:Address {case: $case})-[t:TRANSFER]->(a:Address {case: $case, address: $address})
RETURN s.address AS sender, s.label AS name, count(t) AS transfers, sum(t.amount) AS amount, sum(t[$rule]) AS stolen,
  min(t.time) AS first, max(t.time) AS last
ORDER BY stolen DESC, amount DESC, sender
