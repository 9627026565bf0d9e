/** What an attack needs to know of one operation of an OpenAPI document. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly string[];
  readonly query: readonly string[];
  readonly body: unknown;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
}

interface Described {
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly examples?: Readonly<Record<string, { value: unknown }>> }>>;
  };
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

/** Every operation that asks for a key. A route that is added to the API is attacked without a word here. */
export const operationsOf = ({ paths }: OpenApi): readonly Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security = [], parameters = [], requestBody }]) => {
      if (security.length === 0) return [];
      const named = (place: string): string[] => parameters.filter((one) => one.in === place).map(({ name }) => name);
      const [example] = Object.values(requestBody?.content['application/json']?.examples ?? {});
      return [
        {
          method: method.toUpperCase(),
          path,
          parameters: named('path'),
          query: named('query'),
          body: example?.value,
        },
      ];
    }),
  );
