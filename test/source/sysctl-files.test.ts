import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { procRoot } from '../../src/source/proc-root.ts';
import { findSysctls } from '../../src/source/sysctl-files.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ephtop-sysctls-'));
  file('proc/sys/net/ipv4/tcp_tw_reuse');
  file('proc/thread-self/net/netstat');
  link('proc/thread-self/ns/net', 'net:[4026531840]');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string): void {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), '');
}

function link(name: string, target: string): void {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  symlinkSync(target, join(directory, name));
}

function find(name: string) {
  const { proc, elsewhere } = findSysctls(
    procRoot(join(directory, name)),
    procRoot(join(directory, 'proc')),
  );
  return { path: proc.path('sys'), elsewhere };
}

const inside = (name: string) => join(directory, name);
const ELSEWHERE =
  "the sysctls of process 1234's network namespace can be read only from within it (nsenter -t 1234 -n ephtop)";

test('a whole procfs has its own', () => {
  expect(find('proc')).toEqual({ path: inside('proc/sys'), elsewhere: undefined });
});

test('a process in the same namespace, by its link', () => {
  file('proc/1234/net/netstat');
  link('proc/1234/ns/net', 'net:[4026531840]');
  expect(find('proc/1234')).toEqual({ path: inside('proc/sys'), elsewhere: undefined });
});

test('a process in another namespace, by its link', () => {
  file('proc/1234/net/netstat');
  link('proc/1234/ns/net', 'net:[4026532000]');
  expect(find('proc/1234').elsewhere).toBe(ELSEWHERE);
});

test("another user's process in the same namespace, by a file of it", () => {
  mkdirSync(inside('proc/1234/net'), { recursive: true });
  linkSync(inside('proc/thread-self/net/netstat'), inside('proc/1234/net/netstat'));
  expect(find('proc/1234')).toEqual({ path: inside('proc/sys'), elsewhere: undefined });
});

test("another user's process in another namespace, by a file of it", () => {
  file('proc/1234/net/netstat');
  expect(find('proc/1234').elsewhere).toBe(ELSEWHERE);
});

test('a copy of a procfs that has none', () => {
  file('copy/net/tcp');
  expect(find('copy')).toEqual({ path: inside('copy/sys'), elsewhere: undefined });
});
