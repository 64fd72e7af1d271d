// title: Fan-outs in a window
// question: Which addresses paid many others within a few hours?
// parameter hours: count = 24; length of a window
// parameter recipients: count = 10; least number of different recipients
// parameter rule: rule = primary; the rule whose stolen value counts
// column since: time; where the window begins
// column address: text; who paid
// column name: text; its label
// column recipients: integer; different recipients in the window
// column transfers: integer; transfers in it
// column amount: amount; face amounts together
// column stolen: amount; under $rule
// reading: Windows follow one another from 1970 on (24 hours: days of UTC); a fan-out over their border is counted in two parts. A service's payouts look the same.
MATCH (a:Address {case: $case})-[t:TRANSFER]->(b:Address)
WITH a, t.time / ($hours * 3600) * ($hours * 3600) AS since, count(DISTINCT b.address) AS recipients, count(t) AS transfers,
  sum(t.amount) AS amount, sum(t[$rule]) AS stolen
WHERE recipients >= $recipients
RETURN since, a.address AS address, a.label AS name, recipients, transfers, amount, stolen
ORDER BY recipients DESC, since, address
