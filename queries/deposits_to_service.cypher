// title: Deposits to one service, with memo
// question: Which transfers brought stolen value to this service, and with which memo?
// parameter service: text; the service, as endpoints_by_service names it
// parameter rule: rule = primary; the rule whose stolen value counts
// column time: time; when
// column height: integer; block
// column tx_hash: text; the transaction
// column sender: text; who paid
// column recipient: text; the service's address
// column memo: text; the memo, if it is plain text
// column memo_hex: text; its bytes
// column amount: amount; face amount
// column stolen: amount; under $rule
// column basis: text; chain, reported or modelled
// reading: One line a transfer, in the order of the chain. A memo tells the service which customer was credited; it is no name.
MATCH (s:Address {case: $case})-[t:TRANSFER]->(r:Address {case: $case})
WHERE r.service = $service AND t[$rule] > 0
RETURN t.time AS time, t.height AS height, t.tx_hash AS tx_hash, s.address AS sender, r.address AS recipient, t.memo AS memo,
  t.memo_hex AS memo_hex, t.amount AS amount, t[$rule] AS stolen, t.basis AS basis
ORDER BY t.row_key
