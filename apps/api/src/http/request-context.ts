import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { childTraceparent, holdsCardNumber, isTraceparent, newTraceparent, type Origin } from '@ferry/kernel';
import type { Principal, Standing } from '@ferry/tenancy';
import { hasBody } from './body-bounds.js';
import { readBytesOf, readJsonBody } from './body.js';

const printable = /^[\x20-\x7e]{1,128}$/;

/** One request on its way through a route. Cheap to make; what costs is computed when asked for. */
export class RequestContext {
  readonly requestId = randomUUID();
  /** The client's `X-Correlation-Id` if it is printable, of 128 characters at most and no card number, else the request's own id. */
  readonly correlationId: string;
  /** W3C Trace Context: the caller's trace, or a new one. A tracing hook replaces it by its span's. */
  traceparent = '';
  /** Who asks, once that is known. */
  principal: Principal | undefined;
  /** Whose the request is, of whoever proved it otherwise than by being a principal. */
  provenTenantId: string | undefined;
  /** How it stands with the limits that it has. */
  standings: readonly Standing[] = [];

  constructor(
    readonly request: Request,
    private readonly response: Response,
    private readonly closing: AbortSignal,
  ) {
    const given = request.headers['x-correlation-id'];
    this.correlationId =
      typeof given === 'string' && printable.test(given) && !holdsCardNumber(given) ? given : this.requestId;
  }

  /** The caller's `traceparent`, if W3C Trace Context lets us continue it and no card number hides in it. */
  get parent(): string | undefined {
    const given = this.request.headers['traceparent'];
    return typeof given === 'string' && isTraceparent(given) && !holdsCardNumber(given) ? given : undefined;
  }

  ownTraceparent(): string {
    const { parent } = this;
    return parent === undefined ? newTraceparent() : childTraceparent(parent);
  }

  get origin(): Origin {
    return { correlationId: this.correlationId, traceparent: this.traceparent };
  }

  param(name: string): string {
    return String(this.request.params[name]);
  }

  get hasBody(): boolean {
    return hasBody(this.request);
  }

  readJson(): Promise<unknown> {
    return readJsonBody(this.request, () => this.goOn());
  }

  /** The body as it came, of one of these media types. */
  readBytes(types: RegExp): Promise<Buffer> {
    return readBytesOf(this.request, types, () => this.goOn());
  }

  private goOn(): void {
    // HTTP/1.0 knows no interim answers.
    if (this.request.httpVersionMinor > 0) this.response.writeContinue();
  }

  /** Runs `work` with a signal that aborts when the client has gone or the server begins to close. */
  async whileWanted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    if (this.closing.aborted || this.response.destroyed) abort();
    this.closing.addEventListener('abort', abort);
    this.response.on('close', abort);
    try {
      return await work(controller.signal);
    } finally {
      this.closing.removeEventListener('abort', abort);
      this.response.off('close', abort);
    }
  }
}
