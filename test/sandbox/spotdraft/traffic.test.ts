import { expect, test } from 'vitest';
import { createTrafficMeter } from '../../../sandbox/spotdraft/traffic.ts';

test('the busiest second can start at any time', () => {
  const meter = createTrafficMeter();
  for (const at of [100, 600, 1_050, 1_099.9, 1_100, 5_000]) meter.arrive(at)();
  expect(meter.read()).toEqual({ total: 6, maxInAnySecond: 4, maxInFlight: 1 });
});

test('the limit is a sliding window, and refused requests do not count against it', () => {
  const meter = createTrafficMeter();
  const admitted = [0, 10, 500, 999, 1_000, 1_001, 1_010].map((at) => meter.admit(at, 2));
  expect(admitted).toEqual([true, true, false, false, true, false, true]);
});

test('a request is in flight until it ends, and ends once', () => {
  const meter = createTrafficMeter();
  const [first] = [meter.arrive(0), meter.arrive(1)];
  first?.();
  first?.();
  meter.arrive(2);
  expect(meter.read().maxInFlight).toBe(2);
  meter.reset();
  expect(meter.read()).toEqual({ total: 0, maxInAnySecond: 0, maxInFlight: 2 });
});
