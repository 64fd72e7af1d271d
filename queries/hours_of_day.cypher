// title: Hours of the day
// question: At which hours does this account pay?
// parameter address: text; the account
// column hour: integer; 0 to 23, UTC
// column payments: integer; payments in that hour, on all days
// column recipients: integer; different recipients
// column amount: amount; face amounts together
// reading: One line an hour with a payment, in this graph. People sleep: eight hours without one hint at a place, payments at every hour at a program.
MATCH (a:Address {case: $case, address: $address})-[t:TRANSFER]->(b:Address)
WITH t.time % 86400 / 3600 AS hour, count(t) AS payments, count(DISTINCT b.address) AS recipients, sum(t.amount) AS amount
RETURN hour, payments, recipients, amount
ORDER BY hour
