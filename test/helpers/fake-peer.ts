// A command for --via that behaves badly: node fake-peer.ts BEHAVIOUR. It finds the nonces in what it is sent.
import { createInterface } from 'node:readline';

/** How it can behave. */
export const BEHAVIOURS = [
  'stalls',
  'stalls-later',
  'drops',
  'drops-in-answer',
  'garbage',
  'flood',
  'lies-short',
  'lies-long',
  'longer-and-longer',
  'asks',
  'terminal',
] as const;

export type Behaviour = (typeof BEHAVIOURS)[number];

const write = (text: string) => process.stdout.write(text);

const TEXTS = (nonce: string) => `@${nonce} file net/snmp\nTcp: A\nTcp: 1\n@${nonce}`;

function answer(nonce: string, behaviour: Behaviour): void {
  const texts = TEXTS(nonce);
  const end = `@${nonce} times\n0m0s 0m0s\n0m0s 0m0s\n@${nonce} end\n`;
  const sent = (count: number) => `@${nonce} begin plain\n${count}\n${texts}\n`;
  if (behaviour === 'stalls-later') return;
  if (behaviour === 'lies-short') write(sent(3) + end);
  else if (behaviour === 'lies-long') write(sent(900_000_000) + end);
  else if (behaviour === 'longer-and-longer') {
    write(sent(texts.length));
    writeForEver('x'.repeat(64 * 1024));
  } else {
    write(sent(texts.length).slice(0, 40));
    setTimeout(() => process.exit(0), 20);
  }
}

function writeForEver(text: string): void {
  if (write(text)) setImmediate(() => writeForEver(text));
  else process.stdout.once('drain', () => writeForEver(text));
}

function behave(behaviour: Behaviour): void {
  if (behaviour === 'drops') {
    process.stderr.write('kex_exchange_identification: Connection closed by remote host\n');
    process.exit(255);
  }
  if (behaviour === 'flood') return writeForEver('y\n'.repeat(32 * 1024));
  if (behaviour === 'asks') process.stderr.write("user@proxy-7's password: ");
  if (behaviour === 'garbage')
    setInterval(() => write('Last login: \x1b]0;owned\x07 never\n'), 100);
  // Whatever it is sent, it never ends by itself.
  setInterval(() => {}, 60_000);
  createInterface({ input: process.stdin }).on('line', (line) => {
    const hello = /^exec sh -c .* ephtop ([0-9a-f]{32})$/.exec(line)?.[1];
    if (behaviour === 'terminal') write(`${line}\r\n`);
    else if (behaviour === 'stalls' || behaviour === 'asks' || behaviour === 'garbage') return;
    else if (hello !== undefined) write(`Welcome!\n@${hello} ready\n`);
    else answer(line.split(' ')[0] ?? '', behaviour);
  });
}

const [wanted] = process.argv.slice(2);
const known = BEHAVIOURS.find((each) => each === wanted);
if (known !== undefined) behave(known);
