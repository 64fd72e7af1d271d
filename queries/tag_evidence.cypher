// title: A tag's evidence
// question: On what does each tag of this address rest, and which innocent look-alikes were checked?
// parameter address: text; the address
// column tag: text; the heuristic
// column status: text; fact, pattern or lead
// column hop: integer; row key of the hop it is about, absent if it is about the address
// column against: flag; a look-alike that was checked
// column measure: text; what was measured
// column value: text; what was observed, absent where it cannot be said
// column unit: text; in what (ppm: parts per million)
// column threshold: text; the condition
// column holds: flag; whether it was met
// column note: text; a remark
// column rows: integers; row keys of the transfers it was read from
// reading: One line a measure. A look-alike that holds explains the same transfers innocently.
MATCH (a:Address {case: $case, address: $address})-[:TAGGED]->(t:Tag {case: $case})-[:MEASURED]->(m:Measure {case: $case})
RETURN t.tag AS tag, t.status AS status, t.row_key AS hop, m.against AS against, m.measure AS measure, m.value AS value, m.unit AS unit,
  m.threshold AS threshold, m.holds AS holds, m.note AS note, m.rows AS rows
ORDER BY t.number, m.number
