import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressBytes, addressText } from '../../src/kernel/address-bytes.ts';
import { AnonymousAddresses } from '../../src/recording/anonymous/addresses.ts';
import { AnonymousNames } from '../../src/recording/anonymous/names.ts';
import { anonymizer } from '../../src/recording/anonymous/sample.ts';
import { SampleDecoder, SampleEncoder } from '../../src/recording/sample-codec.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { addressForms } from '../helpers/address-forms.ts';
import { FAILURES } from '../helpers/pressure.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const KEY = new Uint8Array(32).fill(7);

const ipv4 = fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 255 }))).map(addressText);
const ipv6 = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 16, maxLength: 16 })
  .map(addressText);

/** How many leading bits two addresses have in common. */
function commonBits(one: string, other: string): number {
  const bits = (text: string) =>
    (addressBytes(text) ?? []).map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const [a, b] = [bits(one), bits(other)];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

describe('addresses in text', () => {
  test('are the same after bytes and back', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (text) => {
        expect(addressText(addressBytes(text) ?? [])).toBe(text);
      }),
    );
  });

  test.each([
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8::0:7', '2001:db8::7'],
    ['::ffff:10.0.3.7', '::ffff:a00:307'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s is %s', (text, same) => {
    expect(addressText(addressBytes(text) ?? [])).toBe(same);
  });

  test.each([
    '',
    '10.0.3',
    '10.0.3.256',
    '10.0.3.7.1',
    'a.b.c.d',
    ':',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
    '::g',
    '::1.2.3',
  ])('%j is none', (text) => {
    expect(addressBytes(text)).toBeUndefined();
  });
});

describe('anonymous addresses', () => {
  test('have as many leading bits in common as before, and so are as many', () => {
    const addresses = new AnonymousAddresses(KEY);
    for (const any of [ipv4, ipv6])
      fc.assert(
        fc.property(any, any, (one, other) => {
          const isSpecial = (text: string) => /^(?:0|127)\./.test(text);
          fc.pre(!isSpecial(one) && !isSpecial(other));
          expect(commonBits(addresses.of(one), addresses.of(other))).toBe(commonBits(one, other));
        }),
        { numRuns: 300 },
      );
  });

  test.each([
    ['10.0.3.7', /^10\./],
    ['192.168.3.7', /^192\.168\./],
    ['172.31.3.7', /^172\.(?:1[6-9]|2\d|3[01])\./],
    ['100.64.3.7', /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./],
    ['169.254.3.7', /^169\.254\./],
    ['224.0.0.7', /^2(?:2[4-9]|3\d)\./],
    ['fe80::7', /^fe[89ab][\da-f]:/],
    ['fd00::7', /^f[cd]/],
    ['2001:db8::7', /^[23][\da-f]{3}:/],
  ])('%s stays of its kind, and is another', (text, kind) => {
    const made = new AnonymousAddresses(KEY).of(text);
    expect(made).toMatch(kind);
    expect(made).not.toBe(text);
  });

  test.each(['127.0.0.1', '127.9.8.7', '::1', '::', '0.0.0.0'])('%s identifies nobody', (text) => {
    expect(new AnonymousAddresses(KEY).of(text)).toBe(text);
  });

  test('a public address never gets into a private range', () => {
    const addresses = new AnonymousAddresses(KEY);
    const isPrivate = (text: string) =>
      /^(?:10|127|0)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(text);
    fc.assert(
      fc.property(ipv4, (text) => {
        expect(isPrivate(addresses.of(text))).toBe(isPrivate(text));
      }),
      { numRuns: 500 },
    );
  });

  test('differ with another key', () => {
    const made = [1, 2, 3].map((byte) =>
      new AnonymousAddresses(new Uint8Array(32).fill(byte)).of('2001:db8::7'),
    );
    expect(new Set(made).size).toBe(3);
  });
});

