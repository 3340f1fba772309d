import type { Advice, Rule, Situation, Suggestion } from './advice.ts';
import { enableTimeWaitReuse } from './enable-tw-reuse.ts';
import { keepAlive, moreDestinations, moreSources } from './spread.ts';
import { widenPortRange } from './widen-port-range.ts';

const RULES: readonly Rule[] = [
  widenPortRange,
  enableTimeWaitReuse,
  keepAlive,
  moreDestinations,
  moreSources,
];

/** Percent of headroom that one step of risk has to bring to be worth it. */
const RISK_WEIGHT_PERCENT = 10;

/** All suggestions that help the worst group, best first: by headroom gained, less what it may cost. */
export function advise(situation: Situation): Advice[] {
  const { group } = situation;
  const worth = (suggestion: Suggestion) =>
    suggestion.headroomAfter - suggestion.risk * RISK_WEIGHT_PERCENT;
  return RULES.map((rule) => rule(situation))
    .filter((suggestion) => suggestion !== undefined)
    .filter((suggestion) => suggestion.headroomAfter > group.headroomPercent)
    .toSorted((a, b) => worth(b) - worth(a))
    .map(({ headroomAfter, risk: _risk, ...suggestion }) => ({
      ...suggestion,
      severity: group.severity,
      effect: { group: group.label, headroomBefore: group.headroomPercent, headroomAfter },
    }));
}
