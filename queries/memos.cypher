// title: Memos
// question: Which memos travelled with stolen value, and who shares one?
// parameter rule: rule = primary; the rule whose stolen value counts
// column memo: text; the memo, if it is plain text
// column memo_hex: text; its bytes
// column transfers: integer; how many had it
// column senders: integer; different addresses that sent it
// column recipients: integer; different addresses that got it
// column stolen: amount; under $rule
// reading: One line a memo, most transfers first. One memo of several senders to one service is one customer there; a memo of everybody is a habit.
MATCH (s:Address {case: $case})-[t:TRANSFER]->(r:Address {case: $case})
WHERE t.memo_hex IS NOT NULL AND t[$rule] > 0
WITH t.memo AS memo, t.memo_hex AS memo_hex, count(t) AS transfers, count(DISTINCT s.address) AS senders,
  count(DISTINCT r.address) AS recipients, sum(t[$rule]) AS stolen
RETURN memo, memo_hex, transfers, senders, recipients, stolen
ORDER BY transfers DESC, senders DESC, memo_hex
