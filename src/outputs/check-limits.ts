import { formatDuration } from '../format/units.ts';
import { type AlertRange, isAlert } from '../model/check/alert-range.ts';
import type { CheckLimits } from '../model/check/check-verdict.ts';

/** What is odd about the limits of a check, in a few words each: states that can never be. */
export function limitNotes({
  warning,
  critical,
  etaWarning,
  etaCritical,
}: CheckLimits): readonly string[] {
  const percents = turningPercents(warning, critical);
  const raising = (range: AlertRange) => percents.filter((percent) => isAlert(range, percent));
  const [warned, alarmed] = [raising(warning), raising(critical)];
  const isHidden = warned.length > 0 && warned.every((percent) => isAlert(critical, percent));
  return [
    ...(warned.length > 0 ? [] : [`--warning ${warning.text} is never passed by 0% to 100%`]),
    ...(alarmed.length > 0 ? [] : [`--critical ${critical.text} is never passed by 0% to 100%`]),
    ...(isHidden
      ? [`--warning ${warning.text} adds nothing, --critical ${critical.text} comes first`]
      : []),
    ...(etaWarning > 0 && etaWarning < etaCritical
      ? [
          `--eta-warning ${formatDuration(etaWarning)} adds nothing, --eta-critical ${formatDuration(etaCritical)} comes first`,
        ]
      : []),
  ];
}

/** Apart by less than any percentage of 65,535 ports. */
const NEXT = 1e-6;

/** Percentages, 0 to 100, at which one of the ranges may begin or end to raise an alert. */
function turningPercents(...ranges: readonly AlertRange[]): number[] {
  const ends = ranges.flatMap(({ start, end }) => [start, end]);
  return [0, 100, ...ends.flatMap((end) => [end - NEXT, end, end + NEXT])].filter(
    (percent) => percent >= 0 && percent <= 100,
  );
}
