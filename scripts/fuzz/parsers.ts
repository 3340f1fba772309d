import { deepEqual, ok } from 'node:assert/strict';
import { InvalidArgumentError } from 'commander';
import { parseRangeOption } from '../../src/cli/check-options.ts';
import { parseListen } from '../../src/cli/listen-address.ts';
import { parseWebConfig, WebConfigError } from '../../src/exporter/web-config.ts';
import { readConfig } from '../../src/cli/config.ts';
import {
  parseCount,
  parseDurationMs,
  parseInterval,
  parseLength,
  parseShare,
} from '../../src/cli/options.ts';
import { parseListenStreams, parseServices } from '../../src/kernel/configured-port.ts';
import { parseWholeNumber } from '../../src/kernel/conntrack.ts';
import { parseCounterPairs, parseSockstatTcp } from '../../src/kernel/counters.ts';
import { parseCpuList } from '../../src/kernel/cpu-list.ts';
import { parseDeviceNames } from '../../src/kernel/device-names.ts';
import { mayTraceAll, parseHidePid } from '../../src/kernel/hide-pid.ts';
import { ParseError } from '../../src/kernel/parse-error.ts';
import {
  formatPortRanges,
  joinPortRanges,
  parseEphemeralRange,
  parseReservedPorts,
} from '../../src/kernel/port-range.ts';
import {
  isKernelThread,
  parseCommand,
  parseOpenFilesLimits,
  parsePid,
  parseSocketLink,
} from '../../src/kernel/proc-pid.ts';
import { parseSysctl } from '../../src/kernel/sysctl.ts';
import { AnswerError } from '../../src/kernel/elsewhere/answer.ts';
import { splitWords, WordsError } from '../../src/kernel/elsewhere/split-words.ts';
import { rowsOfColumns } from '../../src/kernel/elsewhere/tcp-columns.ts';
import { unpackedAnswer } from '../../src/source/elsewhere/answer-files.ts';
import { answerBytes, NONCE } from '../../test/helpers/answers.ts';
import { parseTraceFormat } from '../../src/kernel/trace-format.ts';
import { hostName } from '../../src/model/host-name.ts';
import { parseFilter, printFilter } from '../../src/model/query/filter-words.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { backgroundOf } from '../../src/terminal/background.ts';
import { commandLine } from './command-line.ts';
import {
  dumpOf,
  PERF_FORMAT,
  PERF_SEED,
  perfRecords,
  procNetTcpRows,
  recorded,
  tcpInfoAnswer,
} from './kernel-bytes.ts';
import type { FuzzedParser } from './parser.ts';
import { atPath, lines, RECORDING, recordingFile, recordingLines } from './recordings.ts';
import { answers, pastes, REPORTS, reports } from './terminal-input.ts';

/** A parser of text. Bytes become text as in a file that is read. */
function text(
  name: string,
  parse: (text: string) => unknown,
  seeds: FuzzedParser['seeds'],
  ...refuses: FuzzedParser['refuses'] & object
): FuzzedParser {
  return { name, parse: (input) => parse(input.toString('utf8')), seeds, refuses };
}

function bytes(
  name: string,
  parse: (input: Buffer) => unknown,
  seeds: FuzzedParser['seeds'],
  ...refuses: FuzzedParser['refuses'] & object
): FuzzedParser {
  return { name, parse, seeds, refuses };
}

const VIA_COLUMNS =
  '  sl  local_address rem_address\n0100007F:1F90 00000000:0000 0A 00:00000000 12\nrows 1\n';

const VIA_PLAN = {
  nonce: NONCE,
  texts: { 'net/snmp': 'Tcp: A\nTcp: 1\n', 'sys/kernel/hostname': 'web\n' },
  denied: ['net/sockstat'],
  tables: { 'net/tcp': { form: 'columns' as const, text: VIA_COLUMNS } },
};

