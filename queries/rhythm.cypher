// title: Rhythm
// question: How long does this account wait between two payments?
// parameter address: text; the account
// parameter minutes: count = 10; pauses are counted in steps of so many minutes
// column minutes: integer; the pause, rounded down to a step
// column payments: integer; payments after such a pause
// reading: One line a step, most payments first: a step that stands out is a timer. A pause runs from the row before it in the ledger, in this graph or not.
MATCH (a:Address {case: $case, address: $address})-[t:TRANSFER]->(b:Address)
WHERE t.pause IS NOT NULL
WITH t.pause / ($minutes * 60) * $minutes AS minutes, count(t) AS payments
RETURN minutes, payments
ORDER BY payments DESC, minutes
