// title: One transaction
// question: What did this transaction move?
// parameter hash: text; the transaction, as the ledger has it
// parameter rule: rule = primary; the rule whose stolen value counts
// column row_key: integer; the row
// column time: time; when
// column sender: text; who paid
// column recipient: text; who received
// column amount_exact: text; face amount in smallest units, exact whatever its size
// column fee: amount; fee of the sender
// column stolen: amount; under $rule
// column kind: text; transfer, levy, ...
// column memo: text; the memo, if it is plain text
// column basis: text; chain, reported or modelled
// column cut: text; why the trail stops with it
// reading: One line a movement: one transaction can make several. None if it carried no stolen value and touched nobody first.
MATCH (s:Address {case: $case})-[t:TRANSFER {case: $case, tx_hash: $hash}]->(r:Address {case: $case})
RETURN t.row_key AS row_key, t.time AS time, s.address AS sender, r.address AS recipient,
  coalesce(t.amount_exact, toString(t.amount)) AS amount_exact, t.fee AS fee, t[$rule] AS stolen, t.kind AS kind, t.memo AS memo,
  t.basis AS basis, t.cut AS cut
ORDER BY row_key
