import * as advice from '../../src/outputs/advice.ts';
import * as json from '../../src/outputs/json.ts';
import { ADVICE_SCHEMA, asPromised, SNAPSHOT_SCHEMA } from './json-schema.ts';

/** The program's document; throws if it is not as its schema says. */
export const snapshotDocument: typeof json.snapshotDocument = (model) =>
  asPromised(SNAPSHOT_SCHEMA, json.snapshotDocument(model));

/** The same for the suggestions. */
export const adviceDocument: typeof advice.adviceDocument = (model) =>
  asPromised(ADVICE_SCHEMA, advice.adviceDocument(model));
