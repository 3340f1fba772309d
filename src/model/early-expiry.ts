import { sysctlNumber } from '../kernel/sysctl.ts';
import type { Sample } from './sample/sample.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** From this share of tcp_max_tw_buckets on, sockets may skip TIME_WAIT at any moment. */
const NEAR_THE_LIMIT = 0.95;

/**
 * Why TIME_WAIT sockets may leave earlier than the drain schedule says: connect() takes them over, or the machine has
 * reached tcp_max_tw_buckets. Undefined: the schedule is exact.
 */
export function earlyLeaving(
  sample: Sample,
  group: Pick<TupleGroup, 'reusableFromAgeMs'>,
): 'reuse' | 'buckets' | undefined {
  if (group.reusableFromAgeMs !== undefined) return 'reuse';
  const limit = sysctlNumber(sample.sysctls, 'net.ipv4.tcp_max_tw_buckets');
  const now = sample.counters.timeWaitNow ?? 0;
  return limit !== undefined && now >= NEAR_THE_LIMIT * limit ? 'buckets' : undefined;
}
