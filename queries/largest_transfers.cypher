// title: Largest transfers
// question: Which transfers carried most stolen value?
// parameter most: count = 20; so many
// parameter rule: rule = primary; the rule whose stolen value counts
// column stolen: amount; under $rule
// column amount: amount; face amount
// column time: time; when
// column sender: text; who paid
// column recipient: text; who received
// column name: text; the recipient's label
// column tx_hash: text; the transaction
// column cut: text; why the trail stops with it
// reading: One line a transfer, most stolen value first. The same value is in each transfer that carried it on, so lines do not add up.
MATCH (s:Address {case: $case})-[t:TRANSFER]->(r:Address {case: $case})
WHERE t[$rule] > 0
RETURN t[$rule] AS stolen, t.amount AS amount, t.time AS time, s.address AS sender, r.address AS recipient, r.label AS name,
  t.tx_hash AS tx_hash, t.cut AS cut
ORDER BY stolen DESC, t.row_key
LIMIT $most
