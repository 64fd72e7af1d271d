// title: Paths in chronological order
// question: How many chains of one to six transfers lead from one address to another, each transfer later than the one before?
// parameter source: text; address where the paths begin
// parameter target: text; address where they end
// parameter rule: rule = primary; the rule whose stolen value counts
// column hops: integer; transfers of the path
// column paths: integer; how many
// column first: time; of the earliest first transfer
// column last: time; of the latest last transfer
// reading: One line a length; a length without a path has no line. Every transfer carried stolen value under $rule. strongest_paths has the paths themselves.
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(d)
WHERE r1[$rule] > 0
RETURN 1 AS hops, count(*) AS paths, min(r1.time) AS first, max(r1.time) AS last
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key
  AND r1.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0
RETURN 2 AS hops, count(*) AS paths, min(r1.time) AS first, max(r2.time) AS last
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(m2:Address)-[r3:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key AND r2.row_key < r3.row_key
  AND r1.cut IS NULL AND r2.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0 AND r3[$rule] > 0
RETURN 3 AS hops, count(*) AS paths, min(r1.time) AS first, max(r3.time) AS last
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(m2:Address)-[r3:TRANSFER]->(m3:Address)-[r4:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key AND r2.row_key < r3.row_key AND r3.row_key < r4.row_key
  AND r1.cut IS NULL AND r2.cut IS NULL AND r3.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0 AND r3[$rule] > 0 AND r4[$rule] > 0
RETURN 4 AS hops, count(*) AS paths, min(r1.time) AS first, max(r4.time) AS last
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(m2:Address)-[r3:TRANSFER]->(m3:Address)-[r4:TRANSFER]->(m4:Address)-[r5:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key AND r2.row_key < r3.row_key AND r3.row_key < r4.row_key AND r4.row_key < r5.row_key
  AND r1.cut IS NULL AND r2.cut IS NULL AND r3.cut IS NULL AND r4.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0 AND r3[$rule] > 0 AND r4[$rule] > 0 AND r5[$rule] > 0
RETURN 5 AS hops, count(*) AS paths, min(r1.time) AS first, max(r5.time) AS last
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(m2:Address)-[r3:TRANSFER]->(m3:Address)-[r4:TRANSFER]->(m4:Address)-[r5:TRANSFER]->(m5:Address)-[r6:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key AND r2.row_key < r3.row_key AND r3.row_key < r4.row_key AND r4.row_key < r5.row_key AND r5.row_key < r6.row_key
  AND r1.cut IS NULL AND r2.cut IS NULL AND r3.cut IS NULL AND r4.cut IS NULL AND r5.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0 AND r3[$rule] > 0 AND r4[$rule] > 0 AND r5[$rule] > 0 AND r6[$rule] > 0
RETURN 6 AS hops, count(*) AS paths, min(r1.time) AS first, max(r6.time) AS last
