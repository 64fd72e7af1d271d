// title: Label conflicts
// question: About which addresses do labels disagree?
// column address: text; the address
// column label: text; one label
// column source: text; who says so
// column level: integer; confidence, 0 to 100
// column other: text; another label
// column other_source: text; who says so
// column other_level: integer; confidence, 0 to 100
// reading: One line a pair of labels with another name, category or actor. Both are kept; the more confident one names the address.
MATCH (a:Address {case: $case})-[:LABELLED]->(l:Label {case: $case})
MATCH (a)-[:LABELLED]->(m:Label {case: $case})
WHERE l.number < m.number AND (l.label <> m.label OR coalesce(l.category, '') <> coalesce(m.category, '')
  OR coalesce(l.actor, '') <> coalesce(m.actor, ''))
RETURN a.address AS address, l.label AS label, l.source AS source, l.level AS level, m.label AS other, m.source AS other_source,
  m.level AS other_level
ORDER BY address, l.number, m.number
