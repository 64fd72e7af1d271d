// title: What became of it
// question: What did an address give for another asset, and what became of that?
// parameter address: text; who gave
// parameter rule: rule = primary; the rule whose stolen value counts
// column number: integer; the conversion
// column kind: text; wrap, unwrap or swap
// column tx_hash: text; its transaction
// column given_asset: text; what was given
// column given: amount in given_asset; how much of that
// column received_asset: text; what was received
// column received: amount in received_asset; how much of that
// column received_stolen: amount in received_asset; got for stolen value under $rule, 0 where it is not substituted
// column recipient: text; who received
// column substituted: flag; the trail goes on in what was received
// column why: text; why not
// column pool: text; the pool that converted it
// reading: One line for each conversion, the earliest first. Where the recipient gave it on, ask for that address. A case of one asset has none.
MATCH (h:Holding {case: $case, address: $address})-[b:BECAME {case: $case}]->(r:Holding {case: $case})
RETURN b.number AS number, b.kind AS kind, b.tx_hash AS tx_hash, b.given_asset AS given_asset, b.given AS given,
  b.received_asset AS received_asset, b.received AS received, b[$rule] AS received_stolen,
  r.address AS recipient, b.substituted AS substituted, b.why AS why, b.pool AS pool
ORDER BY number
