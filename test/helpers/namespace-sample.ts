import { readlinkSync } from 'node:fs';
import type { PortRange } from '../../src/kernel/port-range.ts';
import { buildModel, type Model } from '../../src/model/model.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import { partsOfHalf, type PortUse } from '../../src/model/sample/port-use.ts';
import { snapshotDocument } from './documents.ts';
import { createSampler, type Sampler } from '../../src/sampling/sampler.ts';
import type { SourceName } from './namespace-protocol.ts';
import type { SnapshotDocument } from './snapshot-document.ts';

/** What `ephtop snapshot --format json --source …` prints, without the process around it. */
export function takeSample(source: SourceName): SnapshotDocument {
  // A sampler each: one that keeps a socket would keep it in the namespace it was made in.
  const sampler = createSampler({ procMount: '/proc', source });
  const model = buildModel(sampler());
  sampler.close();
  return documentOf(model, source);
}

let watcher: { of: string; sampler: Sampler; stream: ModelStream } | undefined;

/** The same with what the looks before it told, of the same source in the same namespace: as in the live view. */
export function takeLook(source: SourceName): SnapshotDocument {
  const of = `${source} ${readlinkSync('/proc/self/ns/net')}`;
  if (watcher?.of !== of) {
    watcher?.sampler.close();
    const sampler = createSampler({ procMount: '/proc', source });
    watcher = { of, sampler, stream: new ModelStream() };
  }
  return documentOf(watcher.stream.next(watcher.sampler()), source);
}

function documentOf(model: Model, source: SourceName): SnapshotDocument {
  const document = snapshotDocument(model);
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
