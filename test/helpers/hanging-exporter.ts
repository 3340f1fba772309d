/**
 * An exporter whose reading of the kernel hangs in a system call, or ends in an error: `node hanging-exporter.ts HOW`,
 * where HOW is the body of the sampling thread.
 */
import { Worker } from 'node:worker_threads';
import { runExporter } from '../../src/cli/exporter.ts';
import { OPTIONS } from '../../src/cli/option-table.ts';
import { samplerThread } from '../../src/sampling/sampler-thread.ts';

const [, , body = ''] = process.argv;

Object.assign(globalThis, { EPHTOP_VERSION: '0.0.0' });

await runExporter(
  {
    options: {
      listen: { host: '127.0.0.1', port: 0 },
      maxGroups: OPTIONS.maxGroups.default,
      allNamespaces: false,
      source: 'auto',
      proc: '/proc',
      filter: '',
    },
  },
  () => samplerThread(new Worker(body, { eval: true })),
);
