import { CommanderError } from 'commander';
import { runLive } from './cli/live.ts';
import { createProgram, EXIT_USAGE, usageExitCode } from './cli/program.ts';
import { runSnapshot } from './cli/snapshot.ts';
import { SourceError } from './source/source.ts';

// A reader that has seen enough (`ephtop snapshot | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await createProgram({ live: runLive, snapshot: runSnapshot }).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = usageExitCode(error);
  else if (error instanceof SourceError) {
    process.stderr.write(`ephtop: ${error.message}\n`);
    process.exitCode = EXIT_USAGE;
  } else throw error;
}
