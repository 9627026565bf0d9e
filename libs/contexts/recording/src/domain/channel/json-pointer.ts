/** RFC 6901, taken apart: the names and positions on the way from the top. */
export type Pointer = readonly string[];

const TOKENS_MAX = 16;

/** Undefined when the text is no JSON pointer. */
export function parsePointer(text: string): Pointer | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  const tokens = text.slice(1).split('/');
  return tokens.length > TOKENS_MAX
    ? undefined
    : tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export const pointerText = (pointer: Pointer): string =>
  pointer.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const position = /^(?:0|[1-9]\d{0,8})$/;

/** What stands there; undefined when nothing does. Own members only: `__proto__` and `constructor` are names like any other. */
export function valueAt(body: unknown, pointer: Pointer): unknown {
  let value = body;
  for (const token of pointer) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value) && !position.test(token)) return undefined;
    if (!Object.hasOwn(value, token)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[token];
  }
  return value;
}
