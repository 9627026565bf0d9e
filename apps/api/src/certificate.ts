import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { errorFields, type Logger } from '@ferry/kernel';
import type { ApiSettings } from '@ferry/wiring';

export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The API's own certificate and its key. */
export interface Certificate {
  /** Throws when the two do not belong together. */
  current(): KeyPair;
  /** `renewed` gets each new pair; returns what ends that. */
  watch(renewed: (pair: KeyPair) => void): () => void;
}

/** Renewed long before the old one ends, so that nobody minds a minute; a look costs one `stat`. */
const LOOK_EVERY_MS = 10_000;

export function certificateOf(
  settings: Pick<ApiSettings, 'TLS_CERT_FILE' | 'TLS_KEY_FILE'>,
  logger: Logger,
  lookEveryMs = LOOK_EVERY_MS,
): Certificate | undefined {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = settings;
  if (certFile === undefined || keyFile === undefined) return undefined;
  const current = (): KeyPair => checked({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  return {
    current,
    watch: (renewed) => {
      const look = (): void => {
        try {
          renewed(current());
          logger.info('certificate read again', { file: certFile });
        } catch (error) {
          // Of two files one is always replaced first; the change of the other brings us here again.
          logger.warn('certificate not taken, the old one stays', { file: certFile, ...errorFields(error) });
        }
      };
      // By looking and not by `fs.watch`: renewal replaces files, or a link above them as Kubernetes does, which a watch does not survive.
      for (const file of [certFile, keyFile]) watchFile(file, { interval: lookEveryMs, persistent: false }, look);
      return () => [certFile, keyFile].forEach((file) => unwatchFile(file, look));
    },
  };
}

function checked(pair: KeyPair): KeyPair {
  createSecureContext({ cert: pair.cert, key: pair.key });
  return pair;
}