/** Every parser of text or bytes from elsewhere, one a line. */
export const PARSERS: readonly FuzzedParser[] = [
  bytes('proc-net-tcp', (input) => procNetTcpRows(input, 4), [recorded('proc/net/tcp')]),
  bytes('proc-net-tcp6', (input) => procNetTcpRows(input, 6), [recorded('proc/net/tcp6')]),
  bytes('sock-diag-ipv4', (input) => dumpOf(input, 4), [recorded('inet-diag/inet4.bin')]),
  bytes('sock-diag-ipv6', (input) => dumpOf(input, 6), [recorded('inet-diag/inet6.bin')]),
  bytes('tcp-info', tcpInfoAnswer, [recorded('inet-diag/inet4.bin').subarray(0, 120)]),
  bytes('perf-records', (input) => perfRecords(input, PERF_FORMAT), [PERF_SEED]),
  bytes(
    'via-answer',
    (input) => unpackedAnswer(input, NONCE),
    [answerBytes(VIA_PLAN), answerBytes({ ...VIA_PLAN, isGzipped: true })],
    AnswerError,
  ),
  bytes('via-columns', rowsOfColumns, [VIA_COLUMNS], AnswerError),
  text('command-words', splitWords, [`ssh -o "A=b c" 'd'\\ e`], WordsError),
  text(
    'trace-format',
    (format) => perfRecords(PERF_SEED, parseTraceFormat(format, 'format')),
    [recorded('trace/inet_sock_set_state.format')],
    ParseError,
  ),
  text(
    'counters',
    (file) => wholes(parseCounterPairs(file, 'snmp')),
    [recorded('proc/net/snmp'), recorded('proc/net/netstat')],
    ParseError,
  ),
  text(
    'sockstat',
    (file) => wholes([['TCP', parseSockstatTcp(file, 'sockstat')]]),
    [recorded('proc/net/sockstat')],
    ParseError,
  ),
  text(
    'port-range',
    (value) => areRanges([parseEphemeralRange(value, 'range')]),
    ['32768\t60999\n'],
    ParseError,
  ),
  text(
    'reserved-ports',
    (value) => areRanges(parseReservedPorts(value, 'reserved')),
    ['8080,9000-9002\n', '\n', '1'],
    ParseError,
  ),
  text('sysctl', parseSysctl, ['32768\t60999\n', '1\n']),
  text(
    'whole-number',
    (value) => ok(Number.isSafeInteger(parseWholeNumber(value, 'count'))),
    ['262144\n'],
    ParseError,
  ),
  text(
    'cpu-list',
    (value) => parseCpuList(value, 'online').forEach(isWhole),
    ['0-3,8\n', '0\n'],
    ParseError,
  ),
  text('device-names', (file) => [...parseDeviceNames(file).keys()].forEach(isWhole), [
    'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n1\tlo        :     1      V3\n',
  ]),
  text('mountinfo', (file) => parseHidePid(file, '/proc'), [
    '22 27 0:21 / /proc rw,nosuid - proc proc rw,hidepid=invisible,gid=10\n',
  ]),
  text('process-status', mayTraceAll, ['Name:\tnode\nCapEff:\t000001ffffffffff\n']),
  text('services', (file) => [...parseServices(file).values()].forEach(isWhole), [
    'http 80/tcp www # web\npostgresql 5432/tcp\n',
  ]),
  text('socket-unit', (file) => parseListenStreams(file).forEach(isPort), [
    '[Socket]\nListenStream=5432\nListenStream=[::1]:5433\n',
  ]),
  text('process-name', parseCommand, ['haproxy\n', 'a\nb\n']),
  text('process-stat', isKernelThread, ['9 (kworker/0:0H-ev (x) S) I 2 0 0 0 -1 69238880 0']),
  text('process-limits', parseOpenFilesLimits, [
    'Max open files            1024                 unlimited            files     \n',
  ]),
  text('process-links', (link) => [parseSocketLink(link), parsePid(link)], [
    'socket:[12345]',
    '812',
  ]),
  text('host-name', hostName, ['proxy-7.example.com.']),
  bytes('recording', recordingFile, [RECORDING], SourceError),
  text('recording-lines', recordingLines, [lines(1), lines(3)], ParseError),
  bytes('configuration', (input) => atPath(input, readConfig), [
    '{"theme":"dark","sort":"headroom","inverted":true,"interval":"1s","mouse":false}',
    '{}',
  ]),
  text('filter', roundTrip, [
    'dst:10.0.9. port:8000-8100 !owner:haproxy',
    'headroom<20% eta<60s "a b" src=::1',
  ]),
  text(
    'durations',
    (word) =>
      [parseDurationMs, parseInterval, parseLength].forEach((parse) => ok(parse(word) >= 0)),
    ['250ms', '1.5s', '1h'],
    InvalidArgumentError,
  ),
  text(
    'numbers',
    (word) => [parseShare, parseCount].forEach((parse) => ok(parse(word) > 0)),
    ['5%', '12', '0.5'],
    InvalidArgumentError,
  ),
  text('alert-range', parseRangeOption, ['75%', '@10:20', '~:75', '20-10'], InvalidArgumentError),
  text('listen', parseListen, ['127.0.0.1:19717', '[::1]:1', ':80'], InvalidArgumentError),
  text(
    'web-config',
    (content) => parseWebConfig(content, 'web.yml'),
    [
      'tls_server_config:\n  cert_file: a.pem\n  key_file: b.pem\n',
      'basic_auth_users:\n  a: $2y$10$x\n',
    ],
    WebConfigError,
  ),
  text('command-line', commandLine, [
    'snapshot\n--format\njson\n--count\n3',
    '--sort\nfree\n--filter\nport:80',
    'record\n-o\nx.gz',
    'replay\nx.gz',
    '--help',
    'advise\n--proc\n/proc',
  ]),
  text('terminal-reports', reports, REPORTS),
  text('terminal-answers', answers, [
    '\x1b]11;rgb:1a1a/1b1b/1c1c\x1b\\\x1b[?62;22c',
    'q\x1b[?997;1n\x1b[A',
  ]),
  text('paste', pastes, ['a\x1b[200~text\x1b[201~b']),
  text('color', backgroundOf, ['rgb:1a1a/1b1b/1c1c', '#fff']),
];

function isWhole(value: number): void {
  ok(Number.isSafeInteger(value) && value >= 0, `${value}`);
}

function isPort(value: number): void {
  isWhole(value);
  ok(value <= 65_535);
}

function wholes(tables: Iterable<readonly [string, Iterable<readonly [string, number]>]>): void {
  for (const [, values] of tables)
    for (const [, value] of values) ok(Number.isFinite(value), `${value}`);
}

function areRanges(ranges: readonly { low: number; high: number }[]): void {
  for (const { low, high } of ranges) {
    [low, high].forEach(isPort);
    ok(low <= high);
  }
  // As an advice writes it.
  deepEqual(parseReservedPorts(formatPortRanges(ranges), 'written'), ranges);
  joinPortRanges(ranges).forEach(({ low }) => isPort(low));
}

function roundTrip(expression: string): void {
  const { words, problem } = parseFilter(expression);
  if (problem === undefined) deepEqual(parseFilter(printFilter(words)).words, words);
}
