import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/source/clock.ts';
import { debugFile, DebugLog } from '../../src/source/debug-log.ts';
import { SourceError } from '../../src/source/source-error.ts';
import type { Whereabouts } from '../../src/source/whereabouts.ts';
import { TAKEN_AT_MS } from '../helpers/fixture.ts';

/** A log whose time the test moves on; `written` has a text for each piece that was written. */
function openLog(append?: (text: string) => void, end: Whereabouts = 'there') {
  let nowMs = TAKEN_AT_MS;
  let wakeUp = () => {};
  const naps: number[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (durationMs, signal) => {
      naps.push(durationMs);
      return new Promise((resolve) => {
        wakeUp = resolve;
        signal?.addEventListener('abort', () => resolve());
      });
    },
  };
  const written: string[] = [];
  let closed = 0;
  const output = {
    append: append ?? ((text: string) => written.push(text)),
    close: () => {
      closed++;
      return end;
    },
  };
  const log = new DebugLog(output, clock);
  const pass = async (durationMs: number) => {
    nowMs += durationMs;
    wakeUp();
    await Promise.resolve();
  };
  return { log, written, naps, closed: () => closed, pass, advance: (ms: number) => (nowMs += ms) };
}

describe('the log', () => {
  test('holds lines back for a second, and writes them in one piece', async () => {
    const { log, written, naps, pass, advance } = openLog();
    log.trace('source: netlink');
    advance(400);
    log.trace('sample', { thread: 'sampling', atMs: TAKEN_AT_MS + 77 });
    expect(written).toEqual([]);
    expect(naps).toEqual([1000]);
    await pass(600);
    expect(written).toEqual([
      '2026-11-21T12:00:00.123Z main source: netlink\n2026-11-21T12:00:00.200Z sampling sample\n',
    ]);
    log.trace('later');
    expect(naps).toEqual([1000, 1000]);
    await pass(1000);
    expect(written[1]).toBe('2026-11-21T12:00:01.123Z main later\n');
  });

  test('sleeps only while there is something to write', async () => {
    const { log, naps, pass } = openLog();
    expect(naps).toEqual([]);
    log.trace('one');
    await pass(1000);
    await pass(5000);
    expect(naps).toEqual([1000]);
  });

  test('writes what is left at the end, and nothing after it', () => {
    const { log, written, closed } = openLog();
    log.trace('last');
    log.end();
    log.trace('too late');
    log.end();
    expect(written).toEqual(['2026-11-21T12:00:00.123Z main last\n']);
    expect(closed()).toBe(1);
  });

  test.each(['renamed', 'removed'] as const)('says where its file was %s', (end) => {
    const { log } = openLog(undefined, end);
    log.trace('one');
    log.end();
    expect(log.problem).toBe(`its file was ${end} meanwhile`);
  });

  test('steers no terminal, and has the lines of a text below its first', () => {
    const { log, written } = openLog();
    log.trace('error: \u001b[31mno\n  at x\r');
    log.end();
    expect(written.join('')).toMatch(/main error: \\x1b\[31mno\n {6}at x\\x0d\n$/);
  });

  test('gives up where it cannot be written, and says why', async () => {
    let tries = 0;
    const { log, naps, pass, closed } = openLog(() => {
      tries++;
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    });
    log.trace('one');
    expect(log.problem).toBeUndefined();
    await pass(1000);
    expect(log.problem).toBe('no space is left on the disk');
    log.trace('two');
    log.end();
    expect({ tries, naps: naps.length, closed: closed() }).toEqual({
      tries: 1,
      naps: 1,
      closed: 1,
    });
  });
});

describe('its file', () => {
  const place = () => {
    const directory = mkdtempSync(join(tmpdir(), 'ephtop-debug-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    return directory;
  };

  test('is new for its owner only', () => {
    const path = join(place(), 'debug.log');
    const file = debugFile(path);
    file.append('a\n');
    file.append('b\n');
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is added to if it is there', () => {
    const path = join(place(), 'debug.log');
    writeFileSync(path, 'before\n');
    chmodSync(path, 0o640);
    const file = debugFile(path);
    file.append('after\n');
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('before\nafter\n');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('says at its end what has become of it', () => {
    const path = join(place(), 'debug.log');
    const [kept, renamed] = [debugFile(path), debugFile(path)];
    expect(kept.close()).toBe('there');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'another');
    expect(renamed.close()).toBe('renamed');
    const removed = debugFile(path);
    rmSync(path);
    expect(removed.close()).toBe('removed');
  });

  test('is not added to what is no text, such as the recording that is replayed', () => {
    const path = join(place(), 'file');
    for (const bytes of [gzipSync('{"schema":"ephtop.recording/1"}'), Buffer.from('ELF\0')]) {
      writeFileSync(path, bytes);
      expect(() => debugFile(path)).toThrow(
        new SourceError(`cannot write the debug log to ${path}: it exists and is not a text file.`),
      );
      expect(readFileSync(path)).toEqual(bytes);
    }
  });

  test('must be a file: what reads a pipe could hold ephtop up, and a terminal is for the view', () => {
    const directory = place();
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, directory, '/dev/null', '/dev/ptmx'])
      expect(() => debugFile(path)).toThrow(
        new SourceError(`cannot write the debug log to ${path}: it is not a regular file.`),
      );
  });

  test.each([
    ['/nonexistent/x', 'no such file'],
    ['/etc/passwd/x', 'not a directory'],
    ['/no\u001b[31m/x', 'no such file'],
  ])('%j is refused in a sentence', (path, reason) => {
    const shown = path.replace('\u001b', '\\x1b');
    expect(() => debugFile(path)).toThrow(
      new SourceError(`cannot write the debug log to ${shown}: ${reason}.`),
    );
  });
});
