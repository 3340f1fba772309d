import { describe, expect, test } from 'vitest';
import { snapshotDocument } from '../helpers/documents.ts';
import {
  ADVICE_SCHEMA,
  asPromised,
  REPORT_SCHEMA,
  schemaProblems,
  SNAPSHOT_SCHEMA,
} from '../helpers/json-schema.ts';

import { connections, modelOf } from '../helpers/sockets.ts';

const document = () =>
  JSON.parse(JSON.stringify(snapshotDocument(modelOf(connections(3))))) as Record<string, unknown>;

/** Every part of a schema that describes a value, with its place. */
function* parts(schema: unknown, place = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties')
      for (const [name, part] of Object.entries(value as Record<string, unknown>))
        yield [`${place}.${name}`, part as Record<string, unknown>];
    yield* parts(value, `${place}/${key}`);
  }
}

describe.each([SNAPSHOT_SCHEMA, ADVICE_SCHEMA, REPORT_SCHEMA])('$title', (schema) => {
  test('describes every field, or refers to what does', () => {
    for (const [place, part] of parts(schema)) {
      const isKnown = '$ref' in part || 'description' in part || part['type'] === 'object';
      expect(isKnown, place).toBe(true);
    }
  });
});

test('a document is as the schema says', () => {
  expect(schemaProblems(SNAPSHOT_SCHEMA, document())).toEqual([]);
});

test.each([
  ['a field that is missing', { portSpace: { low: 1 } }],
  ['a field that is not promised', { nonsense: 1 }],
  ['a value of another type', { timeWaitSeconds: '60' }],
  ['a time that is none', { takenAt: 'yesterday' }],
  ['another version', { schema: 'ephtop.snapshot/2' }],
])('%s is seen', (_, change) => {
  expect(() => asPromised(SNAPSHOT_SCHEMA, { ...document(), ...change })).toThrow(
    /^not as urn:ephtop:snapshot:1 says:/,
  );
});
