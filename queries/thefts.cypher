// title: The thefts
// question: What was stolen, from whom, by which transfer?
// parameter rule: rule = primary; the rule whose stolen value counts
// column number: integer; the theft
// column label: text; what the case file calls it
// column time: time; when
// column tx_hash: text; the transaction
// column sender: text; the victim
// column recipient: text; the theft recipient
// column amount: amount; face amount
// column stolen: amount; what it made stolen under $rule
// column basis: text; chain, reported or modelled
// reading: One line a theft. It makes stolen only what was not stolen before, so stolen may be less than its amount.
MATCH (h:Theft {case: $case})-[:ROBBED]->(s:Address {case: $case})
MATCH (h)-[:PAID]->(r:Address {case: $case})
RETURN h.number AS number, h.label AS label, h.time AS time, h.tx_hash AS tx_hash, s.address AS sender, r.address AS recipient,
  h.amount AS amount, h[$rule] AS stolen, h.basis AS basis
ORDER BY number
