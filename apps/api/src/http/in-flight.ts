import type { Socket } from 'node:net';
import { Problem } from './problem.js';

/**
 * Requests of one connection that wait for their answers. HTTP/1.1 lets a client send the next before the last is answered, which hardly
 * any does; a bound keeps one connection from having thousands of long-polls open.
 */
export const PIPELINED_MAX = 100;

const inFlight = new WeakMap<Socket, number>();

export const beginOn = (socket: Socket): void => void inFlight.set(socket, (inFlight.get(socket) ?? 0) + 1);

export const endOn = (socket: Socket): void => void inFlight.set(socket, (inFlight.get(socket) ?? 1) - 1);

/** Throws the problem of a request that is one too many on its connection. */
export function refuseFloods(socket: Socket): void {
  if ((inFlight.get(socket) ?? 0) > PIPELINED_MAX)
    throw new Problem('rate-limited', `More than ${PIPELINED_MAX} requests wait on this connection.`, {
      headers: { 'Retry-After': '1', Connection: 'close' },
    });
}
