export interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

export interface Known {
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly production: readonly string[];
  /** Of scripts/fuzz/requirements.txt, the text. */
  readonly requirements: string;
}

/** Each answers what breaks it, by path or name; nothing when it holds. */
export const rules: Readonly<Record<string, (lock: Lock, known: Known) => readonly string[]>>;
export function productionNames(lock: Lock): readonly string[];
