// title: Peel steps
// question: Where did an address pass on nearly all that had just arrived, keeping or paying out a small rest?
// parameter percent: percent = 80; at least this part goes on
// parameter hours: integer = 72; within so many hours
// parameter rule: rule = primary; the rule whose stolen value counts
// column address: text; who passed it on
// column received: amount; face amount that arrived
// column passed: amount >= percent of received; face amount that went on
// column rest: amount = received - passed; the difference
// column arrived: time; when it arrived
// column left: time; when it went on
// column recipient: text; whom it went to
// column row_in: integer; row key of the arrival
// column row_out: integer; row key of the payment
// reading: One line a pair of transfers, in the order of the chain; both carried stolen value under $rule. The percentage is taken of hundreds, rounded down. One step is nothing; a peel chain is many in a row.
MATCH (a:Address {case: $case})-[t:TRANSFER]->(b:Address)-[u:TRANSFER]->(c:Address)
WHERE t.cut IS NULL AND t[$rule] > 0 AND u[$rule] > 0 AND t.row_key < u.row_key AND u.time - t.time <= $hours * 3600
  AND u.amount < t.amount AND u.amount >= t.amount / 100 * $percent
RETURN b.address AS address, t.amount AS received, u.amount AS passed, t.amount - u.amount AS rest, t.time AS arrived, u.time AS left,
  c.address AS recipient, t.row_key AS row_in, u.row_key AS row_out
ORDER BY row_in, row_out
