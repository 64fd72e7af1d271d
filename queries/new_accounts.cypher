// title: Accounts that begin after the theft
// question: Which accounts got stolen value and have no row before the first theft?
// parameter rule: rule = primary; the rule whose stolen value counts
// column address: text; the account
// column name: text; its label
// column role: text; what it is in the case
// column first: time; of its first row in the ledger
// column seconds: integer; from the first theft to then
// column funder: text; who paid its first income
// column stolen: amount; that arrived, counted at each arrival
// reading: One line an account, earliest first: made for it, perhaps, or new customers of a service. What was not read may lie before.
MATCH (h:Theft {case: $case})
WITH min(h.time) AS begun
MATCH (a:Address {case: $case})
WHERE a.first >= begun AND a[$rule] > 0
RETURN a.address AS address, a.label AS name, a.role AS role, a.first AS first, a.first - begun AS seconds, a.funder AS funder,
  a[$rule] AS stolen
ORDER BY first, address
