import { isMonth, rowsOf, type ArchivedPart, type Month } from '@ferry/recording';

/** What is in an archive, as `manifest.json` beside its files says. Field names are those of the columns. */
interface ManifestJson {
  readonly format: 1;
  readonly month: string;
  readonly archived_at: string;
  readonly rows: number;
  readonly parts: readonly {
    readonly tenant_id: string;
    readonly file: string;
    readonly rows: number;
    readonly sha256: string;
    readonly amounts_minor: Readonly<Record<string, string>>;
  }[];
}

/** A part as files know it. */
export interface FilePart extends ArchivedPart {
  /** Beside the manifest. */
  readonly file: string;
  /** Of the compressed file. */
  readonly sha256: string;
}

export interface Manifest {
  readonly month: Month;
  readonly parts: readonly FilePart[];
}

export const manifestJson = ({ month, parts }: Manifest, now: Date): string =>
  `${JSON.stringify(
    {
      format: 1,
      month,
      archived_at: now.toISOString(),
      rows: rowsOf({ parts }),
      parts: parts.map(({ tenantId, file, rows, sha256, amountsMinor }) => ({
        tenant_id: tenantId,
        file,
        rows,
        sha256,
        amounts_minor: Object.fromEntries([...amountsMinor].map(([currency, sum]) => [currency, sum.toString()])),
      })),
    } satisfies ManifestJson,
    null,
    2,
  )}\n`;

/** What `manifestJson` wrote. Files are beside it, whatever it says: it may come from elsewhere. */
export function readManifest(text: string): Manifest {
  const { format, month, parts } = JSON.parse(text) as ManifestJson;
  if (format !== 1 || !isMonth(month)) throw new Error('not a manifest of an archive of this format');
  return {
    month,
    parts: parts.map(({ tenant_id, file, rows, sha256, amounts_minor }) => {
      if (!/^[^/\\]+\.jsonl\.gz$/.test(file)) throw new Error(`not a file beside its manifest: ${file}`);
      const amountsMinor = new Map(Object.entries(amounts_minor).map(([currency, sum]) => [currency, BigInt(sum)]));
      return { tenantId: tenant_id, file, rows, sha256, amountsMinor };
    }),
  };
}
