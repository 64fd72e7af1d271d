// title: Last movements
// question: What stolen value moved last, and where to?
// parameter most: count = 20; so many
// parameter rule: rule = primary; the rule whose stolen value counts
// column time: time; when
// column sender: text; who paid
// column recipient: text; who received
// column name: text; the recipient's label
// column role: text; what the recipient is in the case
// column amount: amount; face amount
// column stolen: amount; under $rule
// column tx_hash: text; the transaction
// column provisional: flag; so near the tip that a reorganisation could still undo it
// reading: One line a transfer, the last first. The ledger ends where it was read: move it with a new run, or watch the case.
MATCH (s:Address {case: $case})-[t:TRANSFER]->(r:Address {case: $case})
WHERE t[$rule] > 0
RETURN t.time AS time, s.address AS sender, r.address AS recipient, r.label AS name, r.role AS role, t.amount AS amount,
  t[$rule] AS stolen, t.tx_hash AS tx_hash, t.provisional AS provisional
ORDER BY t.row_key DESC
LIMIT $most
