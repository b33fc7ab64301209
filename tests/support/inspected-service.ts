/**
 * The service in a process of its own, whose memory can be looked into. Over IPC: first the options, answered by the address; then for each path
 * a heap snapshot is written there, after all that nothing holds was collected, and the path is sent back.
 */
import { writeHeapSnapshot } from 'node:v8';
import { startService, type ServiceOptions } from './service.js';

process.once('message', (options: ServiceOptions) => {
  void startService(options).then(({ url }) => {
    process.on('message', (path: string) => void writeHeap(path));
    process.send?.(url);
  });
});
process.on('disconnect', () => process.exit(0));

async function writeHeap(path: string): Promise<void> {
  // What ends with an answer ends a turn later; what a collection frees, the next one frees the rest of.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  writeHeapSnapshot(path);
  process.send?.(path);
}
