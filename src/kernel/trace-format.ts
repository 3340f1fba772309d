import { ParseError } from './parse-error.ts';

/** Where a field of a trace record lies: bytes from the record's start. */
export interface TraceField {
  readonly offset: number;
  readonly size: number;
}

/** The fields of sock:inet_sock_set_state that are used, and the sizes in bytes that each may have. */
const SIZES = {
  protocol: [1, 2], // __u8 before Linux 5.6
  oldstate: [4],
  newstate: [4],
  sport: [2],
  dport: [2],
  family: [2],
  saddr: [4],
  daddr: [4],
  saddr_v6: [16],
  daddr_v6: [16],
} as const;

type FieldName = keyof typeof SIZES;
const NAMES = Object.keys(SIZES) as FieldName[];

/** How this kernel writes a record of sock:inet_sock_set_state (include/trace/events/sock.h). */
export interface TraceFormat {
  /** The number of the tracepoint, for perf_event_attr.config; it changes from boot to boot. */
  readonly id: number;
  readonly fields: Readonly<Record<FieldName, TraceField>>;
  /** Minimum length of a record in bytes. */
  readonly minimumBytes: number;
}

/** Maximum length of a perf record in bytes (PERF_MAX_TRACE_SIZE in include/linux/trace_events.h). */
const LARGEST_RECORD = 8192;

/**
 * Reads events/sock/inet_sock_set_state/format of tracefs: the tracepoint's number, and where the fields lie.
 * Throws ParseError if one is missing or has an unknown size.
 */
export function parseTraceFormat(text: string, file: string): TraceFormat {
  const lines = text.split('\n');
  const found = NAMES.map((name) => [name, parseField(lines, name, file)] as const);
  return {
    id: parseId(lines, file),
    fields: Object.fromEntries(found) as Record<FieldName, TraceField>,
    minimumBytes: Math.max(...found.map(([, { offset, size }]) => offset + size)),
  };
}

/** A line such as "field:__u8 saddr[4];	offset:32;	size:4;	signed:0;" (f_show in kernel/trace/trace_events.c). */
function parseField(lines: readonly string[], name: FieldName, file: string): TraceField {
  const declaration = new RegExp(`^\\s*field:[^;]*\\b${name}(?:\\[\\d*\\])?;`);
  const index = lines.findIndex((line) => declaration.test(line));
  const line = lines[index];
  if (line === undefined) throw new ParseError({ file, field: name, got: lines.join(' ').trim() });
  const match = /;\s*offset:(\d{1,5});\s*size:(\d{1,5});/.exec(line);
  const field = { offset: Number(match?.[1]), size: Number(match?.[2]) };
  const sizes: readonly number[] = SIZES[name];
  if (match === null || !sizes.includes(field.size) || field.offset + field.size > LARGEST_RECORD)
    throw new ParseError({ file, line: index + 1, field: name, got: line.trim() });
  return field;
}

function parseId(lines: readonly string[], file: string): number {
  const line = lines.find((text) => text.startsWith('ID:')) ?? '';
  const match = /^ID: (\d{1,9})\s*$/.exec(line);
  if (match === null) throw new ParseError({ file, field: 'ID', got: line });
  return Number(match[1]);
}
