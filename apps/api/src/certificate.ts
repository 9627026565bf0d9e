import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { systemClock, type Logger, type Meter } from '@ferry/kernel';
import { keyPairProblem, type ApiSettings } from '@ferry/wiring';

export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The API's own certificate and its key. */
export interface Certificate {
  readonly current: KeyPair;
  /** `renewed` gets each new pair; returns what ends that. */
  watch(renewed: (pair: KeyPair) => void): () => void;
}

type Files = { readonly [part in keyof KeyPair]: string };
type Witnesses = { readonly logger: Logger; readonly meter: Meter };

/** Renewed long before the old one ends, so that nobody minds a few seconds; a look reads two small files. */
const LOOK_EVERY_MS = 10_000;

export function certificateOf(
  { TLS_CERT_FILE: cert, TLS_KEY_FILE: key }: Pick<ApiSettings, 'TLS_CERT_FILE' | 'TLS_KEY_FILE'>,
  witnesses: Witnesses,
  lookEveryMs = LOOK_EVERY_MS,
): Certificate | undefined {
  return cert === undefined || key === undefined
    ? undefined
    : new FileCertificate({ cert, key }, witnesses, lookEveryMs);
}

/**
 * Looked at again and again, and not by `fs.watch`: renewal replaces files, or a link above them as Kubernetes does, which a watch does not survive.
 */
class FileCertificate implements Certificate {
  current: KeyPair;
  /** Why the files were refused, so that it is said once and not at every look. */
  private refusal: string | undefined;
  /** A slow look must not bring back what a later one has replaced. */
  private looking = false;

  /** Throws when the two do not belong together. */
  constructor(
    private readonly files: Files,
    private readonly witnesses: Witnesses,
    private readonly lookEveryMs: number,
  ) {
    const pair = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    const problem = keyPairProblem(pair.cert, pair.key);
    if (problem !== undefined) throw new Error(`${files.cert} and ${files.key}: ${problem}`);
    this.current = pair;
    this.tell();
  }

  watch(renewed: (pair: KeyPair) => void): () => void {
    const timer = setInterval(() => void this.look(renewed), this.lookEveryMs).unref();
    return () => clearInterval(timer);
  }

  private async look(renewed: (pair: KeyPair) => void): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const [cert, key] = await Promise.all([readFile(this.files.cert), readFile(this.files.key)]);
      if (cert.equals(this.current.cert) && key.equals(this.current.key)) return;
      refuseUnusable({ cert, key });
      this.current = { cert, key };
      renewed(this.current);
      this.refusal = undefined;
      this.tell();
    } catch (error) {
      this.refuse((error as Error).message);
    } finally {
      this.looking = false;
    }
  }

  private tell(): void {
    const { logger, meter } = this.witnesses;
    const { validToDate: expires, subject } = new X509Certificate(this.current.cert);
    meter.gauge('certificate_expires_seconds', expires.getTime() / 1000);
    const level = expires < systemClock.now() ? 'warn' : 'info';
    logger[level]('certificate read', { file: this.files.cert, subject, expires });
  }

  private refuse(why: string): void {
    if (why === this.refusal) return;
    this.refusal = why;
    this.witnesses.logger.warn('certificate not taken, the old one stays', { file: this.files.cert, error: why });
  }
}

/** Of two files one is always replaced first: until the other follows they do not fit. */
function refuseUnusable({ cert, key }: KeyPair): void {
  const problem = keyPairProblem(cert, key);
  if (problem !== undefined) throw new Error(problem);
  const { validToDate: expires } = new X509Certificate(cert);
  if (expires < systemClock.now()) throw new Error(`it expired on ${expires.toISOString()}`);
}
