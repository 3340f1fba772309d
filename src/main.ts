import { CommanderError } from 'commander';
import { ConfigError } from './cli/config.ts';
import { createProgram, EXIT_USAGE, usageExitCode } from './cli/program.ts';
import { failureReason } from './source/read-file.ts';
import { SourceError } from './source/source-error.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`ephtop snapshot | head`) is no failure.
  if (error.code === 'EPIPE') process.exit(0);
  if (error.syscall === undefined) throw error;
  process.stderr.write(`ephtop: cannot write to stdout: ${failureReason(error)}.\n`);
  process.exit(EXIT_USAGE);
});

try {
  await createProgram({
    // Each loads only what it needs: the sampling thread is to be under way as early as can be.
    live: async (options, isGiven) => (await import('./cli/live.ts')).runLive(options, isGiven),
    snapshot: async (options) => (await import('./cli/snapshot.ts')).runSnapshot(options),
    advise: async (options) => (await import('./cli/advise.ts')).runAdvise(options),
    record: async (options) => (await import('./cli/record.ts')).runRecord(options),
    replay: async (file, options, isGiven) =>
      (await import('./cli/replay.ts')).runReplay(file, options, isGiven),
  }).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = usageExitCode(error);
  else if (error instanceof SourceError || error instanceof ConfigError) {
    process.stderr.write(`ephtop: ${error.message}\n`);
    process.exitCode = EXIT_USAGE;
  } else throw error;
}
