// title: Claims against traced values
// question: What was published about where the money went, and what was traced to the same place in the same time?
// parameter rule: rule = primary; the rule whose stolen value counts
// column sender: text; from whom, as published
// column recipient: text; to whom, as published
// column least: amount; least claimed
// column most: amount; most claimed
// column since: time; from when
// column until: time; until when
// column traced: amount; under $rule, absent if it cannot be compared
// column why: text; why it cannot, or what was not read
// column source: text; where it was published
// reading: One line a claim. Claims that contradict each other stand side by side. A claim is compared, never followed.
MATCH (k:Claim {case: $case})
RETURN k.sender AS sender, k.recipient AS recipient, k.least AS least, k.most AS most, k.since AS since, k.until AS until,
  k[$rule] AS traced, k.why AS why, k.source AS source
ORDER BY k.number
