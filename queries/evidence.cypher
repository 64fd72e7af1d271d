// title: Evidence beside the chain
// question: What is known that is not on the chain?
// column time: time; when
// column kind: text; ip_address, archived page, statement, chat ...
// column value: text; what it says
// column source: text; where it comes from
// column grade: text; Admiralty grade
// column status: text; stands, explained or superseded
// column subject: text; what it is about
// reading: One line an entry, earliest first. Never a traced amount.
MATCH (e:Evidence {case: $case})
RETURN e.time AS time, e.kind AS kind, e.value AS value, e.source AS source, e.grade AS grade, e.status AS status, e.subject AS subject
ORDER BY e.number
