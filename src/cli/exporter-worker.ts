// The exporter's thread: reads the kernel when it is asked to, and answers with metrics.
import { parentPort, workerData } from 'node:worker_threads';
import { ModelStream } from '../model/model-stream.ts';
import { filterGroups } from '../model/query/filter.ts';
import { parseFilter } from '../model/query/filter-words.ts';
import { FailureCounts } from '../outputs/failure-counts.ts';
import { metricsText } from '../outputs/prometheus.ts';
import { serveRequests } from '../sampling/on-request.ts';
import type { ExporterThreadData } from './exporter-metrics.ts';
import { processFigures } from './process-figures.ts';

const { filter, maxGroups, version, startedAtSeconds, ...data } = workerData as ExporterThreadData;
const stream = new ModelStream();
const failureCounts = new FailureCounts();
const { words } = parseFilter(filter);

if (parentPort !== null)
  serveRequests(data, parentPort, (sample) => {
    const whole = stream.next(sample);
    const process = processFigures(startedAtSeconds);
    return metricsText(
      { ...whole, groups: filterGroups(whole.groups, words) },
      { version, maxGroups, failureCounts, process },
    );
  });
