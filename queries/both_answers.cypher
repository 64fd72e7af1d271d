// title: Both answers
// question: Where is the stolen value, followed and substituted, an asset at a time?
// parameter rule: rule = primary; the rule whose stolen value counts
// column answer: text; followed, or substituted
// column asset: text; what the amount is an amount of
// column reason: text; service, returned, unspent, frozen, destroyed, converted, dust or not_fetched
// column service: text; the service, if it is one
// column addresses: integer; how many addresses
// column ended: amount in asset; what ended there under $rule, of the asset of the line
// reading: One line an answer, an asset and a place. Lines of different assets, or of different answers, are never added up. A case of one asset has none.
MATCH (h:Holding {case: $case})-[:CAME_TO]->(o:Outcome {case: $case})
RETURN o.answer AS answer, o.asset AS asset, o.reason AS reason, o.service AS service, count(DISTINCT h.address) AS addresses,
  sum(o[$rule]) AS ended
ORDER BY answer, asset, reason, service
