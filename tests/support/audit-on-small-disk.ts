/** Run as a process of its own under a limit on file sizes: twenty calls into a folder, then what became of them, as JSON. */
import { readLine } from '../../src/audit/chain.js';
import { verifyStream } from '../../src/audit/verify.js';
import { eventsOf, KEYS, linesOf, streamIn, until } from './audit.js';

const [dir = ''] = process.argv.slice(2);
const audit = streamIn(dir, { limits: { beat: 2 } });
for (let call = 0; call < 20; call += 5) {
  // Five in one write, of which some lines find room.
  const ids = [0, 1, 2, 3, 4].map((more) => `call-${call + more}`);
  await Promise.all(ids.map((requestId) => audit.record({ action: 'cards', status: 200, requestId })));
  await until(() => audit.isWriting());
}
await audit.close();
const { broken, entries, unfinished } = await verifyStream(dir, KEYS.chain);
const remnants = linesOf(dir).flatMap((line) => readLine(Buffer.from(line), KEYS.chain)?.remnants ?? []).length;
const ids = eventsOf(dir).flatMap(
  ({ entity }) => entity?.find(({ name }) => name === 'request')?.what?.identifier?.value ?? [],
);
console.log(JSON.stringify({ broken, entries, unfinished, remnants, ids }));
