// title: Round amounts
// question: Who pays in round amounts?
// parameter unit: coins = 1000; round means a multiple of so many coins
// parameter least: integer = 5; least number of round payments
// column address: text; who pays
// column name: text; its label
// column transfers: integer; payments of more than nothing
// column round: integer; round ones among them
// column amount: amount; face amount of the round ones together
// reading: One line a payer, most round payments first. Round amounts are what people choose; software sends all there is.
MATCH (a:Address {case: $case})-[t:TRANSFER]->(b:Address)
WHERE t.amount > 0
WITH a, count(t) AS transfers, sum(CASE WHEN t.amount % $unit = 0 THEN 1 ELSE 0 END) AS round,
  sum(CASE WHEN t.amount % $unit = 0 THEN t.amount ELSE 0 END) AS amount
WHERE round >= $least
RETURN a.address AS address, a.label AS name, transfers, round, amount
ORDER BY round DESC, transfers DESC, address
