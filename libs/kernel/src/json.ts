declare global {
  interface JSON {
    /** A number with exactly these digits in the output of `stringify`. ES2026, in V8 since 11.4; not yet in TypeScript's lib. */
    rawJSON(text: string): unknown;
  }
}

export {};
