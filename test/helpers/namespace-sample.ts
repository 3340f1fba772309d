import { buildModel } from '../../src/model/model.ts';
import { snapshotDocument } from '../../src/outputs/json.ts';
import { createSampler } from '../../src/sampler.ts';
import type { SourceName } from './namespace-protocol.ts';
import type { SnapshotDocument } from './snapshot-document.ts';

/** What `ephtop snapshot --format json --source …` prints, without the process around it. */
export function takeSample(source: SourceName): SnapshotDocument {
  // A sampler each: one that keeps a socket would keep it in the namespace it was made in.
  const sampler = createSampler({ procMount: '/proc', source });
  const document = snapshotDocument(buildModel(sampler()));
  sampler.close();
  const used = document.sampling.source;
  if (used !== source) throw new Error(`asked to read by ${source}, ephtop read by ${used}`);
  return JSON.parse(JSON.stringify(document)) as SnapshotDocument;
}
