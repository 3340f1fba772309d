import { CommanderError } from 'commander';
import { keepAscii } from './cli/ascii-output.ts';
import { COMMANDS } from './cli/command-table.ts';
import { findCommand } from './cli/command-word.ts';
import { crashText, endOnCrash } from './cli/crash.ts';
import { startThreadEarly } from './cli/early-thread.ts';
import { createProgram, type RunCommand, usageExitCode } from './cli/program.ts';
import { requireOnePlace } from './cli/one-place.ts';
import { say } from './cli/say.ts';
import { unknownLine } from './outputs/plugin-line.ts';
import { UsageError } from './cli/usage-error.ts';
import { dieOfHangup, isHangupIgnored } from './source/hangup.ts';
import { errorCode, failureReason } from './source/read-file.ts';
import { SourceError } from './source/source-error.ts';
import { wantsAscii } from './terminal/environment.ts';

const given = process.argv.slice(2);
const { name, words } = findCommand(given);
const { exit } = COMMANDS[name];
startThreadEarly(name, given);

const isAscii = wantsAscii(given.includes('--ascii'), process.env);
if (isAscii) keepAscii(process.stderr);
const setFormat = isAscii ? keepAscii(process.stdout) : undefined;

// A file that may not grow (ulimit -f) is for whoever writes it to tell, as EFBIG; signal-exit takes the signal for an end.
process.on('SIGXFSZ', () => {});
if (isHangupIgnored()) process.on('SIGHUP', () => {});

endOnCrash(exit.failure);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`ephtop snapshot | head`) is no failure.
  // A check's status stands; who does not read its line may read that.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  if (error.syscall === undefined) throw error;
  if (dieOfHangup(error)) return;
  say(`cannot write to stdout: ${failureReason(error)}.`);
  process.exit(exit.failure);
});

const run: RunCommand = async (command, invocation) => {
  requireOnePlace(invocation);
  const { debug, format } = invocation.options;
  setFormat?.(format);
  if (debug === undefined) return COMMANDS[command].run(invocation);
  const { withDebugLog } = await import('./cli/debug.ts');
  await withDebugLog(debug, command, invocation.options, (trace) =>
    COMMANDS[command].run({ ...invocation, trace }),
  );
};

try {
  await createProgram(name, run).parseAsync(words, { from: 'user' });
} catch (error) {
  const isUsage = error instanceof UsageError;
  if (error instanceof CommanderError) process.exitCode = usageExitCode(error, exit);
  else if (error instanceof SourceError || isUsage) {
    if (name === 'check') process.stdout.write(`${unknownLine(error.message)}\n`);
    say(error.message);
    process.exitCode = isUsage ? exit.usage : exit.failure;
  } else if (errorCode(error) === 'EMFILE') {
    // The launcher knows what to say.
    throw error;
  } else if (!dieOfHangup(error)) {
    process.stderr.write(crashText(error));
    process.exitCode = exit.failure;
  }
}
