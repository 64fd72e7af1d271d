// title: Cycles
// question: Where did stolen value come back to where it had been, over one or two others?
// parameter rule: rule = primary; the rule whose stolen value counts
// parameter most: count = 20; cycles of each length
// column hops: integer; transfers of the cycle
// column path: path; the addresses
// column amount: amount; face amount of the smallest transfer
// column first: time; of its first transfer
// column last: time; of its last
// column rows: integers; row keys of its transfers
// reading: Cycles of two and three transfers, each later than the one before and each carrying stolen value under $rule; largest first. Change returned by a service looks the same.
MATCH (a:Address {case: $case})-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(a)
WHERE r1.row_key < r2.row_key AND r1[$rule] > 0 AND r2[$rule] > 0 AND a.address <> m1.address
WITH 2 AS hops, a.address + ' > ' + m1.address + ' > ' + a.address AS path, reduce(least = r1.amount, each IN [r2.amount] | CASE WHEN each < least THEN each ELSE least END) AS amount,
  r1.time AS first, r2.time AS last, [r1.row_key, r2.row_key] AS rows
ORDER BY amount DESC, rows[0], rows[1]
LIMIT $most
RETURN hops, path, amount, first, last, rows
UNION ALL
MATCH (a:Address {case: $case})-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(m2:Address)-[r3:TRANSFER]->(a)
WHERE r1.row_key < r2.row_key AND r2.row_key < r3.row_key AND r1[$rule] > 0 AND r2[$rule] > 0 AND r3[$rule] > 0 AND a.address <> m1.address AND m1.address <> m2.address AND a.address <> m2.address
WITH 3 AS hops, a.address + ' > ' + m1.address + ' > ' + m2.address + ' > ' + a.address AS path, reduce(least = r1.amount, each IN [r2.amount, r3.amount] | CASE WHEN each < least THEN each ELSE least END) AS amount,
  r1.time AS first, r3.time AS last, [r1.row_key, r2.row_key, r3.row_key] AS rows
ORDER BY amount DESC, rows[0], rows[1], rows[2]
LIMIT $most
RETURN hops, path, amount, first, last, rows
