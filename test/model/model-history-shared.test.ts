/** What an entry of the history shares with the one before it, and what it must not. */
import { expect, test } from 'vitest';
import { buildModel } from '../../src/model/model.ts';
import {
  modelAsOf,
  type ModelHistory,
  NO_HISTORY,
  withModelKept,
} from '../../src/model/model-history.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import type { TupleGroup } from '../../src/model/sample/tuple-group.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const SAMPLE = sampleOfSockets(connections(3));

/** The history of samples with these differences, a second apart from 0 on. */
function historyOf(...changes: readonly Partial<Sample>[]): ModelHistory {
  return changes
    .map((change, index) => buildModel({ ...SAMPLE, ...change, takenAtMs: 1000 * index }))
    .reduce(withModelKept, NO_HISTORY);
}

const withGroup = (change: Partial<TupleGroup>): Partial<Sample> => ({
  groups: SAMPLE.groups.map((group) => ({ ...group, ...change })),
});

test.for(['host', 'sysctls', 'listeningPorts', 'heldPorts', 'limits'] as const)(
  '%s that stay as they are stand once',
  (field) => {
    const [first, second] = historyOf({}, structuredClone(SAMPLE));
    expect(second?.sample[field]).toBe(first?.sample[field]);
  },
);

test('what has changed is as it has become', () => {
  const changed = {
    host: { ...SAMPLE.host, kernel: '7.0' },
    sysctls: { ...SAMPLE.sysctls, 'net.ipv4.tcp_tw_reuse': '1' },
    listeningPorts: [80],
    heldPorts: [40_001],
  };
  const [first, second] = historyOf({}, changed);
  expect(first?.sample).toMatchObject({ host: SAMPLE.host, sysctls: SAMPLE.sysctls });
  expect(second?.sample).toMatchObject(changed);
});

test.for(['parity', 'bindBeforeConnect', 'byState', 'owners', 'portUse'] as const)(
  "a group's %s stand once, or as they have become",
  (field) => {
    const [other] = sampleOfSockets(connections(4, { state: 'CLOSE_WAIT' })).groups;
    const changed = {
      parity: other?.parity,
      byState: other?.byState,
      portUse: other?.portUse,
      bindBeforeConnect: { suspected: true, certain: true, ports: 1 },
      owners: [{ pid: 1, command: 'init', sockets: 3 }],
    }[field];
    const [first, same, next] = historyOf(
      {},
      structuredClone(SAMPLE),
      withGroup({ [field]: changed }),
    );
    expect(same?.sample.groups[0]?.[field]).toBe(first?.sample.groups[0]?.[field]);
    expect(next?.sample.groups[0]?.[field]).toEqual(changed);
    expect(changed).not.toEqual(first?.sample.groups[0]?.[field]);
  },
);

test('ports that can be drawn no longer, or again, are so in the history', () => {
  const none = withGroup({ portUse: undefined });
  const drawn = historyOf({}, none, none, {}).map(({ sample }) => sample.groups[0]?.portUse);
  const [use] = SAMPLE.groups.map(({ portUse }) => portUse);
  expect(drawn).toEqual([use, undefined, undefined, use]);
});

test.for([
  [-1, undefined],
  [0, 0],
  [999, 0],
  [1000, 1000],
  [5000, 1000],
] as const)('as of %i ms, of two models a second apart: that of %j', ([timeMs, atMs]) => {
  expect(modelAsOf(historyOf({}, {}), timeMs)?.sample.takenAtMs).toBe(atMs);
});

test('one entry is always kept, however large', () => {
  const heldPorts = Array.from({ length: 2_000_000 }, () => 1);
  expect(historyOf({ heldPorts })).toHaveLength(1);
  expect(historyOf({}, { heldPorts })).toHaveLength(1);
});
