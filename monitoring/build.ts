/** Writes the rules and dashboards beside their source: `npm run monitoring`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { builtFiles } from './built-files.ts';

for (const [name, text] of builtFiles()) {
  const path = join(import.meta.dirname, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
