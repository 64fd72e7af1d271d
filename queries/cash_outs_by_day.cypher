// title: Cash-outs, day by day
// question: On which days did stolen value reach which service?
// parameter rule: rule = primary; the rule whose stolen value counts
// column day: time; where the day begins (UTC)
// column service: text; the service
// column deposits: integer; transfers that brought it
// column senders: integer; different addresses that paid
// column stolen: amount; under $rule
// reading: One line a day and service, in chronological order: for when to ask it for its records. A drained service that got money back has lines too.
MATCH (s:Address {case: $case})-[t:TRANSFER]->(r:Address {case: $case})
WHERE r.service IS NOT NULL AND t[$rule] > 0
WITH t.time / 86400 * 86400 AS day, r.service AS service, count(t) AS deposits, count(DISTINCT s.address) AS senders,
  sum(t[$rule]) AS stolen
RETURN day, service, deposits, senders, stolen
ORDER BY day, service
