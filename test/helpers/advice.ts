import type { KernelReading } from '../../src/kernel/reading.ts';
import type { Advice, AdviceId } from '../../src/model/advice/advice.ts';
import { buildModel } from '../../src/model/model.ts';
import { sampleOf } from '../../src/model/sample/measure.ts';
import { ownersOf, type TestProcess } from './owners.ts';
import { reading, SMALL_RANGE, type TestSocket } from './sockets.ts';

/** A machine, as far as it is not like the one of `reading`. */
export interface Given extends Partial<Omit<KernelReading, 'sysctls' | 'sockets'>> {
  readonly sockets: readonly TestSocket[];
  readonly sysctls?: Partial<typeof SMALL_RANGE>;
  readonly processes?: readonly TestProcess[];
}

/** The advice on such a machine. */
export function adviceFor({
  sockets,
  sysctls,
  processes = [],
  ...overrides
}: Given): readonly Advice[] {
  const given = reading(sockets, { ...overrides, sysctls: { ...SMALL_RANGE, ...sysctls } });
  return buildModel(sampleOf(given, { owners: ownersOf(processes) })).advice;
}

export const find = (advice: readonly Advice[], id: AdviceId) =>
  advice.find((each) => each.id === id);
export const idsOf = (advice: readonly Advice[]) => advice.map(({ id }) => id);

/** Somebody listens on a port. */
export const listener = (localPort: number): TestSocket => ({
  local: '0.0.0.0',
  localPort,
  state: 'LISTEN',
});
