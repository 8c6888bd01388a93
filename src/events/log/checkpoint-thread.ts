import { parentPort, workerData } from 'node:worker_threads';
import { openCheckpointer } from '../../store/checkpoint.ts';

const port = parentPort;
if (!port) throw new Error('checkpoint-thread.ts is started as a worker thread');
const checkpointer = openCheckpointer(workerData as string);

port.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'checkpoint') return port.postMessage(checkpointer.run());
  checkpointer.close();
  port.close();
});
