// title: Change of control
// question: At which accounts of this graph did the keys that may sign change?
// parameter rule: rule = primary; the rule whose stolen value counts
// column time: time; when
// column height: integer; block
// column address: text; the account
// column name: text; its label
// column stolen: amount; that arrived there in all, under $rule
// column tx_hash: text; the transaction
// column attributes: text; what changed, as JSON
// reading: One line a change, in the order of the chain. Money that does not move may still change hands: who can sign decides.
MATCH (a:Address {case: $case})-[:DID]->(e:Event {case: $case})
WHERE e.kind = 'multisig_changed'
RETURN e.time AS time, e.height AS height, a.address AS address, a.label AS name, a[$rule] AS stolen, e.tx_hash AS tx_hash,
  e.attributes AS attributes
ORDER BY e.number
