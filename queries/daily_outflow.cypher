// title: Daily outflow
// question: How much left this account, day by day?
// parameter address: text; the account
// parameter rule: rule = primary; the rule whose stolen value counts
// column day: time; where the day begins (UTC)
// column transfers: integer; how many
// column recipients: integer; different recipients
// column amount: amount; face amounts together
// column stolen: amount; under $rule
// reading: One line a day with an outflow. Only transfers of this graph.
MATCH (a:Address {case: $case, address: $address})-[t:TRANSFER]->(b:Address)
WITH t.time / 86400 * 86400 AS day, count(t) AS transfers, count(DISTINCT b.address) AS recipients, sum(t.amount) AS amount,
  sum(t[$rule]) AS stolen
RETURN day, transfers, recipients, amount, stolen
ORDER BY day
