import { expect, test } from 'vitest';
import { AnswerError } from '../../../src/kernel/elsewhere/answer.ts';
import { ViaSampler } from '../../../src/sampling/via/via-sampler.ts';
import { SourceError } from '../../../src/source/source-error.ts';
import { answerBytes, type AnswerPlan, NONCE } from '../../helpers/answers.ts';

const TITLE = '  sl  local_address rem_address   st\n';
/** 10.0.3.7:40000 → 10.0.9.21:8080, as each byte order writes it. */
const LITTLE = '0703000A:9C40 1509000A:1F90 01 00:00000000 77\n';
const BIG = '0A000307:9C40 0A000915:1F90 01 00:00000000 77\n';

function plan(rows: string, texts: Readonly<Record<string, string>> = {}): AnswerPlan {
  return {
    nonce: NONCE,
    texts: {
      'sys/net/ipv4/ip_local_port_range': '40000\t40099\n',
      'sys/net/ipv4/ip_local_reserved_ports': '\n',
      'sys/kernel/hostname': 'proxy-7\n',
      'sys/kernel/osrelease': '6.18.1\n',
      'link/self/ns/net': 'net:[4026531840]\n',
      machine: 'x86_64\n',
      ...texts,
    },
    tables: {
      'net/tcp': { form: 'columns', text: `${TITLE}${rows}rows ${rows === '' ? 0 : 1}\n` },
    },
  };
}

function raw(
  answer: AnswerPlan,
  wanted: 'everything' | 'changing' = 'everything',
  takenAtMs = 1000,
) {
  return { bytes: answerBytes(answer), nonce: NONCE, wanted, takenAtMs, tookMs: 5 };
}

const viaSampler = () =>
  new ViaSampler({ text: 'ssh web', words: ['ssh', 'web'] }, undefined, undefined);

test('a sample has the time of its request, and sysctls and names of the last answer that had them', () => {
  const sampler = viaSampler();
  sampler.take(raw(plan(LITTLE)));
  const { sample } = sampler.take(raw({ ...plan(LITTLE), texts: {} }, 'changing', 2500));
  expect(sample.takenAtMs).toBe(2500);
  expect(sample.host).toEqual({ hostname: 'proxy-7', kernel: '6.18.1' });
  expect(sample.place).toEqual({ kind: 'via', id: 'via:ssh web net:4026531840', name: 'proxy-7' });
  expect(sample.portSpace.size).toBe(100);
  expect(sample.groups.map(({ label }) => label)).toEqual(['10.0.3.7 → 10.0.9.21:8080']);
});

test('a machine that stores numbers the other way round is read as it writes them', () => {
  const { sample } = viaSampler().take(raw(plan(BIG, { machine: 's390x\n' })));
  expect(sample.groups.map(({ label }) => label)).toEqual(['10.0.3.7 → 10.0.9.21:8080']);
});

test('a container that was started again is the same place', () => {
  const sampler = viaSampler();
  const { sample: before } = sampler.take(raw(plan(LITTLE)));
  const { sample: after } = sampler.take(raw(plan('', { 'link/self/ns/net': 'net:[7]\n' })));
  expect(after.place.id).toBe(before.place.id);
  expect(after.groups).toEqual([]);
});

test('where no hostname is told, the place is called what the command is; what is not printable is escaped', () => {
  const named = { 'sys/kernel/hostname': '\n', 'link/self/ns/net': '' };
  const sampler = new ViaSampler(
    { text: 'ssh \x1bweb', words: ['ssh', '\x1bweb'] },
    undefined,
    undefined,
  );
  const { place } = sampler.take(raw(plan(LITTLE, named))).sample;
  expect(place).toEqual({ kind: 'via', id: 'via:ssh \\x1bweb', name: 'ssh \\x1bweb' });
});

test('an answer without the names cannot be the first, and a place without sockets cannot be watched', () => {
  expect(() => viaSampler().take(raw(plan(LITTLE), 'changing'))).toThrow(AnswerError);
  expect(() => viaSampler().take(raw({ ...plan(LITTLE), tables: {} }))).toThrow(SourceError);
});

test('tables that may not be read are told', () => {
  const denied = { ...plan(LITTLE), denied: ['net/tcp6'] };
  const { sampling } = viaSampler().take(raw(denied)).sample;
  expect(sampling.warnings).toEqual([
    '/proc/net/tcp6: permission denied; its sockets are not counted',
  ]);
});
