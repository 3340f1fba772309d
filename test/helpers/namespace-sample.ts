import type { PortRange } from '../../src/kernel/port-range.ts';
import { buildModel } from '../../src/model/model.ts';
import { partsOfHalf, type PortUse } from '../../src/model/sample/port-use.ts';
import { snapshotDocument } from './documents.ts';
import { createSampler } from '../../src/sampling/sampler.ts';
import type { SourceName } from './namespace-protocol.ts';
import type { SnapshotDocument } from './snapshot-document.ts';

/** What `ephtop snapshot --format json --source …` prints, without the process around it. */
export function takeSample(source: SourceName): SnapshotDocument {
  // A sampler each: one that keeps a socket would keep it in the namespace it was made in.
  const sampler = createSampler({ procMount: '/proc', source });
  const model = buildModel(sampler());
  const document = snapshotDocument(model);
  sampler.close();
  const used = document.sampling.source;
  if (used !== source) throw new Error(`asked to read by ${source}, ephtop read by ${used}`);
  const plain = JSON.parse(JSON.stringify(document)) as SnapshotDocument;
  const groups = plain.groups.map((group, index) => {
    const freePorts = freePortsOf(model.groups[index]?.portUse, plain.portSpace);
    return { ...group, ...(freePorts && { freePorts }) };
  });
  return { ...plain, groups };
}

function freePortsOf(use: PortUse | undefined, range: PortRange): number[] | undefined {
  if (use === undefined) return undefined;
  const parts = ([0, 1] as const).flatMap((half) => partsOfHalf(use, range, half, use.slices));
  if (parts.some(({ low, high }) => low !== high)) return undefined;
  return parts
    .filter(({ counts }) => counts.free + counts.reusable === 1)
    .map(({ low }) => low)
    .toSorted((a, b) => a - b);
}
