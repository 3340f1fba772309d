/**
 * A check whose reading of the kernel hangs in a system call, or ends in an error: `node hanging-check.ts HOW`, where HOW
 * is the body of the sampling thread.
 */
import { Worker } from 'node:worker_threads';
import { runCheck } from '../../src/cli/check.ts';
import { OPTIONS } from '../../src/cli/option-table.ts';
import type { PlacesRound } from '../../src/sampling/places-round.ts';
import { samplerThread } from '../../src/sampling/sampler-thread.ts';

const [, , body = '', timeoutMs = '1000'] = process.argv;

await runCheck(
  {
    options: {
      warning: OPTIONS.warning.default,
      critical: OPTIONS.critical.default,
      etaWarning: OPTIONS.etaWarning.default,
      etaCritical: OPTIONS.etaCritical.default,
      timeout: Number(timeoutMs),
      verbose: 0,
      allNamespaces: false,
      source: 'auto',
      proc: '/proc',
      filter: '',
      ascii: false,
    },
  },
  async () => samplerThread<PlacesRound>(new Worker(body, { eval: true })),
);
