// title: Accounts first funded by one funder
// question: Which accounts of this graph got their first income from this account?
// parameter address: text; the funder
// parameter rule: rule = primary; the rule whose stolen value counts
// column address: text; the account
// column name: text; its label
// column role: text; what it is in the case
// column first: time; of its first row in the ledger
// column stolen: amount; that arrived there, under $rule
// reading: One line an account, earliest first. First income is over the whole ledger. An exchange funds many who have nothing to do with each other.
MATCH (a:Address {case: $case})
WHERE a.funder = $address
RETURN a.address AS address, a.label AS name, a.role AS role, a.first AS first, a[$rule] AS stolen
ORDER BY first, address
