// title: Fan-ins in a window
// question: Which addresses were paid by many others within a few hours?
// parameter hours: count = 24; length of a window
// parameter senders: count = 10; least number of different senders
// parameter rule: rule = primary; the rule whose stolen value counts
// column since: time; where the window begins
// column address: text; who was paid
// column name: text; its label
// column senders: integer; different senders in the window
// column transfers: integer; transfers in it
// column amount: amount; face amounts together
// column stolen: amount; under $rule
// reading: Windows follow one another from 1970 on (24 hours: days of UTC); a fan-in over their border is counted in two parts. A service's deposits look the same.
MATCH (b:Address {case: $case})-[t:TRANSFER]->(a:Address {case: $case})
WITH a, t.time / ($hours * 3600) * ($hours * 3600) AS since, count(DISTINCT b.address) AS senders, count(t) AS transfers,
  sum(t.amount) AS amount, sum(t[$rule]) AS stolen
WHERE senders >= $senders
RETURN since, a.address AS address, a.label AS name, senders, transfers, amount, stolen
ORDER BY senders DESC, since, address
