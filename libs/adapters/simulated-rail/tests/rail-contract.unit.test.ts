import { aPayment, railContract } from '@ferry/payments/testing';
import { SimulatedRail, type Latency } from '../src/index.js';

const latencies: readonly Latency[] = [{ distribution: 'none' }, { distribution: 'uniform', minMs: 0, maxMs: 20 }];
for (const latency of latencies)
  railContract(`SimulatedRail with latency ${latency.distribution}`, () => ({
    rail: new SimulatedRail({ successRate: 0.5, seed: 'contract', latency }),
    payment: () => aPayment({ rail: 'simulated' }).state,
  }));
