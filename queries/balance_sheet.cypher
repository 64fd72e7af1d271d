// title: The balance sheet of the case
// question: Does all that was stolen lie somewhere, under every rule?
// column rule: text; the rule
// column primary: flag; declared before tracing
// column stolen: amount; what the thefts made stolen
// column service: amount; ended at services
// column returned: amount; came back to the victim
// column unspent: amount; held at the horizon
// column dust: amount; in transfers too small to follow
// column not_fetched: amount; at accounts that were not read
// column fees: amount; left as fees
// column difference: amount; what is not accounted for: 0
// reading: One line a rule. The difference is 0 to the unit, or tracer would not have reported; where amounts are scaled, up to one unit a part.
MATCH (r:Rule {case: $case})
MATCH (e:Endpoint {case: $case})
WITH r.rule AS rule, r.primary AS primary, r.stolen AS stolen, r.fees AS fees, e.reason AS reason, e[r.rule] AS amount
WITH rule, primary, stolen, fees, sum(CASE WHEN reason = 'service' THEN amount ELSE 0 END) AS service,
  sum(CASE WHEN reason = 'returned' THEN amount ELSE 0 END) AS returned, sum(CASE WHEN reason = 'unspent' THEN amount ELSE 0 END) AS unspent,
  sum(CASE WHEN reason = 'dust' THEN amount ELSE 0 END) AS dust,
  sum(CASE WHEN reason = 'not_fetched' THEN amount ELSE 0 END) AS not_fetched
RETURN rule, primary, stolen, service, returned, unspent, dust, not_fetched, fees,
  stolen - service - returned - unspent - dust - not_fetched - fees AS difference
ORDER BY rule
