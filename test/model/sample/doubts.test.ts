import { expect, test } from 'vitest';
import { verdictOf, verdictText } from '../../../src/format/verdict.ts';
import type { KernelReading } from '../../../src/kernel/reading.ts';
import { fromRecorded, toRecorded } from '../../../src/recording/sample-schema.ts';
import { snapshotDocument } from '../../helpers/documents.ts';
import { connections, modelOf, SMALL_RANGE } from '../../helpers/sockets.ts';

const RANGE = 'net.ipv4.ip_local_port_range';
const RESERVED = 'net.ipv4.ip_local_reserved_ports';
const ASSUMED = `${RANGE}: not readable; the default 32768 60999 is assumed`;
const ELSEWHERE = 'the sysctls of process 7 can be read only from within';

const cases: [string, Partial<KernelReading>, number, string][] = [
  ['the range', { sysctls: { ...SMALL_RANGE, [RANGE]: null } }, 28_229, ASSUMED],
  [
    'garbage for a range',
    { sysctls: { ...SMALL_RANGE, [RANGE]: 'many' } },
    28_229,
    `${RANGE}: cannot read a port range from "many"; the default 32768 60999 is assumed`,
  ],
  [
    'reserved ports',
    { sysctls: { ...SMALL_RANGE, [RESERVED]: null } },
    97,
    `${RESERVED}: not readable; no port is taken to be reserved`,
  ],
  [
    'garbage for reserved ports',
    { sysctls: { ...SMALL_RANGE, [RESERVED]: '?' } },
    97,
    `${RESERVED}: cannot read reserved ports from "?"; no port is taken to be reserved`,
  ],
  [
    'the IPv4 sockets',
    { unreadSockets: 'IPv4 sockets' },
    97,
    'IPv4 sockets could not be read, and may hold ports',
  ],
  [
    "another namespace's sysctls",
    { sysctls: { ...SMALL_RANGE, [RANGE]: null }, sysctlsElsewhere: ELSEWHERE },
    28_229,
    `${ASSUMED}; ${ELSEWHERE}`,
  ],
];

test.each(cases)('what cannot be read: %s', (_, overrides, free, uncertain) => {
  const { sample, groups } = modelOf(connections(3), overrides);
  expect(groups).toMatchObject([{ free, freeAtLeast: 0, uncertain }]);
  const document = snapshotDocument(modelOf(connections(3), overrides));
  expect(document.groups).toMatchObject([{ freeAtLeast: 0, uncertain }]);
  expect(fromRecorded(toRecorded(sample)).groups).toMatchObject([{ freeAtLeast: 0, uncertain }]);
  const verdict = verdictText(verdictOf(modelOf(connections(3), overrides)));
  expect(verdict).toContain(`has unknown headroom (${uncertain})`);
  // Where there is no room for the reason.
  expect(verdictOf(modelOf(connections(3), overrides)).statement).toBe('has unknown headroom');
  expect(groups[0]?.severity).toBe('warning');
  expect(verdict).not.toContain('healthy');
});

test('where all is read, the free ports are known', () => {
  const { sample, groups } = modelOf(connections(3));
  expect(groups).toMatchObject([{ free: 97, freeAtLeast: 97 }]);
  expect(groups[0]?.uncertain).toBeUndefined();
  expect(sample.sampling.isPartial).toBeUndefined();
});

test('the sysctls that are elsewhere are a warning, too', () => {
  const { sample } = modelOf([], { sysctlsElsewhere: ELSEWHERE });
  expect(sample.sampling.warnings).toContain(ELSEWHERE);
});

test('without a family of sockets the sample is partial, and no port is said to be free', () => {
  const model = modelOf([], { unreadSockets: 'IPv4 sockets' });
  expect(model.sample.sampling.isPartial).toBe(true);
  expect(snapshotDocument(model).sampling.isPartial).toBe(true);
  expect(fromRecorded(toRecorded(model.sample)).sampling.isPartial).toBe(true);
  expect(verdictOf(model).severity).toBe('warning');
  expect(verdictText(verdictOf(model))).toBe(
    'Not all sockets could be read: it is not known which ports are free.',
  );
});
