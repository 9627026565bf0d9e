import { crossProblems } from './cross-checks.js';
import { tlsProblems } from './tls-checks.js';
import { cleanEnv, EnvMissingError, type ValidatorSpec } from 'envalid';

export type Specs = Record<string, ValidatorSpec<unknown>>;
export type Settings<S extends Specs> = { readonly [K in keyof S]: S[K] extends ValidatorSpec<infer T> ? T : never };

/** Every mistake of the environment, each naming its variable and its rule. */
export class BadSettings extends Error {
  override readonly name = 'BadSettings';

  constructor(readonly problems: readonly string[]) {
    super(
      `the environment has ${problems.length} mistake(s):\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  }
}

/** Reads the variables of `specs` and nothing else, once, and reports all mistakes together. */
export function readSettings<S extends Specs>(specs: S, environment: NodeJS.ProcessEnv): Settings<S> {
  const problems: string[] = [];
  // An empty variable is an unset one: that is how compose files and shells leave them.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const strict = cleanEnv(given, specs, {
    reporter: ({ errors }) => {
      for (const [name, error] of Object.entries(errors)) problems.push(describe(name, error as Error, specs));
    },
  });
  // A plain copy: envalid's own object throws when a variable is asked for that it was not told of.
  const settings = { ...strict };
  if (problems.length === 0) problems.push(...crossProblems(settings), ...tlsProblems(settings));
  if (problems.length > 0) throw new BadSettings(problems);
  return settings as unknown as Settings<S>;
}

function describe(name: string, error: Error, specs: Specs): string {
  const why = error instanceof EnvMissingError ? 'is required' : error.message;
  const { desc, example } = specs[name] ?? {};
  return `${name}: ${why}${desc ? ` (${desc}${example ? `, for example ${example}` : ''})` : ''}`;
}
