import { fuzz } from '../../scripts/fuzz/loop.ts';

/* Parsers with faults, of which loop.test.ts expects that they are found; run in a process of its own. */

/** Fails for one input in 2^32: only what reaches each step leads to the next. */
function hidden(input: Buffer): void {
  if (input[0] !== 0x43) return;
  if (input[1] !== 0x45) return;
  if (input[2] !== 0x49) return;
  if (input[3] === 0x51) throw new TypeError('found');
}

/** Takes quadratic time. */
function quadratic(input: Buffer): void {
  let pairs = 0;
  for (const first of input) for (const second of input) if (first !== second) pairs++;
  if (pairs < 0) throw new TypeError('less than none');
}

function linear(input: Buffer): void {
  input.toString('latin1').split(',').join(';');
}

const results = [hidden, quadratic, linear].map((parse) => {
  const parser = { name: parse.name, parse, seeds: ['AAAA'] };
  const { findings } = fuzz(parser, 1, (executions) => executions >= 8000, import.meta.url);
  return findings.map(({ input, problem }) => ({ bytes: input.length, problem }));
});
process.stdout.write(JSON.stringify(results));
