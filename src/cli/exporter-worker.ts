// The exporter's thread: reads the kernel when it is asked to, and answers with metrics.
import { parentPort, workerData } from 'node:worker_threads';
import { serveRequests } from '../sampling/on-request.ts';
import type { ExporterThreadData } from './exporter-metrics.ts';
import { RoundMetrics } from './round-metrics.ts';

const data = workerData as ExporterThreadData;
const metrics = new RoundMetrics(data);

if (parentPort !== null) serveRequests(data, parentPort, (round) => metrics.textOf(round));
