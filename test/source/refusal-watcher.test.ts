import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RefusalWorld, watchRefusals } from '../../src/source/refusal-watcher.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { asNobody } from '../helpers/fake-processes.ts';
import { FakePerfKernel } from '../helpers/perf-kernel.ts';
import {
  FORMAT_TEXT,
  PERF_RECORD,
  perfRecord,
  REFUSAL,
  refusalRecord,
} from '../helpers/perf-records.ts';

const EVENT = 'events/sock/inet_sock_set_state/format';
const RECORDS_IN_RING = 630;

/** A machine with CPUs 0 and 2, and tracefs at the second of two places. */
function fakeMachine(asker: Partial<RefusalWorld> = {}) {
  const path = mkdtempSync(join(tmpdir(), 'ephtop-sys-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  chmodSync(path, 0o755);
  const at = (relative: string) => join(path, relative);
  const write = (relative: string, text: string) => {
    mkdirSync(dirname(at(relative)), { recursive: true });
    writeFileSync(at(relative), text);
  };
  write('online', '0,2\n');
  write(`debug/tracing/${EVENT}`, FORMAT_TEXT);
  const kernel = new FakePerfKernel();
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const world: RefusalWorld = {
    tracefs: [at('tracing'), at('debug/tracing')],
    onlineCpusFile: at('online'),
    clock,
    openPerfEvents: kernel.events,
    isRoot: true,
    nodePath: '/opt/node',
    ...asker,
  };
  const unseen = () => {
    const watch = watchRefusals(world);
    if ('watcher' in watch) throw new Error('it watches');
    expect(kernel.open).toEqual([]);
    return watch.unseen;
  };
  const watcher = () => {
    const watch = watchRefusals(world);
    if ('unseen' in watch) throw new Error(watch.unseen);
    return watch.watcher;
  };
  return { at, write, kernel, clock, unseen, watcher };
}

/** The watcher of such a machine. */
function watching() {
  const machine = fakeMachine();
  return { ...machine, watcher: machine.watcher() };
}

describe('watching', () => {
  it('has an event with the filter on each CPU that is online', () => {
    const { kernel } = watching();
    expect(kernel.open.map(({ cpu, tracepoint }) => [cpu, tracepoint])).toEqual([
      [0, 2287],
      [2, 2287],
    ]);
    expect(new Set(kernel.filters)).toEqual(
      new Set(['protocol==6 && oldstate==2 && newstate==7 && sport==0']),
    );
  });

  it('reads each refusal once, of all CPUs', () => {
    const { kernel, watcher } = watching();
    kernel.happen(2, refusalRecord());
    kernel.happen(0, refusalRecord({ pid: 7 }));
    expect(watcher.read()).toEqual({ refusals: [{ ...REFUSAL, pid: 7 }, REFUSAL], lost: 0 });
    expect(watcher.read()).toEqual({ refusals: [], lost: 0 });
    expect(kernel.log.counted).toBe(0);
  });

  it('goes round the ring', () => {
    const { kernel, watcher } = watching();
    let rows = 0;
    for (let round = 0; round < 20; round++) {
      for (let record = 0; record < 100; record++) kernel.happen(0, refusalRecord());
      const { refusals, lost } = watcher.read();
      rows += refusals.length;
      expect(lost).toBe(0);
    }
    expect(rows).toBe(2000);
  });

  it('closes what it opened, once, and then has nothing', () => {
    const { kernel, watcher, clock } = watching();
    watcher.close();
    watcher.close();
    clock.nowMs = 1e6;
    expect(watcher.read()).toEqual({ refusals: [], lost: 0 });
    expect({ open: kernel.open, ...kernel.log }).toEqual({
      open: [],
      opened: 2,
      counted: 0,
      closed: 1,
    });
  });
});

describe('a ring that has no more room', () => {
  it('says at once how many were lost, and each once', () => {
    const { kernel, watcher } = watching();
    for (let time = 0; time < RECORDS_IN_RING + 20; time++) kernel.happen(0, refusalRecord());
    const { refusals, lost } = watcher.read();
    expect({ rows: refusals.length, lost }).toEqual({ rows: RECORDS_IN_RING, lost: 20 });
    // The last hundred stand for them.
    expect(refusals.map(({ lostBeside }) => lostBeside)).toEqual([
      ...Array<undefined>(RECORDS_IN_RING - 100).fill(undefined),
      ...Array<number>(100).fill(0.2),
    ]);
    // The kernel says it too, with the next record that there is room for.
    kernel.write(0, perfRecord(PERF_RECORD.LOST));
    kernel.happen(0, refusalRecord());
    expect(watcher.read()).toEqual({ refusals: [REFUSAL], lost: 0 });
  });

  it('has lost those of whoever filled it, and none of another CPU’s', () => {
    const { kernel, watcher } = watching();
    for (let time = 0; time < 30; time++) kernel.happen(0, refusalRecord({ pid: 7 }));
    for (let time = 0; time < 3000; time++) kernel.happen(0, refusalRecord({ pid: 9 }));
    kernel.happen(2, refusalRecord({ pid: 7 }));
    const lostOf = { 7: 0, 9: 0 };
    for (const { pid, lostBeside = 0 } of watcher.read().refusals)
      lostOf[pid === 7 ? 7 : 9] += lostBeside;
    expect(lostOf).toEqual({ 7: 0, 9: expect.closeTo(3030 - RECORDS_IN_RING) });
  });

  it('is full to the last record with none lost', () => {
    const { kernel, watcher } = watching();
    for (let time = 0; time < RECORDS_IN_RING; time++) kernel.happen(0, refusalRecord());
    expect(watcher.read()).toMatchObject({ refusals: { length: RECORDS_IN_RING }, lost: 0 });
  });

  it('is counted exactly where more come meanwhile', () => {
    const { kernel, watcher } = watching();
    for (let time = 0; time < RECORDS_IN_RING + 20; time++) kernel.happen(0, refusalRecord());
    let more = 2;
    kernel.whileCounting = () => {
      if (more-- > 0) kernel.happen(0, refusalRecord());
    };
    const { refusals, lost } = watcher.read();
    expect({ rows: refusals.length, lost }).toEqual({ rows: RECORDS_IN_RING + 2, lost: 20 });
    // Those that came after the loss are not next to it.
    expect(refusals.slice(-3).map(({ lostBeside }) => lostBeside)).toEqual([
      0.2,
      undefined,
      undefined,
    ]);
  });

  it('is not waited for where they never stop to come, and the sum is right in the end', () => {
    const { kernel, watcher } = watching();
    kernel.write(0, perfRecord(PERF_RECORD.LOST));
    kernel.whileCounting = () => kernel.happen(0, refusalRecord());
    const first = watcher.read();
    kernel.whileCounting = () => {};
    const second = watcher.read();
    expect(first.refusals.length + second.refusals.length).toBe(kernel.on(0).count);
    expect(first.lost + second.lost).toBe(0);
  });

  it.each([
    ['LOST', perfRecord(PERF_RECORD.LOST)],
    ['THROTTLE', perfRecord(PERF_RECORD.THROTTLE)],
  ])('is asked for its count where it says %s', (_, record) => {
    const { kernel, watcher } = watching();
    kernel.on(2).count += 3;
    kernel.write(2, record);
    expect(watcher.read()).toEqual({ refusals: [], lost: 3 });
  });

  it('counts what cannot be read as lost', () => {
    const { kernel, watcher } = watching();
    kernel.happen(0, refusalRecord({ family: 1 }));
    kernel.happen(0, refusalRecord());
    expect(watcher.read()).toEqual({ refusals: [{ ...REFUSAL, lostBeside: 1 }], lost: 1 });
  });

  it('is read without its count where the kernel does not tell; a later count makes up for it', () => {
    const { kernel, watcher } = watching();
    kernel.refuse('count', 'EIO');
    kernel.write(0, perfRecord(PERF_RECORD.LOST));
    kernel.happen(0, refusalRecord());
    kernel.on(0).count += 2;
    expect(watcher.read()).toEqual({ refusals: [REFUSAL], lost: 0 });
    kernel.allowAll();
    kernel.write(0, perfRecord(PERF_RECORD.LOST));
    expect(watcher.read()).toEqual({ refusals: [], lost: 2 });
  });
});

describe('CPUs that come and go', () => {
  const cpus = (kernel: FakePerfKernel) => kernel.open.map(({ cpu }) => cpu);

  it('are followed within ten seconds', () => {
    const { kernel, watcher, clock, write } = watching();
    write('online', '0-1\n');
    kernel.happen(2, refusalRecord());
    clock.nowMs = 9_999;
    watcher.read();
    expect(cpus(kernel)).toEqual([0, 2]);
    kernel.happen(2, refusalRecord());
    clock.nowMs = 10_000;
    expect(watcher.read().refusals).toHaveLength(1);
    expect(cpus(kernel)).toEqual([0, 1]);
    kernel.happen(1, refusalRecord());
    expect(watcher.read().refusals).toHaveLength(1);
  });

  it('are tried again where an event was refused', () => {
    const { kernel, watcher, clock, write } = watching();
    write('online', '0-2\n');
    kernel.refuse('open', 'EMFILE', 1);
    clock.nowMs = 10_000;
    expect(watcher.read()).toEqual({ refusals: [], lost: 0 });
    expect(cpus(kernel)).toEqual([0, 2]);
    kernel.allowAll();
    clock.nowMs = 20_000;
    watcher.read();
    expect(cpus(kernel)).toEqual([0, 2, 1]);
  });

  it('and are left as they are where the list cannot be read', () => {
    const { kernel, watcher, clock, write } = watching();
    write('online', 'garbage');
    clock.nowMs = 10_000;
    watcher.read();
    expect(cpus(kernel)).toEqual([0, 2]);
  });

  it('may be gone before their event is open', () => {
    const { kernel, watcher } = fakeMachine();
    kernel.refuse('open', 'ENODEV', 0);
    watcher();
    expect(cpus(kernel)).toEqual([2]);
  });
});

describe('where nothing can be seen, one sentence says why', () => {
  const NOT_OFFERED = 'seen through perf events for tracepoints, which this kernel does not offer';
  const NO_MEMORY = 'take memory of the kernel, which has none left';
  const CONFINED = "shown to the machine's root only, and this root is confined";
  type Refused = Parameters<FakePerfKernel['refuse']>;
  it.each<[...Refused, string]>([
    ['open', 'ENOSYS', undefined, `${NOT_OFFERED} (perf_event_open: ENOSYS)`],
    ['open', 'EOPNOTSUPP', undefined, `${NOT_OFFERED} (perf_event_open: EOPNOTSUPP)`],
    ['open', 'ENODEV', undefined, `${NOT_OFFERED} (perf_event_open: ENODEV)`],
    ['setFilter', 'EINVAL', undefined, `${NOT_OFFERED} (ioctl: EINVAL)`],
    ['enable', 'EINVAL', 2, `${NOT_OFFERED} (ioctl: EINVAL)`],
    ['open', 'EACCES', undefined, `${CONFINED} (perf_event_open: EACCES): run ephtop on the host`],
    ['open', 'EPERM', 2, `${CONFINED} (perf_event_open: EPERM): run ephtop on the host`],
    ['open', 'EMFILE', 2, 'there are none left (perf_event_open: EMFILE): raise ulimit -n.'],
    ['open', 'ENFILE', 2, 'has none left (perf_event_open: ENFILE): raise fs.file-max.'],
    ['open', 'ENOMEM', undefined, `${NO_MEMORY} (perf_event_open: ENOMEM); it is tried again`],
    ['map', 'ENOMEM', 2, `${NO_MEMORY} (mmap: ENOMEM); it is tried again every 10 s.`],
    ['map', 'EAGAIN', undefined, 'are busy (mmap: EAGAIN); it is tried again every 10 s.'],
    ['open', 'ENOSPC', undefined, 'are busy (perf_event_open: ENOSPC); it is tried again'],
    ['open', 'EBUSY', undefined, 'are busy (perf_event_open: EBUSY); it is tried again'],
    ['open', 'EINTR', undefined, 'are busy (perf_event_open: EINTR); it is tried again'],
    ['open', 'EIO', undefined, 'cannot be seen (perf_event_open: EIO); it is tried again'],
    ['map', 'EPERM', 2, 'there is none left (mmap: EPERM): raise ulimit -l, or'],
  ])('%s: %s', (call, errno, cpu, sentence) => {
    const { kernel, unseen } = fakeMachine();
    kernel.refuse(call, errno, cpu);
    expect(unseen()).toContain(sentence);
    expect(kernel.log.closed).toBe(1);
  });

  it('to another user than root', () => {
    const { kernel, unseen } = fakeMachine({ isRoot: false });
    kernel.refuse('open', 'EACCES');
    expect(unseen()).toBe(
      'connect() calls refused for want of a port (EADDRNOTAVAIL) are shown to root only (perf_event_open: EACCES): use sudo, or sudo setcap cap_perfmon,cap_dac_read_search+ep /opt/node, which lets every script of that Node read all files.',
    );
  });

  it('to a user who may not look into tracefs', () => {
    const { at, unseen } = fakeMachine({ isRoot: false });
    chmodSync(at('debug/tracing'), 0o700);
    expect(asNobody(unseen)).toMatch(
      /shown to root only \(tracefs: EACCES\): use sudo, or sudo setcap/,
    );
  });

  it('without tracefs', () => {
    const { at, unseen } = fakeMachine();
    rmSync(at('debug'), { recursive: true });
    expect(unseen()).toBe(
      'connect() calls refused for want of a port (EADDRNOTAVAIL) are seen through tracefs, which is not mounted here: sudo mount -t tracefs tracefs /sys/kernel/tracing.',
    );
  });

  it('without the tracepoint', () => {
    const { at, unseen } = fakeMachine();
    rmSync(at('debug/tracing/events/sock'), { recursive: true });
    expect(unseen()).toMatch(/which this kernel does not have: it takes Linux 4\.16 or newer\.$/);
  });

  it.each([
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path]), 'not a regular file'],
    ['an endless device', (path: string) => symlinkSync('/dev/zero', path), 'not a regular file'],
    ['a file without an end', (path: string) => writeFileSync(path, 'x'.repeat(1 << 20)), 'longer'],
  ])('with %s for its format, or for the CPUs', (_, make, reason) => {
    for (const file of [`debug/tracing/${EVENT}`, 'online']) {
      const { at, unseen } = fakeMachine();
      rmSync(at(file));
      make(at(file));
      const sentence = unseen();
      expect(sentence).toMatch(/^connect\(\) calls .* cannot be seen: \S+: [^:]+\.$/);
      expect(sentence).toContain(`${at(file)}: ${reason}`);
    }
  });

  it('with a tracepoint of another shape', () => {
    const { write, unseen } = fakeMachine();
    write(`tracing/${EVENT}`, FORMAT_TEXT.replace('dport', '\u001b[2J'));
    expect(unseen()).toMatch(
      /describes them differently \(.*cannot read dport from "name: inet_sock/,
    );
  });

  it('without node:ffi, in the words of what looked for it', () => {
    const openPerfEvents = () => {
      throw new SourceError('refused connections are seen through node:ffi, which is not there.');
    };
    expect(fakeMachine({ openPerfEvents }).unseen()).toMatch(
      /through node:ffi, which is not there/,
    );
  });

  it('but a mistake of ours is no such reason', () => {
    const openPerfEvents = () => {
      throw new TypeError('a mistake');
    };
    expect(() => fakeMachine({ openPerfEvents }).unseen()).toThrow('a mistake');
  });
});
