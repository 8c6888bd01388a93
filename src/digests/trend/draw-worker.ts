/** Entry of the drawing thread: draws one trend and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { drawPng } from './draw.ts';
import type { Trend } from './trend.ts';

parentPort?.postMessage(drawPng(workerData as Trend));