test('names: the same for the same, numbers in the order of coming; well-known programs stay', () => {
  const names = new AnonymousNames();
  expect(
    ['billing', 'haproxy', 'billing', 'python3.12', 'acme', ''].map((name) =>
      names.ofProcess(name),
    ),
  ).toEqual(['process-1', 'haproxy', 'process-1', 'python3.12', 'process-2', '']);
  expect(['lo', 'wg-acme'].map((name) => names.ofDevice(name))).toEqual(['lo', 'device-1']);
  expect(['nginx.service', 'acme.socket', 'odd'].map((name) => names.ofUnit(name))).toEqual([
    'nginx.service',
    'unit-1.socket',
    'unit-2',
  ]);
});

/** A sample that has a secret wherever there is room for text. */
function secretive(): Sample {
  const sample = sampleOfSockets(
    [
      ...connections(30),
      ...connections(
        20,
        { local: '203.0.113.9', remote: '198.51.100.77', remotePort: 443 },
        40_060,
      ),
      ...connections(4, { local: '2001:db8:77::5', remote: '2001:db8:99::8', remotePort: 443 }),
    ],
    { hostname: 'secret-host', kernelRelease: '6.18.44-secret' },
  );
  const text = 'secret /home/secret/node read 0A00030 "10.0.3.7" [2001:db8:77::5] 198.51.100.77';
  return {
    ...sample,
    place: { kind: 'via', id: 'ssh secret-host', name: 'secret-host' },
    sampling: {
      ...sample.sampling,
      warnings: [text, `${text} again`],
      fallback: text,
      refusalsUnseen: text,
      ownersHidden: text,
    },
    configuredPorts: [{ port: 8080, unit: 'secret.service' }],
    groups: sample.groups.map((group, index) => ({
      ...group,
      device: index === 0 ? 'wg-secret' : undefined,
      uncertain: index === 0 ? text : '12 ports of the half that connect() takes last were bound.',
      isAssumed: index === 0,
      bindBeforeConnect: { ...group.bindBeforeConnect, suspected: true, evidence: text },
      owners: [{ pid: 812, command: 'secret-client', sockets: 3 }],
      connectFailures: {
        ...FAILURES,
        processes: [{ pid: 812, command: 'secret-client', refusals: 3 }],
      },
    })),
    limits: {
      ...sample.limits,
      openFiles: [{ pid: 812, command: 'secret-client', open: 3, limit: 10, hardLimit: 20 }],
    },
  };
}

describe('an anonymous sample', () => {
  const original = secretive();
  const line = () => new SampleEncoder().encode(anonymizer()(original));

  test('has no name and no address of the original, in any form', () => {
    const { text } = line();
    expect(text).not.toMatch(/secret/i);
    const addresses = original.groups.flatMap((group) => [group.localAddress, group.remoteAddress]);
    for (const address of addresses)
      for (const form of addressForms(address)) expect(text.toLowerCase()).not.toContain(form);
  });

  test('has the same figures, and the same groups in other words', () => {
    const { groups, portSpace, sysctls, host, sampling } = new SampleDecoder().take(line().text);
    expect({ portSpace, sysctls }).toEqual({
      portSpace: original.portSpace,
      sysctls: original.sysctls,
    });
    expect(host).toEqual({ hostname: 'host-1', kernel: '6.18.44' });
    expect(sampling.warnings).toEqual(['2 warnings (text left out with the names)']);
    expect(sampling.refusalsUnseen).toContain('EADDRNOTAVAIL');
    const figures = (sample: Pick<Sample, 'groups'>) =>
      sample.groups
        .map(({ used, usable, remotePort, family }) => ({ used, usable, remotePort, family }))
        .toSorted((a, b) => a.used - b.used);
    expect(figures({ groups })).toEqual(figures(original));
    for (const group of groups) expect(group.owners).toMatchObject([{ command: 'process-1' }]);
    // What the model says of figures alone tells nothing.
    expect(groups.map(({ uncertain }) => uncertain)).toContain(
      '12 ports of the half that connect() takes last were bound.',
    );
  });

  test('addresses and names are the same from sample to sample', () => {
    const anonymous = anonymizer();
    const labels = (sample: Sample) => anonymous(sample).groups.map(({ label }) => label);
    expect(labels(original)).toEqual(labels(original));
  });
});
