/** Calls made and refused in the first seconds of an outage: rates over the same time add up to what is wanted. */
import { expect, test } from 'vitest';
import { pressureLines } from '../../src/format/pressure-lines.ts';
import { refusedText } from '../../src/format/verdict.ts';
import { callRates } from '../../src/model/call-rates.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import { RefusalMemory } from '../../src/model/sample/refusal-memory.ts';
import { connections, sampleOfSockets, SMALL_RANGE } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const WANTED = 32;
/** So many of them a second find a port once the ports have run out. */
const MADE = 10;
const OUT_AT = 20;

/** The model `seconds` after the ports ran out, with a look every `everyMs`. */
function after(seconds: number, everyMs: number) {
  const stream = new ModelStream();
  const [first] = sampleOfSockets(connections(1)).groups;
  if (first === undefined) throw new Error('no group');
  const memory = new RefusalMemory('net:4026531840');
  let model;
  let refusedBefore = 0;
  for (let ms = 0; ms <= (OUT_AT + seconds) * 1000; ms += everyMs) {
    const at = ms / 1000;
    const made = WANTED * Math.min(at, OUT_AT) + MADE * Math.max(0, at - OUT_AT);
    const refused = Math.floor((WANTED - MADE) * Math.max(0, at - OUT_AT));
    const closed = connections(Math.floor(made), { state: 'TIME_WAIT' }).map((each, index) => {
      const madeAt =
        index < WANTED * OUT_AT ? index / WANTED : OUT_AT + (index - WANTED * OUT_AT) / MADE;
      return { ...each, localPort: 40_000 + index, leftMs: 60_000 - (at - madeAt) * 1000 };
    });
    const sample = sampleOfSockets(closed, {
      takenAtMs: NOON + ms,
      sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 44095' },
    });
    const calls = Array.from({ length: refused - refusedBefore }, () => ({
      family: 4 as const,
      localAddress: '10.0.3.7',
      remoteAddress: '10.0.9.21',
      remotePort: 8080,
      pid: 812,
      command: 'haproxy' as const,
    }));
    refusedBefore = refused;
    memory.push(calls, NOON + ms);
    const connectFailures = memory.of(first.key, NOON + ms);
    const groups = sample.groups.map((group) => ({ ...group, connectFailures }));
    model = stream.next({ ...sample, groups });
  }
  const [group] = model?.groups ?? [];
  if (model === undefined || group === undefined) throw new Error('no model');
  return { model, group };
}

test.for<readonly [number, number]>([
  [1, 250],
  [2, 250],
  [3, 250],
  [6, 250],
  [9, 250],
  [10, 250],
  [12, 250],
  [2, 1000],
  [6, 1000],
  [12, 1000],
])('%d s after the ports ran out, a look every %d ms', ([seconds, everyMs]) => {
  const { model, group } = after(seconds, everyMs);
  const { refused, made = Number.NaN } = callRates(group) ?? { refused: Number.NaN };
  // A look is up to half a second away from the first refusal, and a refusal is a whole one.
  const error = 1 + (0.5 * (WANTED - MADE)) / Math.max(1, Math.min(10, seconds));
  expect(Math.abs(refused - (WANTED - MADE))).toBeLessThanOrEqual(error);
  expect(Math.abs(refused + made - WANTED)).toBeLessThanOrEqual(error);
  // Two lines of one screen say the same.
  const total = /refused (\S+) of (\S+) /.exec(refusedText(group) ?? '');
  const text = pressureLines(model, group).join('\n');
  expect(text).toContain(`refused  ${total?.[1]}/s`);
  expect(text).toContain(`wanted   ${total?.[2]}/s`);
  expect(text).toContain(`+ refused ${total?.[1]} (each retry counts)`);
});
