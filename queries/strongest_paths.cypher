// title: Strongest paths
// question: By which chains of transfers did most stolen value go from one address to another?
// parameter source: text; address where the paths begin
// parameter target: text; address where they end
// parameter rule: rule = primary; the rule whose stolen value counts
// parameter most: count = 3; paths of each length
// column hops: integer; transfers of the path
// column stolen: amount; what its weakest transfer carried under $rule
// column first: time; of its first transfer
// column last: time; of its last
// column path: path; the addresses
// column rows: integers; row keys of its transfers
// reading: Paths of one to six transfers, shortest first, of each length the strongest $most. Every transfer is later than the one before, and the trail stops at none but the last. For any length: tracer path.
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(d)
WHERE r1[$rule] > 0
WITH 1 AS hops, r1[$rule] AS stolen,
  r1.time AS first, r1.time AS last, s.address + ' > ' + d.address AS path,
  [r1.row_key] AS rows
ORDER BY stolen DESC, rows[0]
LIMIT $most
RETURN hops, stolen, first, last, path, rows
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key
  AND r1.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0
WITH 2 AS hops, reduce(least = r1[$rule], each IN [r2[$rule]] | CASE WHEN each < least THEN each ELSE least END) AS stolen,
  r1.time AS first, r2.time AS last, s.address + ' > ' + m1.address + ' > ' + d.address AS path,
  [r1.row_key, r2.row_key] AS rows
ORDER BY stolen DESC, rows[0], rows[1]
LIMIT $most
RETURN hops, stolen, first, last, path, rows
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(m2:Address)-[r3:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key AND r2.row_key < r3.row_key
  AND r1.cut IS NULL AND r2.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0 AND r3[$rule] > 0
WITH 3 AS hops, reduce(least = r1[$rule], each IN [r2[$rule], r3[$rule]] | CASE WHEN each < least THEN each ELSE least END) AS stolen,
  r1.time AS first, r3.time AS last, s.address + ' > ' + m1.address + ' > ' + m2.address + ' > ' + d.address AS path,
  [r1.row_key, r2.row_key, r3.row_key] AS rows
ORDER BY stolen DESC, rows[0], rows[1], rows[2]
LIMIT $most
RETURN hops, stolen, first, last, path, rows
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(m2:Address)-[r3:TRANSFER]->(m3:Address)-[r4:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key AND r2.row_key < r3.row_key AND r3.row_key < r4.row_key
  AND r1.cut IS NULL AND r2.cut IS NULL AND r3.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0 AND r3[$rule] > 0 AND r4[$rule] > 0
WITH 4 AS hops, reduce(least = r1[$rule], each IN [r2[$rule], r3[$rule], r4[$rule]] | CASE WHEN each < least THEN each ELSE least END) AS stolen,
  r1.time AS first, r4.time AS last, s.address + ' > ' + m1.address + ' > ' + m2.address + ' > ' + m3.address + ' > ' + d.address AS path,
  [r1.row_key, r2.row_key, r3.row_key, r4.row_key] AS rows
ORDER BY stolen DESC, rows[0], rows[1], rows[2], rows[3]
LIMIT $most
RETURN hops, stolen, first, last, path, rows
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(m2:Address)-[r3:TRANSFER]->(m3:Address)-[r4:TRANSFER]->(m4:Address)-[r5:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key AND r2.row_key < r3.row_key AND r3.row_key < r4.row_key AND r4.row_key < r5.row_key
  AND r1.cut IS NULL AND r2.cut IS NULL AND r3.cut IS NULL AND r4.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0 AND r3[$rule] > 0 AND r4[$rule] > 0 AND r5[$rule] > 0
WITH 5 AS hops, reduce(least = r1[$rule], each IN [r2[$rule], r3[$rule], r4[$rule], r5[$rule]] | CASE WHEN each < least THEN each ELSE least END) AS stolen,
  r1.time AS first, r5.time AS last, s.address + ' > ' + m1.address + ' > ' + m2.address + ' > ' + m3.address + ' > ' + m4.address + ' > ' + d.address AS path,
  [r1.row_key, r2.row_key, r3.row_key, r4.row_key, r5.row_key] AS rows
ORDER BY stolen DESC, rows[0], rows[1], rows[2], rows[3], rows[4]
LIMIT $most
RETURN hops, stolen, first, last, path, rows
UNION ALL
MATCH (s:Address {case: $case, address: $source})
MATCH (d:Address {case: $case, address: $target})
MATCH (s)-[r1:TRANSFER]->(m1:Address)-[r2:TRANSFER]->(m2:Address)-[r3:TRANSFER]->(m3:Address)-[r4:TRANSFER]->(m4:Address)-[r5:TRANSFER]->(m5:Address)-[r6:TRANSFER]->(d)
WHERE r1.row_key < r2.row_key AND r2.row_key < r3.row_key AND r3.row_key < r4.row_key AND r4.row_key < r5.row_key AND r5.row_key < r6.row_key
  AND r1.cut IS NULL AND r2.cut IS NULL AND r3.cut IS NULL AND r4.cut IS NULL AND r5.cut IS NULL AND r1[$rule] > 0 AND r2[$rule] > 0 AND r3[$rule] > 0 AND r4[$rule] > 0 AND r5[$rule] > 0 AND r6[$rule] > 0
WITH 6 AS hops, reduce(least = r1[$rule], each IN [r2[$rule], r3[$rule], r4[$rule], r5[$rule], r6[$rule]] | CASE WHEN each < least THEN each ELSE least END) AS stolen,
  r1.time AS first, r6.time AS last, s.address + ' > ' + m1.address + ' > ' + m2.address + ' > ' + m3.address + ' > ' + m4.address + ' > ' + m5.address + ' > ' + d.address AS path,
  [r1.row_key, r2.row_key, r3.row_key, r4.row_key, r5.row_key, r6.row_key] AS rows
ORDER BY stolen DESC, rows[0], rows[1], rows[2], rows[3], rows[4], rows[5]
LIMIT $most
RETURN hops, stolen, first, last, path, rows
