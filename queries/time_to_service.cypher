// title: How fast each theft reached a service
// question: How long did each theft take to each service?
// parameter rule: rule = primary; the rule whose stolen value counts
// column theft: integer; the theft, from 1
// column label: text; what the case file calls it
// column service: text; the service
// column first: time; of the first arrival there, over all rules
// column seconds: integer; from the theft to then
// column stolen: amount; of this theft that arrived there, under $rule
// reading: One line a theft and service, the fastest first. Only a service that was told by then could have frozen all of it.
MATCH (h:Theft {case: $case})-[r:REACHED]->(a:Address {case: $case})
WHERE a.service IS NOT NULL AND r[$rule] > 0
WITH h, a.service AS service, min(r.first) AS first, sum(r[$rule]) AS stolen
RETURN h.number AS theft, h.label AS label, service, first, first - h.time AS seconds, stolen
ORDER BY theft, first, service
