/** Makes the package that is published: `npm run package` puts `ephtop-VERSION.tgz` into `out/`. */
import { OUT, putChecksum } from './out.ts';
import { packPackage } from './package/pack.ts';

putChecksum(OUT, await packPackage(OUT));
