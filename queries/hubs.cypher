// title: Addresses that behave like services
// question: Which addresses on the trail, at which it does not stop, dealt with many others?
// parameter others: count = 20; least number of payers and payees together, in the whole ledger
// parameter rule: rule = primary; the rule whose stolen value counts
// column address: text; the address
// column name: text; its label
// column payers: integer; different addresses that paid it
// column payees: integer; different addresses it paid
// column others: integer; both together
// column stolen: amount; that arrived, counted at each arrival
// column first: time; of its first row in the ledger
// column last: time; of its last
// reading: One line an address, most others first. If it is a service that nobody labelled, the trail beyond it is of its other customers: label it, or name it in through.
MATCH (a:Address {case: $case})
WHERE a.service IS NULL AND a.role <> 'victim' AND a[$rule] > 0 AND a.payers + a.payees >= $others
RETURN a.address AS address, a.label AS name, a.payers AS payers, a.payees AS payees, a.payers + a.payees AS others, a[$rule] AS stolen,
  a.first AS first, a.last AS last
ORDER BY others DESC, address
